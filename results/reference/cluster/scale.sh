#!/usr/bin/env bash
# How large a plan and a merge may be: 10⁹ seeds planned; 10⁴ shards of 300 runs each, whose measures
# have too many distinct values to be kept exactly, as those of larger shards; and what a shard costs
# besides its runs.
#   results/reference/cluster/scale.sh SIM
set -euo pipefail
sim=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cat > s.toml << 'END'
seeds = "0..3000000"
[config]
duration = "5s"
rates = [1, 3, 6]
events = { send = 0.6 }
END
echo "plan of 10^9 seeds in 1,000 shards:"
"$sim" sweep plan s.toml --seeds 0..1000000000 --shards 1000 --out large --verbose
"$sim" sweep plan s.toml --shards 10000 --out sw --rows none --quiet 2> /dev/null
echo "10,000 shards, two at a time:"
time (seq 0 9999 | xargs -P 2 -I{} "$sim" sweep shard --manifest sw/manifest.json --index {} --jobs 1 --quiet)
echo "shard.json: $(cat sw/part/*/shard.json | wc -c) bytes in all"
echo "status:"
"$sim" sweep status sw --verbose
echo "merge:"
"$sim" sweep merge sw --verbose | head -3
"$sim" sweep merge sw --out again --verbose | head -3
echo "a shard that is done:"
"$sim" sweep shard --manifest sw/manifest.json --index 7 --verbose
