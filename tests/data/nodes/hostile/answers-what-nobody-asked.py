#!/usr/bin/env -S python3 -B
"""Replies correctly, and also to a request that was never sent."""
from hostile import echoes, reply

for number, request in echoes():
    reply(request)
    request["body"]["msg_id"] += 1_000_000
    reply(request)
