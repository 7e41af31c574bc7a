#!/usr/bin/env -S python3 -B
"""Sends itself half of a surrogate pair, which is no character."""
from hostile import put_once

put_once(rb'{"src": "n0", "dest": "n0", "body": {"type": "half", "text": "\ud800"}}' + b"\n")
