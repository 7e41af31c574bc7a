#!/usr/bin/env -S python3 -B
"""Sends itself messages of types that would make rows of their own in a table."""
from hostile import echoes, reply, send

for number, request in echoes():
    reply(request)
    send("n0", {"type": f'a,b\n{number},1,"n0"'})
