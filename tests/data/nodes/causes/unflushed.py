#!/usr/bin/env python3
"""Prints its replies and does not flush them."""
import json
import sys

for line in sys.stdin:
    request = json.loads(line)
    kind = request["body"]["type"] + "_ok"
    body = {"type": kind, "in_reply_to": request["body"]["msg_id"]}
    print(json.dumps({"src": request["dest"], "dest": request["src"], "body": body}))
