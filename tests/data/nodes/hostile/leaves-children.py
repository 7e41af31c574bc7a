#!/usr/bin/env -S python3 -B
"""Answers rightly, but leaves three children, which hold its stdout and stderr."""
import subprocess

from hostile import LIFETIME_S, echoes, reply

for _ in range(3):
    subprocess.Popen(["sleep", str(LIFETIME_S)])
for _, request in echoes():
    reply(request)
