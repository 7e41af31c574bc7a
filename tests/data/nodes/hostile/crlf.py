#!/usr/bin/env -S python3 -B
"""Ends its lines as Windows does. A carriage return is white space in JSON."""
import json

from hostile import echo_ok, echoes, envelope, write

for _, request in echoes():
    write(json.dumps(envelope(request["src"], echo_ok(request))).encode() + b"\r\n")
