"""A right broadcast node, of which the others here are variants, each with one mistake."""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[4] / "examples/nodes"))
from maelstrom import Node

# Time between two sends of what was not acknowledged, in seconds.
RETRY = 0.3


class Broadcast(Node):
    """Sends each value of a client to all peers until they have acknowledged it."""

    # Maximum number of sends of a value to a peer.
    sends_max = 1 << 30

    def __init__(self):
        super().__init__()
        self.values = set()
        self.pending = {}
        self.on("topology")(lambda request: self.reply(request, {"type": "topology_ok"}))
        self.on("read")(self.read)
        self.on("broadcast")(self.broadcast)
        self.on("gossip")(self.gossip)
        self.on("ack")(lambda message: self.pending.pop((message["src"], message["body"]["value"]), 0))
        self.on("init")(lambda _: self.every(RETRY, self.send_again))

    def read(self, request):
        self.reply(request, {"type": "read_ok", "messages": sorted(self.values)})

    def broadcast(self, request):
        self.accept(request["body"]["message"])
        self.reply(request, {"type": "broadcast_ok"})

    def accept(self, value):
        self.values.add(value)
        for peer in self.peers:
            self.pending[peer, value] = 0
            self.send_value(peer, value)

    def gossip(self, message):
        value = message["body"]["value"]
        self.values.add(value)
        self.send(message["src"], {"type": "ack", "value": value})

    def send_value(self, peer, value):
        if self.pending[peer, value] < self.sends_max:
            self.pending[peer, value] += 1
            self.send(peer, {"type": "gossip", "value": value})

    def send_again(self):
        for peer, value in list(self.pending):
            self.send_value(peer, value)
