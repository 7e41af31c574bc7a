#!/usr/bin/env -S python3 -B
"""Answers when strings with escapes of all kinds have come to itself as they were."""
import json

from hostile import messages, reply, write

SENT = rb'["\u0000\u001f\b\f\n\r\t\/\\\"", "\ud83d\ude00 \u00e9", {"\u006b": "\u2028"}]'

waiting = []
for message in messages():
    if message["body"]["type"] == "echo":
        waiting.append(message)
        write(b'{"src": "n0", "dest": "n0", "body": {"type": "self", "is": ' + SENT + b"}}\n")
    else:
        request = waiting.pop(0)
        if message["body"]["is"] != json.loads(SENT):
            request["body"]["echo"] = "not what was sent"
        reply(request)
