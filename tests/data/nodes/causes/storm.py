#!/usr/bin/env python3
"""Sends on each value that it receives, also one that it has received before."""
from base import Broadcast


class Storm(Broadcast):
    def accept(self, value):
        self.values.add(value)
        for peer in self.peers:
            self.send(peer, {"type": "gossip", "value": value})

    def gossip(self, message):
        # To one peer only, so that it lasts for as long as the test and takes no machine down.
        value = message["body"]["value"]
        self.values.add(value)
        self.send(self.peers[value % len(self.peers)], {"type": "gossip", "value": value})


Storm().run()
