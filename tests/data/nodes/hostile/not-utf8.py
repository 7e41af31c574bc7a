#!/usr/bin/env -S python3 -B
"""Sends itself a string that is not UTF-8."""
from hostile import put_once

put_once(b'{"src": "n0", "dest": "n0", "body": {"type": "latin", "text": "caf\xe9"}}\n')
