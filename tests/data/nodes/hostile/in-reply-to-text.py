#!/usr/bin/env -S python3 -B
"""Says what its replies answer with a text instead of a number."""
from hostile import echo_ok, echoes, envelope, put

for _, request in echoes():
    message = envelope(request["src"], echo_ok(request))
    message["body"]["in_reply_to"] = str(message["body"]["in_reply_to"])
    put(message)
