#!/usr/bin/env -S python3 -B
"""Does not say for whom its replies are."""
from hostile import echo_ok, echoes, envelope, put

for _, request in echoes():
    message = envelope(request["src"], echo_ok(request))
    del message["dest"]
    put(message)
