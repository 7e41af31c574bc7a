#!/usr/bin/env python3
"""Kafka-style logs: each key has an owner among the nodes, which keeps its log.

Idea: the owner of a key follows from its name, so all nodes agree on it without a message. A node
that receives a request for a key of another forwards it there and passes the reply on. The owner
appends to a list: the offset of a message is its index.

    sim test -w kafka --bin examples/nodes/kafka.py --node-count 2 --concurrency 2n --rate 1000 \\
        --time-limit 20

Cost: two messages for a request about keys of another node, none otherwise.
Survives: pauses. Requests to an owner that cannot be reached fail. Not crashes: logs are in memory.
"""
import zlib

from maelstrom import Node

# Maximum number of messages of a key in a reply to a poll.
POLL_MAX = 100

node = Node()
# The logs of the keys that this node owns.
logs = {}
committed = {}


def owner(key):
    nodes = sorted(node.peers + [node.id])
    return nodes[zlib.crc32(key.encode()) % len(nodes)]


def by_owner(keys):
    """Groups keys by their owners."""
    groups = {}
    for key in keys:
        groups.setdefault(owner(key), []).append(key)
    return groups


@node.on("send")
def send(request):
    body = request["body"]
    if owner(body["key"]) == node.id:
        node.reply(request, append(body))
    else:
        node.spawn(forward(request))


def append(body):
    log = logs.setdefault(body["key"], [])
    log.append(body["msg"])
    return {"type": "send_ok", "offset": len(log) - 1}


def forward(request):
    body = request["body"]
    answer = yield owner(body["key"]), {"type": "send", "key": body["key"], "msg": body["msg"]}
    node.reply(request, plain(answer) if answer else lost())


@node.on("poll")
def poll(request):
    offsets = request["body"]["offsets"]

    def own(keys):
        msgs = {}
        for key in keys:
            first = offsets[key]
            new = logs.get(key, [])[first:first + POLL_MAX]
            msgs[key] = [[first + place, msg] for place, msg in enumerate(new)]
        return {"msgs": msgs}

    ask = lambda keys: {"type": "poll", "offsets": {key: offsets[key] for key in keys}}
    node.spawn(gather(request, offsets, own, ask, "poll_ok", "msgs"))


@node.on("commit_offsets")
def commit(request):
    offsets = request["body"]["offsets"]

    def own(keys):
        for key in keys:
            committed[key] = max(committed.get(key, 0), offsets[key])
        return {}

    ask = lambda keys: {"type": "commit_offsets", "offsets": {key: offsets[key] for key in keys}}
    node.spawn(gather(request, offsets, own, ask, "commit_offsets_ok", None))


@node.on("list_committed_offsets")
def list_committed(request):
    keys = request["body"]["keys"]
    own = lambda keys: {"offsets": {key: committed[key] for key in keys if key in committed}}
    ask = lambda keys: {"type": "list_committed_offsets", "keys": keys}
    node.spawn(gather(request, keys, own, ask, "list_committed_offsets_ok", "offsets"))


def gather(request, keys, own, ask, kind, field):
    """Replies with the union of what the owners of all keys answer."""
    union = {}
    for place, group in by_owner(keys).items():
        if place == node.id:
            answer = own(group)
        else:
            answer = yield place, ask(group)
        if answer is None:
            node.reply(request, lost())
            return
        if field:
            union.update(answer[field])
    node.reply(request, {"type": kind, field: union} if field else {"type": kind})


def plain(answer):
    """The body of a reply without the numbers that belong to its message."""
    return {key: value for key, value in answer.items() if key not in ("in_reply_to", "msg_id")}


def lost():
    return {"type": "error", "code": 0, "text": "the owner of a key does not answer"}


node.run()
