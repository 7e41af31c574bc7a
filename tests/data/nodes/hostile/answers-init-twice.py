#!/usr/bin/env -S python3 -B
"""Answers `init` twice; the second answer comes too late for anybody."""
from hostile import all_messages, reply

for request in all_messages():
    reply(request)
    if request["body"]["type"] == "init":
        reply(request)
