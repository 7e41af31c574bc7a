#!/usr/bin/env -S python3 -B
"""Replies to a client that never was."""
from hostile import put_once

body = b'{"type": "echo_ok", "in_reply_to": 1, "echo": "hello"}'
put_once(b'{"src": "n0", "dest": "c99999", "body": ' + body + b"}\n")
