#!/usr/bin/env -S python3 -B
"""Writes 16 MiB of lines that are no JSON, and answers rightly."""
from hostile import MIB, echoes, reply, write

for number, request in echoes():
    if number == 1:
        for _ in range(16):
            write(b"garbage\n" * (MIB // 8))
    reply(request)
