#!/usr/bin/env -S python3 -B
"""Says that it is another node."""
from hostile import echo_ok, echoes, envelope, put

for _, request in echoes():
    message = envelope(request["src"], echo_ok(request))
    message["src"] = "n7"
    put(message)
