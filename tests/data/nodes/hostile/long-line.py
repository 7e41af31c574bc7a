#!/usr/bin/env -S python3 -B
"""Sends itself one line of 100 MiB."""
from hostile import MIB, echoes, reply, write

for number, request in echoes():
    reply(request)
    if number == 1:
        write(b'{"src": "n0", "dest": "n0", "body": {"type": "long", "text": "')
        for _ in range(100):
            write(b"x" * MIB)
        write(b'"}}\n')
