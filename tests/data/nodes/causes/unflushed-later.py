#!/usr/bin/env python3
"""Flushes its reply to `init`, and none after it."""
import json
import sys

for line in sys.stdin:
    request = json.loads(line)
    kind = request["body"]["type"]
    body = {"type": kind + "_ok", "in_reply_to": request["body"]["msg_id"]}
    if kind == "echo":
        body["echo"] = request["body"]["echo"]
    message = {"src": request["dest"], "dest": request["src"], "body": body}
    print(json.dumps(message), flush=kind == "init")
