#!/usr/bin/env python3
"""Transactions on registers that are totally available, at read committed.

Idea: a node carries out a transaction at one instant on its own copy, and replies at once. What it
wrote, the last value of each key only, goes to all other nodes as a whole, with a timestamp from
which all of them derive the same winner. So nobody sees a part of a transaction in the middle of
it, and all keys agree on the order of two transactions.

    sim test -w txn-rw-register --bin examples/nodes/txn_rw_register.py --node-count 2 \\
        --concurrency 2n --rate 1000 --time-limit 20 --consistency-models read-committed \\
        --availability total --nemesis partition

Cost: two messages per transaction that writes and other node; while a node cannot be reached, one
more each half a second.
Allows: lost updates, write skew and old reads: two nodes do not ask each other.
Survives: partition, pauses, loss, duplication. Not crashes: registers are in memory.
"""
from maelstrom import Node

# Time after which a parcel that was not acknowledged is sent again, in seconds.
RETRY = 0.5

node = Node()
# The largest counter that this node has seen, a Lamport clock.
clock = 0
# The value of each key with the timestamp of the transaction that wrote it.
registers = {}
# Parcels that another node has not acknowledged, by (node, counter).
unacknowledged = {}


@node.on("init")
def init(_):
    node.every(RETRY, send_again)


@node.on("txn")
def txn(request):
    global clock
    written = {}
    completed = []
    for f, key, value in request["body"]["txn"]:
        if f == "w":
            written[key] = value
        elif key in written:
            value = written[key]
        else:
            value = registers.get(key, (None, None))[0]
        completed.append([f, key, value])
    if written:
        clock += 1
        # Pairs: a key of a JSON object would be text.
        parcel = {"type": "apply", "at": [clock, node.id], "writes": list(written.items())}
        apply(parcel)
        for peer in node.peers:
            unacknowledged[peer, clock] = parcel
            node.send(peer, parcel)
    node.reply(request, {"type": "txn_ok", "txn": completed})


@node.on("apply")
def received(message):
    global clock
    parcel = message["body"]
    clock = max(clock, parcel["at"][0])
    apply(parcel)
    node.send(message["src"], {"type": "applied", "count": parcel["at"][0]})


@node.on("applied")
def acknowledged(message):
    unacknowledged.pop((message["src"], message["body"]["count"]), None)


def apply(parcel):
    """Writes each value, unless the register has one of a later transaction."""
    for key, value in parcel["writes"]:
        if key not in registers or registers[key][1] < parcel["at"]:
            registers[key] = (value, parcel["at"])


def send_again():
    for (peer, _), parcel in unacknowledged.items():
        node.send(peer, parcel)


node.run()
