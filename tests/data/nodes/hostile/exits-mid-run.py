#!/usr/bin/env -S python3 -B
"""Exits with status 0 after three requests, as if it were done."""
from hostile import echoes, reply

for number, request in echoes():
    reply(request)
    if number == 3:
        break
