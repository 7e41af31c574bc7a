#!/usr/bin/env python3
"""A linearizable key-value store: a proxy for the service `lin-kv`.

Idea: the service is linearizable, and a request takes effect between its forwarding and the reply,
which lies between the client's request and its reply.

    sim test -w lin-kv --bin examples/nodes/lin_kv.py --node-count 3 --concurrency 2n --rate 100 \\
        --time-limit 20 --nemesis partition

Cost: two messages per operation.
Survives: everything that the service survives; a lost reply is an unknown outcome.
"""
from maelstrom import Node

node = Node()

FIELDS = {"read": ["key"], "write": ["key", "value"], "cas": ["key", "from", "to"]}


def register(kind):
    @node.on(kind)
    def handle(request):
        node.spawn(forward(request))


def forward(request):
    body = request["body"]
    question = {"type": body["type"], **{field: body[field] for field in FIELDS[body["type"]]}}
    answer = yield "lin-kv", question
    if answer is None:
        answer = {"type": "error", "code": 0, "text": "lin-kv does not answer"}
    node.reply(request, {k: v for k, v in answer.items() if k not in ("in_reply_to", "msg_id")})


for kind in FIELDS:
    register(kind)

node.run()
