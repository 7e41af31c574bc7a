#!/usr/bin/env -S python3 -B
"""Closes its stdout after `init_ok`, and lives on."""
import os

from hostile import all_messages, reply

for request in all_messages():
    if request["body"]["type"] == "init":
        reply(request)
        os.close(1)
