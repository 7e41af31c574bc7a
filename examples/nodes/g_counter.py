#!/usr/bin/env python3
"""A counter that only grows, over `seq-kv`: one total per node, each under its own key.

Idea: the counter is the sum of all keys. Only one node changes a key, so nobody overwrites another.

Adding: a compare-and-set from the last total to the next. Totals only grow, so one that comes late
or twice does nothing. A client is answered when it is done; those that come meanwhile go together.

Reading: `seq-kv` may answer from an old state, but never from one before the asker's own last
change. So a reader first changes a key that means nothing, to a value that never was there (the
same value again would change nothing): all it reads after that is at least as new.

    sim test -w g-counter --bin examples/nodes/g_counter.py --node-count 3 --rate 100 \\
        --time-limit 20 --nemesis partition

Cost: five questions per read with three nodes, one or less per addition.
Survives: partition, crashes, pauses, late and lost answers of `seq-kv`. Nodes talk only to it.
"""
import os

from maelstrom import Node

node = Node()
# Requests that wait.
adds = []
reads = []
# What is under our key.
total = 0
busy = True


@node.on("init")
def init(_):
    node.spawn(begin())


@node.on("add")
def add(request):
    adds.append(request)
    wake()


@node.on("read")
def read(request):
    reads.append(request)
    wake()


def wake():
    global busy
    if not busy:
        busy = True
        node.spawn(work())


def begin():
    """Finds out what this node had added before a crash, if it was here before."""
    global total
    total = yield from number_at(node.id)
    yield from work()


def work():
    """Serves all requests that wait, one question at a time."""
    global busy
    while adds or reads:
        if adds:
            yield from serve_adds()
        if reads:
            yield from serve_reads()
    busy = False


def serve_adds():
    global total
    requests = take_all(adds)
    goal = total + sum(request["body"]["delta"] for request in requests)
    while total < goal:
        answer = yield "seq-kv", {
            "type": "cas",
            "key": node.id,
            "from": total,
            "to": goal,
            "create_if_not_exists": True,
        }
        if answer is not None and answer["type"] == "cas_ok":
            total = goal
        else:
            # It was done without our knowing, or not at all, or another was that was still on its
            # way when we crashed. Our own key we always see as it is.
            found = yield from number_at(node.id)
            if found != goal:
                goal += found - total
            total = found
    for request in requests:
        node.reply(request, {"type": "add_ok"})


def serve_reads():
    requests = take_all(reads)
    yield from refresh()
    value = 0
    for key in [node.id, *node.peers]:
        value += yield from number_at(key)
    for request in requests:
        node.reply(request, {"type": "read_ok", "value": value})


def refresh():
    """After this `seq-kv` tells us nothing that is older than now."""
    answer = None
    while answer is None or answer["type"] != "write_ok":
        token = os.urandom(8).hex()
        answer = yield "seq-kv", {"type": "write", "key": f"refresh-{node.id}", "value": token}


def number_at(key):
    """The number under a key, 0 if there is none."""
    while True:
        answer = yield "seq-kv", {"type": "read", "key": key}
        if answer is not None and answer["type"] == "read_ok":
            return answer["value"]
        if answer is not None and answer.get("code") == 20:
            return 0


def take_all(waiting):
    taken = waiting[:]
    waiting.clear()
    return taken


node.run()
