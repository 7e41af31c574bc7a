#!/usr/bin/env -S python3 -B
"""Makes each reply of its request, whose msg_id stays in it: so do many nodes in Go."""
from hostile import echoes, envelope, put

for _, request in echoes():
    body = request["body"]
    body["type"] = "echo_ok"
    body["in_reply_to"] = body["msg_id"]
    put(envelope(request["src"], body))
