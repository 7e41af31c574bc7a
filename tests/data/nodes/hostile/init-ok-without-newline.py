#!/usr/bin/env -S python3 -B
"""Answers `init` without ending the line, and then reads in silence."""
import json

from hostile import all_messages, echo_ok, envelope, write

for request in all_messages():
    if request["body"]["type"] == "init":
        write(json.dumps(envelope(request["src"], echo_ok(request))).encode())
