#!/usr/bin/env -S python3 -B
"""Replies to `init` twice; no request is pending for the second reply."""
from hostile import all_messages, reply

for request in all_messages():
    reply(request)
    if request["body"]["type"] == "init":
        reply(request)
