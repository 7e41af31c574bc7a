#!/usr/bin/env python3
"""Wrong on purpose. Broadcast: a node sends each value of its clients to all peers, once.

The mistake: there are no acknowledgements and no retries, so a value that a partition cuts off is
lost. Without faults this node is correct, which is why a test needs a nemesis.
The checker says: violated, values were lost.

    sim test -w broadcast --bin examples/nodes/wrong/broadcast.py --node-count 5 --rate 50 \\
        --time-limit 5 --nemesis partition --nemesis-interval 1
"""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from maelstrom import Node

node = Node()
values = set()


@node.on("topology")
def topology(request):
    node.reply(request, {"type": "topology_ok"})


@node.on("broadcast")
def broadcast(request):
    value = request["body"]["message"]
    values.add(value)
    for peer in node.peers:
        node.send(peer, {"type": "gossip", "value": value})
    node.reply(request, {"type": "broadcast_ok"})


@node.on("read")
def read(request):
    node.reply(request, {"type": "read_ok", "messages": sorted(values)})


@node.on("gossip")
def gossip(message):
    values.add(message["body"]["value"])


node.run()
