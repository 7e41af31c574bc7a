#!/usr/bin/env -S python3 -B
"""Writes NaN, which Python takes for JSON."""
from hostile import put_once

put_once(b'{"src": "n0", "dest": "n0", "body": {"type": "mean", "of": NaN}}\n')
