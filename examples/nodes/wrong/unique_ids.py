#!/usr/bin/env python3
"""Wrong on purpose. Ids from a counter, as if there were only one node.

The mistake: each node counts from 0, and the id does not include the node's name.
The checker says: violated, ids were acknowledged more than once, by different nodes.

    sim test -w unique-ids --bin examples/nodes/wrong/unique_ids.py --node-count 3 --rate 100 \\
        --time-limit 3
"""
import itertools
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from maelstrom import Node

node = Node()
counts = itertools.count()


@node.on("generate")
def generate(request):
    node.reply(request, {"type": "generate_ok", "id": next(counts)})


node.run()
