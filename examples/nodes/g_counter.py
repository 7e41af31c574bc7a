#!/usr/bin/env python3
"""A grow-only counter over `seq-kv`: one total per node, each under its own key.

Idea: the counter is the sum of all keys. Each key has a single writer, so no update is lost.

Adding: a compare-and-set from the last total to the next. Totals only grow, so a late or duplicated
one has no effect. A client gets its reply once it is done; requests that arrive meanwhile form the
next batch.

Reading: `seq-kv` is sequentially consistent: it may answer from a stale state, but never from one
before the reader's own last write. So a reader first writes a new value (an old one would change
nothing) to a key of its own that means nothing: all its later reads are at least as new.

    sim test -w g-counter --bin examples/nodes/g_counter.py --node-count 3 --rate 100 \\
        --time-limit 20 --nemesis partition

Cost: five requests to `seq-kv` per read with three nodes, at most one per addition.
Survives: partition, crashes, pauses, late and lost replies of `seq-kv`. Nodes send only to it.
"""
import os

from maelstrom import Node

node = Node()
# Queued requests.
adds = []
reads = []
# The value under this node's key.
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
    """Recovers this node's total from before a crash, if there was one."""
    global total
    total = yield from number_at(node.id)
    yield from work()


def work():
    """Serves all queued requests, one request to `seq-kv` at a time."""
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
            # The outcome is unknown: it may have been applied, or not, or an earlier one that was
            # in flight at a crash was. Reads of our own key are never stale.
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
    """Writes a new value, after which no read of `seq-kv` is older than this call."""
    answer = None
    while answer is None or answer["type"] != "write_ok":
        token = os.urandom(8).hex()
        answer = yield "seq-kv", {"type": "write", "key": f"refresh-{node.id}", "value": token}


def number_at(key):
    """Returns the number under a key, or 0 if there is none."""
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
