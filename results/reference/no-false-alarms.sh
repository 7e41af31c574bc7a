#!/bin/sh
# Right nodes under everything they say they survive: no run may be violated.
# results/reference/no-false-alarms.sh target/release/sim [seeds, 1000 by default]
set -eu
sim=$(realpath "$1")
seeds=${2:-1000}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
failed=0
for config in 1-echo 2-unique-ids 3a 3b 3c 3d 3e 4-g-counter g-set pn-counter swarm; do
    # What only has to be available when nothing goes wrong is judged for what it says.
    code=0
    "$sim" sweep "glomers/$config" --seeds "0..$seeds" --quiet --set nemesis.swarm=true \
        --set nemesis.kinds=[] --set nemesis.interval=3s --set targets=[] \
        --set availability=none || code=$?
    failures=results/sweeps/glomers/$config/failures.csv
    violated=0
    [ ! -f "$failures" ] || violated=$(($(wc -l < "$failures") - 1))
    echo "glomers/$config: $seeds seeds, $violated violated, exit code $code"
    [ "$violated" = 0 ] || failed=1
done
exit "$failed"
