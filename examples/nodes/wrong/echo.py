#!/usr/bin/env python3
"""Wrong on purpose. Echo: replies to each request with the text of the previous one.

The mistake: `text` is set after it has been sent. The first reply has an empty text.
The checker says: violated, expected another text than the one that was received.

    sim test -w echo --bin examples/nodes/wrong/echo.py --node-count 1 --time-limit 3
"""
import json
import sys

me = None
text = ""
for line in sys.stdin:
    request = json.loads(line)
    body = request["body"]
    if body["type"] == "init":
        me = body["node_id"]
        reply = {"type": "init_ok"}
    else:
        reply = {"type": "echo_ok", "echo": text}
        text = body["echo"]
    reply["in_reply_to"] = body["msg_id"]
    print(json.dumps({"src": me, "dest": request["src"], "body": reply}), flush=True)
