#!/usr/bin/env -S python3 -B
"""Sends itself a string with a NUL byte in it."""
from hostile import put_once

put_once(b'{"src": "n0", "dest": "n0", "body": {"type": "nul", "text": "a\0b"}}\n')
