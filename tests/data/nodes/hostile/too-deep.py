#!/usr/bin/env -S python3 -B
"""Sends itself 10,000 arrays, each in another."""
from hostile import put_once

deep = b"[" * 10_000 + b"]" * 10_000
put_once(b'{"src": "n0", "dest": "n0", "body": {"type": "deep", "is": ' + deep + b"}}\n")
