#!/usr/bin/env -S python3 -B
"""Exits with an error if floats in a message to itself come back as other numbers or integers."""
import os

from hostile import all_messages, reply, write

SAID = b'{"src": "n0", "dest": "n0", "body": {"type": "self", "at": [2.0, 1e20, -0.0, 1.50]}}\n'
sent = False
for message in all_messages():
    if message["body"]["type"] == "self":
        if str(message["body"]["at"]) != "[2.0, 1e+20, -0.0, 1.5]":
            os._exit(1)
    else:
        reply(message)
        if not sent and message["body"]["type"] == "echo":
            sent = True
            write(SAID)
