#!/usr/bin/env -S python3 -B
"""Names its source twice."""
from hostile import put_once

put_once(b'{"src": "n0", "src": "n0", "dest": "n0", "body": {"type": "hello"}}\n')
