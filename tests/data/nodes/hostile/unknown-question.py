#!/usr/bin/env -S python3 -B
"""Sends lin-kv a request of an unknown type, which gets no reply."""
from hostile import echoes, reply, send

for number, request in echoes():
    reply(request)
    if number == 1:
        send("lin-kv", {"type": "delete", "msg_id": 1, "key": "k"})
