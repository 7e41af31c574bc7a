#!/usr/bin/env python3
"""Answers its clients, and sends no other node what they said."""
from base import Broadcast


class Alone(Broadcast):
    def accept(self, value):
        self.values.add(value)


Alone().run()
