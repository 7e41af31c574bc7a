#!/usr/bin/env -S python3 -B
"""n0 sends n1 up to 5,000,000 messages, while all of them are on their way."""
import hostile
from hostile import echoes, reply, write

for number, request in echoes():
    reply(request)
    if number == 1 and hostile.me == "n0":
        for _ in range(500):
            write(b'{"src": "n0", "dest": "n1", "body": {"type": "hello"}}\n' * 10_000)
