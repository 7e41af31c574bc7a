#!/usr/bin/env -S python3 -B
"""Stops itself (SIGSTOP) at its first request. A timer of the kernel wakes it, to die."""
import ctypes
import os
import signal
import struct
import time

from hostile import LIFETIME_S, echoes

# SIGALRM waits while a process is stopped, so a second timer sends SIGCONT after it.
libc = ctypes.CDLL(None)
event = struct.pack("Pii48x", 0, signal.SIGCONT, 0)
timer = ctypes.c_void_p()
assert libc.timer_create(time.CLOCK_MONOTONIC, event, ctypes.byref(timer)) == 0
assert libc.timer_settime(timer, 0, struct.pack("llll", 0, 0, LIFETIME_S + 1, 0), None) == 0
for _, request in echoes():
    os.kill(os.getpid(), signal.SIGSTOP)
