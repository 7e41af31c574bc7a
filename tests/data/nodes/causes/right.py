#!/usr/bin/env python3
"""Right: no hint is due."""
from base import Broadcast

Broadcast().run()
