#!/usr/bin/env -S python3 -B
"""Closes its stdin after `init_ok`, and lives on."""
import os
import signal

from hostile import all_messages, reply

for request in all_messages():
    reply(request)
    break
os.close(0)
while True:
    signal.pause()
