#!/usr/bin/env -S python3 -B
"""Answers rightly, and has a lot of nonsense to say when its input ends."""
from hostile import echoes, reply, write

for _, request in echoes():
    reply(request)
for _ in range(100):
    write(b"bye, and thanks for all the echoes\n")
