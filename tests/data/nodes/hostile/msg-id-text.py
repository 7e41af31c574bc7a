#!/usr/bin/env -S python3 -B
"""Numbers its replies in words."""
from hostile import echo_ok, echoes, envelope, put

for _, request in echoes():
    message = envelope(request["src"], echo_ok(request))
    message["body"]["msg_id"] = "seven"
    put(message)
