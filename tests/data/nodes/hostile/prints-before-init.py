#!/usr/bin/env -S python3 -B
"""Logs to stdout what belongs on stderr, before it begins."""
from hostile import echoes, reply, write

write(b"starting server on port 8080\n")
for _, request in echoes():
    reply(request)
