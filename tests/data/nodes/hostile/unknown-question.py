#!/usr/bin/env -S python3 -B
"""Asks lin-kv for what it does not know, and never hears of it again."""
from hostile import echoes, reply, send

for number, request in echoes():
    reply(request)
    if number == 1:
        send("lin-kv", {"type": "delete", "msg_id": 1, "key": "k"})
