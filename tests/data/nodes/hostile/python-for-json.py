#!/usr/bin/env -S python3 -B
"""Writes an object as Python shows it, with single quotes."""
from hostile import put_once

put_once(str({"src": "n0", "dest": "n0", "body": {"type": "hello"}}).encode() + b"\n")
