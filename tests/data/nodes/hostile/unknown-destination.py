#!/usr/bin/env -S python3 -B
"""Sends to a node that there is not."""
from hostile import put_once

put_once(b'{"src": "n0", "dest": "n7", "body": {"type": "hello"}}\n')
