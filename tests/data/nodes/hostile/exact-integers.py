#!/usr/bin/env -S python3 -B
"""Answers when integers beyond 53 bits have come to itself as they were."""
import json

from hostile import messages, reply, write

SENT = b"[9007199254740993, 18446744073709551615, -9223372036854775808]"

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
