#!/usr/bin/env python3
"""Wrong on purpose. A counter over `seq-kv` with one key for all nodes, read and then written.

The mistake: a lost update. Between a node's read and its write another node writes, and is
overwritten. Since `seq-kv` may answer with a stale state, this happens even without a race.
The checker says: violated, final reads are below what was added.

    sim test -w g-counter --bin examples/nodes/wrong/g_counter.py --node-count 3 --rate 100 \\
        --time-limit 5
"""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from maelstrom import Node

node = Node()


@node.on("add")
def add(request):
    node.spawn(serve_add(request))


@node.on("read")
def read(request):
    node.spawn(serve_read(request))


def serve_add(request):
    value = (yield from counter()) + request["body"]["delta"]
    yield "seq-kv", {"type": "write", "key": "counter", "value": value}
    node.reply(request, {"type": "add_ok"})


def serve_read(request):
    value = yield from counter()
    node.reply(request, {"type": "read_ok", "value": value})


def counter():
    answer = yield "seq-kv", {"type": "read", "key": "counter"}
    return answer.get("value", 0) if answer else 0


node.run()
