#!/usr/bin/env -S python3 -B
"""Begins a line with a byte order mark."""
from hostile import put_once

put_once(b'\xef\xbb\xbf{"src": "n0", "dest": "n0", "body": {"type": "hello"}}\n')
