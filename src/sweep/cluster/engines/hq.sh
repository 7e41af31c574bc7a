#!/bin/sh
# @sizes@:
# @why@.
# HyperQueue starts tasks of workers that died again, up to five times. Workers are started on nodes
# with `hq worker start`, or by Slurm or PBS with `hq alloc add`. What is missing afterwards:
#   hq submit --array "$(@sim@ sweep status @folder@ --missing)" ... as below
hq submit --name @name@ --array @indices@ --cpus @cores@ --crash-limit 5 --time-limit @minutes@m \
    --stdout none --stderr @folder@/hq-%{TASK_ID}.err -- \
    @sim@ sweep shard --manifest @manifest@ --time-budget @budget@ --jobs @cores@ --quiet
