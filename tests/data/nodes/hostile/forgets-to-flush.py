#!/usr/bin/env -S python3 -B
"""Answers rightly, into a buffer that nobody flushes before the end."""
import json

from hostile import all_messages, echo_ok, envelope

# What stdout is by itself when it is a pipe, unless the environment says otherwise.
stdout = open(1, "w", closefd=False)
for request in all_messages():
    print(json.dumps(envelope(request["src"], echo_ok(request))), file=stdout)
