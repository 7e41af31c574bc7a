#!/usr/bin/env -S python3 -B
"""Answers rightly, but does not end: neither with its stdin nor by SIGTERM."""
import signal

from hostile import echoes, reply

for ignored in [signal.SIGTERM, signal.SIGINT, signal.SIGHUP]:
    signal.signal(ignored, signal.SIG_IGN)
for _, request in echoes():
    reply(request)
while True:
    signal.pause()
