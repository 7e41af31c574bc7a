#!/usr/bin/env -S python3 -B
"""Writes two messages on one line."""
from hostile import put_once

hello = b'{"src": "n0", "dest": "n0", "body": {"type": "hello"}}'
put_once(hello + b" " + hello + b"\n")
