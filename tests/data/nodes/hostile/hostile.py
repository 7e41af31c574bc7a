"""Shared code of the hostile nodes: a correct echo node, which each of them breaks in one place.

None outlives 50 s, whatever its host does, uses more than 1 GiB of memory, or leaves a core dump.
"""
import json
import os
import resource
import signal
import sys

LIFETIME_S = 50
signal.alarm(LIFETIME_S)
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))

MIB = 1 << 20

# The fields of `init`.
me = None
peers = []


def write(data, to=1):
    """Writes all of the bytes. Exits quietly if the host is gone."""
    view = memoryview(data)
    while view:
        try:
            view = view[os.write(to, view) :]
        except BrokenPipeError:
            os._exit(0)


def envelope(dest, body):
    return {"src": me, "dest": dest, "body": body}


def put(message):
    """Writes anything as one line of JSON."""
    write(json.dumps(message).encode() + b"\n")


def send(dest, body):
    put(envelope(dest, body))


def echo_ok(request):
    """Returns the body of the correct reply to `echo` or `init`."""
    asked = request["body"]
    if asked["type"] == "init":
        return {"type": "init_ok", "in_reply_to": asked["msg_id"]}
    return {"type": "echo_ok", "in_reply_to": asked["msg_id"], "echo": asked["echo"]}


def reply(request):
    send(request["src"], echo_ok(request))


def all_messages():
    """Yields all messages on stdin, `init` included."""
    global me, peers
    for line in sys.stdin:
        message = json.loads(line)
        if message["body"]["type"] == "init":
            me = message["body"]["node_id"]
            peers = [node for node in message["body"]["node_ids"] if node != me]
        yield message


def messages():
    """Yields all messages but `init`, to which it replies."""
    for message in all_messages():
        if message["body"]["type"] == "init":
            reply(message)
        else:
            yield message


def echoes():
    """Yields the requests of clients, numbered from 1."""
    wanted = (message for message in messages() if message["body"]["type"] == "echo")
    return enumerate(wanted, 1)


def put_once(data):
    """Runs a correct node that also writes these bytes after its first reply."""
    for number, request in echoes():
        reply(request)
        if number == 1:
            write(data() if callable(data) else data)
