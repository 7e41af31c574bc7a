#!/usr/bin/env -S python3 -B
"""Asks lin-kv to read, but not which key."""
from hostile import echoes, reply, send

for number, request in echoes():
    reply(request)
    if number == 1:
        send("lin-kv", {"type": "read", "msg_id": 1})
