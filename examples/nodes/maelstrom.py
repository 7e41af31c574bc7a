"""Shared code of the Python nodes: an event loop with messages, timers and requests, on one thread.

A node has a handler for each type of message. Handlers are called one after the other and never
block, so nothing needs a lock. Code that awaits replies is a process (`Node.spawn`).

Not here: durable storage. A node that is restarted has no state.
"""
import heapq
import json
import os
import select
import sys
import time

# Timeout for a reply, in seconds; the process is then resumed with `None`.
TIMEOUT = 1.0


class Node:
    """A node. It has its name (`id`) and those of the other nodes (`peers`) once initialised."""

    def __init__(self):
        self.id = None
        self.peers = []
        self._handlers = {}
        self._timers = []
        self._timer_count = 0
        self._waiting = {}
        # Starts from the time, so that a late reply to a request from before a crash never matches
        # one from after it.
        self._last_msg_id = time.time_ns() // 1000

    def on(self, kind):
        """Registers the decorated function as the handler of messages of this type.

        The handler of `init` is called before the node sends `init_ok`.
        """

        def register(handler):
            self._handlers[kind] = handler
            return handler

        return register

    def send(self, dest, body):
        """Sends a message to a node, a client or a service."""
        print(json.dumps({"src": self.id, "dest": dest, "body": body}, separators=(",", ":")))

    def reply(self, request, body):
        """Sends the reply to a request."""
        self.send(request["src"], {**body, "in_reply_to": request["body"]["msg_id"]})

    def after(self, seconds, action):
        """Calls `action` once, after a number of seconds."""
        self._timer_count += 1
        heapq.heappush(self._timers, (time.monotonic() + seconds, self._timer_count, action))

    def every(self, seconds, action):
        """Calls `action` periodically, every number of seconds."""

        def again():
            action()
            self.after(seconds, again)

        self.after(seconds, again)

    def spawn(self, process):
        """Runs a generator, in which `answer = yield dest, body` sends a request.

        The generator is resumed with the body of the reply, or with `None` after a timeout.
        Handlers and other processes run in between.
        """
        self._resume(process, None)

    def run(self):
        """Handles messages and timers until stdin ends."""
        rest = b""
        while True:
            if select.select([0], [], [], self._seconds_to_next_timer())[0]:
                chunk = os.read(0, 1 << 16)
                if not chunk:
                    return
                *lines, rest = (rest + chunk).split(b"\n")
                for line in lines:
                    self._handle(json.loads(line))
            self._call_due_timers()
            sys.stdout.flush()

    def _handle(self, message):
        body = message["body"]
        if "in_reply_to" in body:
            self._answer(body["in_reply_to"], body)
        elif body["type"] == "init":
            self.id = body["node_id"]
            self.peers = [node for node in body["node_ids"] if node != self.id]
            self._handlers.get("init", lambda _: None)(message)
            self.reply(message, {"type": "init_ok"})
        elif body["type"] in self._handlers:
            self._handlers[body["type"]](message)
        else:
            self.reply(message, {"type": "error", "code": 10, "text": "not supported"})

    def _resume(self, process, answer):
        try:
            dest, body = process.send(answer)
        except StopIteration:
            return
        self._last_msg_id += 1
        msg_id = self._last_msg_id
        self._waiting[msg_id] = process
        self.send(dest, {**body, "msg_id": msg_id})
        self.after(TIMEOUT, lambda: self._answer(msg_id, None))

    def _answer(self, msg_id, body):
        # A late or duplicated reply has no process.
        process = self._waiting.pop(msg_id, None)
        if process:
            self._resume(process, body)

    def _seconds_to_next_timer(self):
        return max(0.0, self._timers[0][0] - time.monotonic()) if self._timers else None

    def _call_due_timers(self):
        now = time.monotonic()
        while self._timers and self._timers[0][0] <= now:
            heapq.heappop(self._timers)[2]()
