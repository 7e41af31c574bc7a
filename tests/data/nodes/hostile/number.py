#!/usr/bin/env -S python3 -B
"""Writes JSON that is a number."""
from hostile import put_once

put_once(b"42\n")
