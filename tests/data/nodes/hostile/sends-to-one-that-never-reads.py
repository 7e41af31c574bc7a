#!/usr/bin/env -S python3 -B
"""n0 sends up to 250 MB to n1, which reads nothing after `init`."""
import signal

import hostile
from hostile import all_messages, echoes, reply, send

first = next(all_messages())
reply(first)
if hostile.me != "n0":
    while True:
        signal.pause()
for number, request in echoes():
    reply(request)
    if number == 1:
        for _ in range(5_000):
            send(hostile.peers[0], {"type": "load", "load": "x" * 50_000})
