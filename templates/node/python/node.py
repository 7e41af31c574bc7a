#!/usr/bin/env python3
"""A node that answers `echo`: the beginning of one of your own.

    sim test -w echo --bin ./node.py --node-count 1 --time-limit 5

Messages are lines of JSON on stdin and stdout. `maelstrom.py` beside this file reads and writes
them; whatever you print yourself goes to stderr: `print("…", file=sys.stderr)`.
"""
from maelstrom import Node

node = Node()


@node.on("echo")
def echo(request):
    node.reply(request, {"type": "echo_ok", "echo": request["body"]["echo"]})


# Where to go on: one handler for each type of request of a workload. For unique-ids, for example:
#
#     @node.on("generate")
#     def generate(request):
#         node.reply(request, {"type": "generate_ok", "id": …})
#
#     sim test -w unique-ids --bin ./node.py --node-count 3 --time-limit 5
#
# Also: `node.id` and `node.peers`, `node.send(dest, body)` to another node, `node.after(seconds, f)`
# and `node.every(seconds, f)` for retries. `sim doc protocol` lists all messages of all workloads.

node.run()
