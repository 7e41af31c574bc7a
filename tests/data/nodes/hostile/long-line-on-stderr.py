#!/usr/bin/env -S python3 -B
"""Writes 50 MiB to stderr without ever ending the line, and answers rightly."""
from hostile import MIB, echoes, reply, write

for number, request in echoes():
    if number == 1:
        for _ in range(50):
            write(b"." * MIB, to=2)
    reply(request)
