#!/usr/bin/env -S python3 -B
"""Puts a key of its own beside `src`, `dest` and `body`."""
from hostile import echo_ok, echoes, envelope, put

for _, request in echoes():
    message = envelope(request["src"], echo_ok(request))
    message["time"] = 1
    put(message)
