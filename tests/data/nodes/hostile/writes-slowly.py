#!/usr/bin/env -S python3 -B
"""Answers rightly, a few bytes at a time. Lines are what ends with a newline."""
import json
import time

from hostile import echo_ok, echoes, envelope, write

for _, request in echoes():
    line = json.dumps(envelope(request["src"], echo_ok(request))).encode() + b"\n"
    for begin in range(0, len(line), 7):
        write(line[begin : begin + 7])
        time.sleep(0.002)
