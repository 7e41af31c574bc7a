#!/usr/bin/env python3
"""Wrong on purpose. Transactions on registers that are carried out write by write.

The mistake: a dirty read. A node tells the others of each write and waits for their replies before
it goes on, and another transaction reads the value in between that the first one writes over.
The checker says: violated, G1b (a read of an intermediate value), and cycles of transactions that
have each seen a part of the other (G1c).

    sim test -w txn-rw-register --bin examples/nodes/wrong/txn_rw_register.py --node-count 2 \\
        --concurrency 4n --rate 200 --time-limit 3 --consistency-models read-committed
"""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from maelstrom import Node

node = Node()
registers = {}


@node.on("txn")
def txn(request):
    node.spawn(carry_out(request))


def carry_out(request):
    completed = []
    for f, key, value in request["body"]["txn"]:
        if f == "w":
            registers[key] = value
            for peer in node.peers:
                yield peer, {"type": "apply", "key": key, "value": value}
        else:
            value = registers.get(key)
        completed.append([f, key, value])
    node.reply(request, {"type": "txn_ok", "txn": completed})


@node.on("apply")
def apply(message):
    registers[message["body"]["key"]] = message["body"]["value"]
    node.reply(message, {"type": "apply_ok"})


node.run()
