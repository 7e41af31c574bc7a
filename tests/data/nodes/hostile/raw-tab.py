#!/usr/bin/env -S python3 -B
"""Sends itself a string with a tab that is not escaped."""
from hostile import put_once

put_once(b'{"src": "n0", "dest": "n0", "body": {"type": "tab", "text": "a\tb"}}\n')
