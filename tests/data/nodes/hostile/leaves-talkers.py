#!/usr/bin/env -S python3 -B
"""Exits after three requests and leaves two children that write to its stdout all the time."""
import os
import subprocess

from hostile import LIFETIME_S, echoes, reply

for number, request in echoes():
    reply(request)
    if number == 3:
        for _ in range(2):
            subprocess.Popen(["timeout", str(LIFETIME_S), "yes"])
        os._exit(0)
