#!/usr/bin/env -S python3 -B
"""Answers when UTF-8, sent a byte at a time, has come to itself as it was."""
import json

from hostile import messages, reply, write

SENT = '["héllo", "€", "😀"]'.encode()

waiting = []
for message in messages():
    if message["body"]["type"] == "echo":
        waiting.append(message)
        for byte in b'{"src": "n0", "dest": "n0", "body": {"type": "self", "is": ' + SENT + b"}}\n":
            write(bytes([byte]))
    else:
        request = waiting.pop(0)
        if message["body"]["is"] != json.loads(SENT):
            request["body"]["echo"] = "not what was sent"
        reply(request)
