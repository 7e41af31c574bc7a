#!/usr/bin/env -S python3 -B
"""Writes JSON that is an array."""
from hostile import put_once

put_once(b"[1, 2, 3]\n")
