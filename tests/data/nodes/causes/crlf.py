#!/usr/bin/env python3
"""Saved with the line ends of Windows."""
import sys

for line in sys.stdin:
    pass
