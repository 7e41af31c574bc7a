#!/usr/bin/env python3
"""Broadcast: who hears a value from a client tells everybody, until everybody has acknowledged it.

Idea: a node owes its clients' values to each peer, whatever the topology, until that peer has said
that it heard them. In rounds it sends each peer one message with what is due and with what it has
heard from that peer. So acknowledgements need no messages of their own, and nobody ever waits:
clients are answered at once, and what was lost is sent again a second later.

    sim test -w broadcast --bin examples/nodes/broadcast.py --node-count 25 --rate 100 \\
        --latency 100 --time-limit 20

Cost: at most one message per round to each peer, however many values there are: with the command
above 15 per operation, and a value is everywhere after 0.1 to 0.5 s.
Survives: partition, loss, duplication, reordering, pauses. Not crashes: it has only its memory.
"""
import time

from maelstrom import Node

ROUND = 0.4
# A value is told again after so many seconds. Longer than the way there, a round, and the way back.
PATIENCE = 1.0

node = Node()
values = set()
# By peer: the values that it has not acknowledged, and when each is due.
owed = {}
# By peer: the values that it told us since the last round.
heard = {}


@node.on("init")
def init(_):
    for peer in node.peers:
        owed[peer] = {}
        heard[peer] = set()
    node.every(ROUND, tell_peers)


@node.on("topology")
def topology(request):
    node.reply(request, {"type": "topology_ok"})


@node.on("broadcast")
def broadcast(request):
    value = request["body"]["message"]
    values.add(value)
    for peer in node.peers:
        owed[peer][value] = time.monotonic()
    node.reply(request, {"type": "broadcast_ok"})


@node.on("read")
def read(request):
    node.reply(request, {"type": "read_ok", "messages": sorted(values)})


@node.on("news")
def news(message):
    peer, body = message["src"], message["body"]
    values.update(body["values"])
    heard[peer].update(body["values"])
    for value in body["heard"]:
        owed[peer].pop(value, None)


def tell_peers():
    now = time.monotonic()
    for peer in node.peers:
        due = [value for value, when in owed[peer].items() if when <= now]
        for value in due:
            owed[peer][value] = now + PATIENCE
        if due or heard[peer]:
            node.send(peer, {"type": "news", "values": due, "heard": sorted(heard[peer])})
            heard[peer].clear()


node.run()
