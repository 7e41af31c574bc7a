#!/usr/bin/env -S python3 -B
"""Sends its peers messages with odd message numbers: repeated, strings, fractions, null."""
import hostile
from hostile import echoes, reply, send

for _, request in echoes():
    reply(request)
    for peer in hostile.peers:
        for number in (1, 1, "one", 1.5, None):
            send(peer, {"type": "hello", "msg_id": number, "in_reply_to": number})
