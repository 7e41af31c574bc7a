#!/usr/bin/env -S python3 -B
"""Reads everything, and says nothing."""
from hostile import all_messages

for _ in all_messages():
    pass
