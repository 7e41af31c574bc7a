#!/usr/bin/env python3
"""A key-value store on one node: correct for lin-kv, as long as there is no other node."""

import json
import sys

me, store = None, {}
for line in sys.stdin:
    message = json.loads(line)
    body = message["body"]
    kind, reply = body["type"], None
    if kind == "init":
        me, reply = body["node_id"], {}
    elif kind == "write":
        store[str(body["key"])] = body["value"]
        reply = {}
    elif str(body["key"]) not in store:
        reply = {"type": "error", "code": 20, "text": "there is no such key"}
    elif kind == "read":
        reply = {"value": store[str(body["key"])]}
    elif store[str(body["key"])] != body["from"]:
        reply = {"type": "error", "code": 22, "text": "it has another value"}
    else:
        store[str(body["key"])] = body["to"]
        reply = {}
    reply = {"type": kind + "_ok", "in_reply_to": body["msg_id"]} | reply
    print(json.dumps({"src": me, "dest": message["src"], "body": reply}), flush=True)
