#!/usr/bin/env -S python3 -B
"""Answers rightly, but for the ends of lines."""
import json

from hostile import echo_ok, echoes, envelope, write

for _, request in echoes():
    write(json.dumps(envelope(request["src"], echo_ok(request))).encode())
