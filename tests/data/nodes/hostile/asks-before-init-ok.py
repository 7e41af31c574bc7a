#!/usr/bin/env -S python3 -B
"""Asks lin-kv before it says that it has begun. Nodes may."""
from hostile import all_messages, reply, send

inbox = all_messages()
init = next(inbox)
send("lin-kv", {"type": "write", "msg_id": 1, "key": "boot", "value": 1})
assert next(inbox)["body"] == {"type": "write_ok", "in_reply_to": 1}
reply(init)
for request in inbox:
    reply(request)
