#!/usr/bin/env -S python3 -B
"""Answers each request twice; nobody waits for the second answer."""
from hostile import echoes, reply

for _, request in echoes():
    reply(request)
    reply(request)
