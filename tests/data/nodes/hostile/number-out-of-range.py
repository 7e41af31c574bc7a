#!/usr/bin/env -S python3 -B
"""Sends itself 1e400, which no double holds."""
from hostile import put_once

put_once(b'{"src": "n0", "dest": "n0", "body": {"type": "big", "number": 1e400}}\n')
