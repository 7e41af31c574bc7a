#!/usr/bin/env python3
"""A retry that stops: each value is sent three times at most, which a partition outlasts."""
from base import Broadcast

Broadcast.sends_max = 3
Broadcast().run()
