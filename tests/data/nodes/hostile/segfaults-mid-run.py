#!/usr/bin/env -S python3 -B
"""Dies of a segmentation fault at its third request."""
import os
import signal

from hostile import echoes, reply

for number, request in echoes():
    if number == 3:
        os.kill(os.getpid(), signal.SIGSEGV)
    reply(request)
