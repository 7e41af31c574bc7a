#!/usr/bin/env -S python3 -B
"""Begins, and then answers no request."""
from hostile import echoes

for _ in echoes():
    pass
