#!/usr/bin/env -S python3 -B
"""Replies to each request twice; no client awaits the second reply."""
from hostile import echoes, reply

for _, request in echoes():
    reply(request)
    reply(request)
