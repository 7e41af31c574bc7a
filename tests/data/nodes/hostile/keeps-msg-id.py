#!/usr/bin/env -S python3 -B
"""Turns each request into its reply, and so keeps the msg_id, like many nodes in Go."""
from hostile import echoes, envelope, put

for _, request in echoes():
    body = request["body"]
    body["type"] = "echo_ok"
    body["in_reply_to"] = body["msg_id"]
    put(envelope(request["src"], body))
