#!/usr/bin/env -S python3 -B
"""Leaves its session and its host: a grandchild goes on with all pipes, the node exits."""
import os
import signal

from hostile import LIFETIME_S, echoes, reply

if os.fork():
    os._exit(0)
os.setsid()
if os.fork():
    os._exit(0)
# Alarms do not pass to children.
signal.alarm(LIFETIME_S)
for _, request in echoes():
    reply(request)
