#!/usr/bin/env -S python3 -B
"""Answers rightly, but leaves a daemon in its own session, which holds all pipes."""
import os
import signal

from hostile import LIFETIME_S, echoes, reply

if not os.fork():
    os.setsid()
    if not os.fork():
        signal.alarm(LIFETIME_S)
        signal.pause()
    os._exit(0)
os.wait()
for _, request in echoes():
    reply(request)
