#!/usr/bin/env -S python3 -B
"""Writes a line that ends in the middle of its object."""
from hostile import put_once

put_once(b'{"src": "n0", "dest":\n')
