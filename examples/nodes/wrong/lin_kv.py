#!/usr/bin/env python3
"""A wrong linearizable key-value store: a proxy for the service `lin-kv` with a cache.

Mistake: a node answers a read of a key that it has read or written before from its memory, and so
misses what other nodes have written since.
"""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from maelstrom import Node

node = Node()
# The values that this node has read or written last.
cache = {}

FIELDS = {"read": ["key"], "write": ["key", "value"], "cas": ["key", "from", "to"]}


def register(kind):
    @node.on(kind)
    def handle(request):
        node.spawn(forward(request))


def forward(request):
    body = request["body"]
    question = {"type": body["type"], **{field: body[field] for field in FIELDS[body["type"]]}}
    if body["type"] == "read" and body["key"] in cache:
        node.reply(request, {"type": "read_ok", "value": cache[body["key"]]})
        return
    answer = yield "lin-kv", question
    if answer and answer["type"] in ("read_ok", "write_ok", "cas_ok"):
        field = {"read_ok": answer, "write_ok": body, "cas_ok": {"value": body.get("to")}}
        cache[body["key"]] = field[answer["type"]]["value"]
    if answer is None:
        answer = {"type": "error", "code": 0, "text": "lin-kv does not answer"}
    node.reply(request, {k: v for k, v in answer.items() if k not in ("in_reply_to", "msg_id")})


for kind in FIELDS:
    register(kind)

node.run()
