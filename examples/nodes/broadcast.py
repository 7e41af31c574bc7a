#!/usr/bin/env python3
"""Broadcast: a node sends each value of its clients to all peers, until all have acknowledged it.

Idea: whatever the topology, a value from a client is pending at each peer until that peer has
acknowledged it. In each round a node sends each peer one message with the values that are due, and
with acknowledgements of those received from that peer. So acknowledgements need no messages of
their own, and nothing blocks: clients get their replies at once, and lost values are sent again a
second later.

    sim test -w broadcast --bin examples/nodes/broadcast.py --node-count 25 --rate 100 \\
        --latency 100 --time-limit 20

Cost: at most one message per round to each peer, for any number of values: with the command above
15 per operation, and a value is at all nodes after 0.1 to 0.5 s.
Survives: partition, loss, duplication, reordering, pauses. Not crashes: state is in memory only.
"""
import time

from maelstrom import Node

# Time between two rounds, in seconds.
ROUND = 0.4
# Timeout for an acknowledgement, in seconds: longer than a round trip plus a round.
RETRY = 1.0

node = Node()
values = set()
# By peer: the values that it has not acknowledged, each with the time at which it is due.
pending = {}
# By peer: the values that it has sent since the last round, to be acknowledged.
received = {}


@node.on("init")
def init(_):
    for peer in node.peers:
        pending[peer] = {}
        received[peer] = set()
    node.every(ROUND, send_round)


@node.on("topology")
def topology(request):
    node.reply(request, {"type": "topology_ok"})


@node.on("broadcast")
def broadcast(request):
    value = request["body"]["message"]
    values.add(value)
    for peer in node.peers:
        pending[peer][value] = time.monotonic()
    node.reply(request, {"type": "broadcast_ok"})


@node.on("read")
def read(request):
    node.reply(request, {"type": "read_ok", "messages": sorted(values)})


@node.on("gossip")
def gossip(message):
    peer, body = message["src"], message["body"]
    values.update(body["values"])
    received[peer].update(body["values"])
    for value in body["acks"]:
        pending[peer].pop(value, None)


def send_round():
    now = time.monotonic()
    for peer in node.peers:
        due = [value for value, when in pending[peer].items() if when <= now]
        for value in due:
            pending[peer][value] = now + RETRY
        if due or received[peer]:
            node.send(peer, {"type": "gossip", "values": due, "acks": sorted(received[peer])})
            received[peer].clear()


node.run()
