#!/usr/bin/env -S python3 -B
"""Replies without a body."""
from hostile import echo_ok, echoes, envelope, put

for _, request in echoes():
    message = envelope(request["src"], echo_ok(request))
    del message["body"]
    put(message)
