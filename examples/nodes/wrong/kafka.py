#!/usr/bin/env python3
"""Wrong Kafka-style logs: a poll returns the newest messages, not the next ones.

Mistake: a reply to a poll holds the last `POLL_MAX` messages of a key, whatever the offset of the
consumer: with more than that, the messages between are skipped and never polled.
"""
import sys
import zlib
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from maelstrom import Node

# Maximum number of messages of a key in a reply to a poll.
POLL_MAX = 1

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
            log = logs.get(key, [])
            first = max(offsets[key], len(log) - POLL_MAX)
            new = log[first:]
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
