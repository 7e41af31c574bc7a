#!/usr/bin/env python3
"""Right: tells one peer after the other all values, ten times a second."""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "nodes"))
from maelstrom import Node

node = Node()
values = set()


@node.on("echo")
def echo(request):
    node.reply(request, {"type": "echo_ok", "echo": request["body"]["echo"]})


@node.on("topology")
def topology(request):
    node.reply(request, {"type": "topology_ok"})


@node.on("read")
def read(request):
    node.reply(request, {"type": "read_ok", "messages": sorted(values)})


turn = 0


@node.on("broadcast")
def broadcast(request):
    values.add(request["body"]["message"])
    node.reply(request, {"type": "broadcast_ok"})


@node.on("gossip")
def gossip(message):
    values.update(message["body"]["values"])


def tell():
    global turn
    if node.peers:
        turn += 1
        peer = node.peers[turn % len(node.peers)]
        node.send(peer, {"type": "gossip", "values": sorted(values)})


node.every(0.1, tell)


node.run()
