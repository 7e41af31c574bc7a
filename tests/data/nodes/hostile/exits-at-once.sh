#!/bin/sh
# Exits with status 3 before it has read anything.
exit 3
