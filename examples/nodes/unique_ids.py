#!/usr/bin/env python3
"""Ids that are never given twice: the node's name, a number drawn at its start, and a counter.

Idea: no two nodes have one name, no two starts of a node draw one number of 64 bits, and no two
requests of one start have one count. So no node has to ask another.

    sim test -w unique-ids --bin examples/nodes/unique_ids.py --node-count 3 --rate 1000 \\
        --time-limit 30 --availability total --nemesis partition

Survives everything, and is available through everything: it sends nothing but replies.
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
