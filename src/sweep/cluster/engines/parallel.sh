#!/bin/sh
# @sizes@:
# @why@.
# One shard at a time with all cores; a shard that is killed is tried three times. For several nodes
# that share this folder, add: --sshloginfile nodes.txt (a line of a name for each node). What was
# started is in parallel.log. This script can be started again at any time: what is done ends at once.
seq @first@ @last@ | parallel --quote --jobs 1 --retries 3 --joblog @folder@/parallel.log \
    @sim@ sweep shard --manifest @manifest@ --index {} --quiet
code=$?
@sim@ sweep status @folder@
exit "$code"
