#!/usr/bin/env -S python3 -B
"""Answers its first request with the second, when its client has given up."""
from hostile import echoes, reply

for number, request in echoes():
    if number == 1:
        first = request
        continue
    if number == 2:
        reply(first)
    reply(request)
