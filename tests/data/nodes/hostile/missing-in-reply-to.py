#!/usr/bin/env -S python3 -B
"""Does not say what its replies answer."""
from hostile import echo_ok, echoes, envelope, put

for _, request in echoes():
    message = envelope(request["src"], echo_ok(request))
    del message["body"]["in_reply_to"]
    put(message)
