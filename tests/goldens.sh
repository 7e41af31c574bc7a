#!/bin/sh
# Checks the committed golden hashes with a built binary: tests/goldens.sh target/release/sim
# Each line of tests/data/goldens.tsv is: config, seed, BLAKE3 of trace.csv (of Gossip Glomers:
# history.jsonl), of net.csv, fingerprint.
set -eu
sim=$(realpath "$1")
list=$(dirname "$(realpath "$0")")/data/goldens.tsv
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
field() { sed -n "s/^  \"$1\": \"\([0-9a-f]*\)\".*/\1/p" "$2"; }
failed=0
checked=0
while read -r config seed trace net fingerprint; do
    "$sim" run "$config" --seed "$seed" --net --quiet --out out || failed=1
    manifest=out/$config/seed-$seed/manifest.json
    trace_field=trace_blake3
    grep -q history_blake3 "$manifest" && trace_field=history_blake3
    found="$(field $trace_field "$manifest") $(field net_blake3 "$manifest") $(field fingerprint "$manifest")"
    if [ "$found" != "$trace $net $fingerprint" ]; then
        echo "$config, seed $seed: expected $trace $net $fingerprint" >&2
        echo "  found $found" >&2
        failed=1
    fi
    checked=$((checked + 1))
    rm -rf out
done < "$list"
echo "$checked golden hashes checked with $1"
[ "$failed" = 0 ] && [ "$checked" -ge 12 ]
