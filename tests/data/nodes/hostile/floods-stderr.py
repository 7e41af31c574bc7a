#!/usr/bin/env -S python3 -B
"""Writes 32 MiB of lines to stderr, and answers rightly."""
from hostile import MIB, echoes, reply, write

for number, request in echoes():
    if number == 1:
        for _ in range(32):
            write(b"a line of no importance, again.\n" * (MIB // 32), to=2)
    reply(request)
