#!/usr/bin/env -S python3 -B
"""Replies with a text for a body."""
from hostile import echo_ok, echoes, envelope, put

for _, request in echoes():
    message = envelope(request["src"], echo_ok(request))
    message["body"] = "echo_ok"
    put(message)
