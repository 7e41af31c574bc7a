#!/bin/sh
# Reads `init`, and exits with status 0 instead of answering.
read -r _
exit 0
