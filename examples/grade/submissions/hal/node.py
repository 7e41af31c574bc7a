#!/usr/bin/env python3
"""Crashes on a message between nodes: it has no such key."""
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


@node.on("broadcast")
def broadcast(request):
    value = request["body"]["message"]
    values.add(value)
    for peer in node.peers:
        node.send(peer, {"type": "gossip", "value": value})
    node.reply(request, {"type": "broadcast_ok"})


@node.on("gossip")
def gossip(message):
    values.add(message["body"]["message"])


node.run()
