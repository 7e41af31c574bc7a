#!/usr/bin/env -S python3 -B
"""Adds a field to its replies."""
from hostile import echo_ok, echoes, envelope, put

for _, request in echoes():
    message = envelope(request["src"], echo_ok(request))
    message["body"]["took_ms"] = 3
    put(message)
