#!/usr/bin/env -S python3 -B
"""Does not say who it is."""
from hostile import echo_ok, echoes, envelope, put

for _, request in echoes():
    message = envelope(request["src"], echo_ok(request))
    del message["src"]
    put(message)
