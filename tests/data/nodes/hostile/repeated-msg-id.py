#!/usr/bin/env -S python3 -B
"""Gives all its replies one number."""
from hostile import echo_ok, echoes, envelope, put

for _, request in echoes():
    message = envelope(request["src"], echo_ok(request))
    message["body"]["msg_id"] = 1
    put(message)
