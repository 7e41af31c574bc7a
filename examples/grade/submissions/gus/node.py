#!/usr/bin/env python3
"""Starts a process for each value, and waits for none of them."""
import os
import sys
import time
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
    node.reply(request, {"type": "broadcast_ok"})
    for peer in node.peers:
        if os.fork() == 0:
            # "In the background", it thought; and so it waits for good.
            time.sleep(3600)
        node.send(peer, {"type": "gossip", "value": value})


@node.on("gossip")
def gossip(message):
    values.add(message["body"]["value"])


node.run()
