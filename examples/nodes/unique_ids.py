#!/usr/bin/env python3
"""Unique ids: the node's name, a random number drawn at its start, and a counter.

Idea: no two nodes have the same name, no two starts of a node draw the same 64-bit number, and no
two requests of one start have the same count. So nodes need no coordination.

    sim test -w unique-ids --bin examples/nodes/unique_ids.py --node-count 3 --rate 1000 \\
        --time-limit 30 --availability total --nemesis partition

Survives every fault, and stays available throughout: it sends nothing but replies.
"""
import itertools
import os

from maelstrom import Node

node = Node()
start = os.urandom(8).hex()
counts = itertools.count()


@node.on("generate")
def generate(request):
    node.reply(request, {"type": "generate_ok", "id": f"{node.id}-{start}-{next(counts)}"})


node.run()
