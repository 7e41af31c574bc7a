#!/usr/bin/env -S python3 -B
"""Replies with a type that is not in the protocol."""
from hostile import echo_ok, echoes, envelope, put

for _, request in echoes():
    message = envelope(request["src"], echo_ok(request))
    message["body"]["type"] = "echo_okay"
    put(message)
