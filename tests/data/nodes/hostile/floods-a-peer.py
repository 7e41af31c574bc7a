#!/usr/bin/env -S python3 -B
"""n0 sends 20,000 messages to n1 at once. Nodes may."""
import hostile
from hostile import echoes, reply, write

for number, request in echoes():
    if number == 1 and hostile.me == "n0":
        write(b'{"src": "n0", "dest": "n1", "body": {"type": "hello"}}\n' * 20_000)
    reply(request)
