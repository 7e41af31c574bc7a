#!/usr/bin/env -S python3 -B
"""Sets the `id` that messages have on the wire. Nodes may."""
from hostile import echo_ok, echoes, envelope, put

for _, request in echoes():
    message = envelope(request["src"], echo_ok(request))
    message["id"] = 5
    put(message)
