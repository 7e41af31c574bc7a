#!/usr/bin/env -S python3 -B
"""Replies `echo_ok` without `echo`."""
from hostile import echo_ok, echoes, envelope, put

for _, request in echoes():
    message = envelope(request["src"], echo_ok(request))
    del message["body"]["echo"]
    put(message)
