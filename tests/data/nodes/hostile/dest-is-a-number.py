#!/usr/bin/env -S python3 -B
"""Addresses its replies to a number."""
from hostile import echo_ok, echoes, envelope, put

for _, request in echoes():
    message = envelope(request["src"], echo_ok(request))
    message["dest"] = 2
    put(message)
