#!/usr/bin/env -S python3 -B
"""Aborts at its third request."""
import os

from hostile import echoes, reply

for number, request in echoes():
    if number == 3:
        os.abort()
    reply(request)
