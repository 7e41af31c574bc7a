#!/usr/bin/env python3
"""Prints its replies, and does not flush them: a pipe keeps them back."""
import json
import sys

for line in sys.stdin:
    request = json.loads(line)
    body = request["body"]
    reply = {"type": body["type"] + "_ok", "in_reply_to": body["msg_id"]}
    if body["type"] == "echo":
        reply["echo"] = body["echo"]
    print(json.dumps({"src": request["dest"], "dest": request["src"], "body": reply}))
