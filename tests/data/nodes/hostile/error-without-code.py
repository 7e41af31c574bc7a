#!/usr/bin/env -S python3 -B
"""Replies with errors that have no code."""
from hostile import echo_ok, echoes, envelope, put

for _, request in echoes():
    message = envelope(request["src"], echo_ok(request))
    message["body"] = {"type": "error", "in_reply_to": request["body"]["msg_id"]}
    put(message)
