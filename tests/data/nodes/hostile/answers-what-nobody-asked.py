#!/usr/bin/env -S python3 -B
"""Answers rightly, and also a request that was never made."""
from hostile import echoes, reply

for number, request in echoes():
    reply(request)
    request["body"]["msg_id"] += 1_000_000
    reply(request)
