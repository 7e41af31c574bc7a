#!/usr/bin/env -S python3 -B
"""Replies correctly, into a buffer that is not flushed before the end."""
import json

from hostile import all_messages, echo_ok, envelope

# The default buffering of stdout for a pipe, unless the environment overrides it.
stdout = open(1, "w", closefd=False)
for request in all_messages():
    print(json.dumps(envelope(request["src"], echo_ok(request))), file=stdout)
