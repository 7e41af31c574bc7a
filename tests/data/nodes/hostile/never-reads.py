#!/usr/bin/env -S python3 -B
"""Reads the line with `init`, and nothing after it."""
import json
import os
import signal

from hostile import echo_ok, put

line = b""
while not line.endswith(b"\n"):
    line += os.read(0, 1)
init = json.loads(line)
put({"src": init["dest"], "dest": init["src"], "body": echo_ok(init)})
while True:
    signal.pause()
