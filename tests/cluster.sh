#!/usr/bin/env bash
# Sweeps in shards under GNU parallel: processes of shards are killed at random, started again by
# parallel and by hand, and the merged result is compared with that of one `sim sweep`.
#   tests/cluster.sh SIM [KILLS [SIZE]]
set -euo pipefail
sim=$(realpath "$1")
kills=${2:-24}
size=${3:-1}
work=$(mktemp -d)
killer=
trap '[ -z "$killer" ] || kill "$killer" 2> /dev/null || true; rm -rf "$work"' EXIT
cd "$work"
RANDOM=1

# Two families: machines with Lamport clocks, and a node of Gossip Glomers some of whose runs fail.
cat > scale.toml << END
seeds = "0..$((480 * size))"
check = true
[config]
duration = "600s"
rates = [1, 3, 6]
[grid]
"events.send" = [0.3, 0.9]
END
cat > glomers.toml << END
seeds = "0..$((1600 * size))"
[config]
model = "glomers"
workload = "broadcast"
solution = "flood"
duration = "20s"
[grid]
"network.loss" = [0, "2%"]
END

# Kills processes of shards, which say their numbers in running.json, until there were enough.
kill_some() {
    local count=0 file
    while [ "$count" -lt "$kills" ]; do
        sleep 0.$((RANDOM % 3 + 1))
        for file in "$1"/part/*/running.json; do
            process=$(sed -n 's/.*"process":\([0-9]*\).*/\1/p' "$file" 2> /dev/null) || continue
            [ -n "$process" ] && kill -KILL "$process" 2> /dev/null || continue
            count=$((count + 1))
            echo "$count" > "$1.kills"
            break
        done
    done
}

for name in scale glomers; do
    code=0
    "$sim" sweep "$name.toml" --out one --quiet 2> /dev/null || code=$?
    "$sim" sweep plan "$name.toml" --shards 12 --out "$name" --engine parallel --quiet
    echo 0 > "$name.kills"
    kill_some "$name" &
    killer=$!
    rounds=0
    while [ -n "$("$sim" sweep status "$name" --missing)" ]; do
        rounds=$((rounds + 1))
        # Twice at a time: each shard may have two attempts.
        sh "$name/parallel.sh" > /dev/null 2>&1 &
        other=$!
        sh "$name/parallel.sh" > /dev/null 2>&1 || true
        wait "$other" || true
        # What is left of shards that were killed each time is planned again.
        if [ "$rounds" = 2 ]; then
            "$sim" sweep plan "$name" --missing --shards 5 --engine parallel --quiet 2> /dev/null || true
        fi
    done
    kill "$killer" 2> /dev/null || true
    wait "$killer" 2> /dev/null || true
    killer=
    merged=0
    "$sim" sweep merge "$name" --out merged --quiet 2> /dev/null || merged=$?
    [ "$merged" = "$code" ] || { echo "$name: exit code $merged, not $code"; exit 1; }
    diff -r "one/sweeps/$name" "merged/sweeps/$name"
    runs=$("$sim" sweep status "$name" --format json | sed 's/.*"runs":\([0-9]*\).*/\1/')
    echo "$name: $runs runs, $(cat "$name.kills") processes killed, $rounds rounds: identical bytes"
done
