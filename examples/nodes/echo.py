#!/usr/bin/env python3
"""Echo: the entire protocol in one page. Returns each text as its client has sent it.

A message is one line of JSON, `{"src": …, "dest": …, "body": {…}}`: requests come on stdin, replies
go to stdout, and logs go to stderr.

    sim test -w echo --bin examples/nodes/echo.py --node-count 1 --time-limit 10

Survives every fault: a reply depends on its request alone.
"""
import json
import sys

me = None
for line in sys.stdin:
    request = json.loads(line)
    body = request["body"]
    if body["type"] == "init":
        me = body["node_id"]
        reply = {"type": "init_ok"}
    elif body["type"] == "echo":
        reply = {"type": "echo_ok", "echo": body["echo"]}
    else:
        reply = {"type": "error", "code": 10, "text": "not supported"}
    reply["in_reply_to"] = body["msg_id"]
    print(json.dumps({"src": me, "dest": request["src"], "body": reply}), flush=True)
