#!/bin/sh
# Remakes everything in this folder, with the release build: results/reference/remake.sh
# Runs go to a temporary folder; only pictures and tables are kept.
set -eu
cd "$(dirname "$0")/../.."
cargo build --release --locked
sim="$PWD/target/release/sim"
here="$PWD/results/reference"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$sim" reproduce --quiet --force --out "$here"

mkdir -p "$here/experiments" "$here/sweeps"
for name in $("$sim" configs list | cut -d ' ' -f 1); do
    case $name in
        sweeps/* | glomers/* | big) continue ;;
    esac
    "$sim" run "$name" --quiet --out "$work"
    picture=$(printf %s "$name" | tr / -)
    "$sim" plot "$work/$name/seed-1" --force --out "$here/experiments/$picture.svg" >&2
done

for name in send-probability rate-ratio latency loss machines imperfection batching; do
    "$sim" sweep "sweeps/$name" --quiet --out "$work"
done
# Runs of this one fail: that is what it is about.
"$sim" sweep sweeps/flood-topologies --quiet --out "$work" || test $? = 1
plot() {
    picture=$1
    sweep=$2
    shift 2
    "$sim" plot "$work/sweeps/$sweep" "$@" --force --out "$here/sweeps/$picture.svg" >&2
}
plot send-probability send-probability --measure queue_growth_per_s
plot rate-ratio rate-ratio --measure queue_growth_per_s --machine 1 --heat
plot rate-ratio-drift rate-ratio --measure drift_final --machine run --at events.send=0.3
plot latency latency --measure clock_ratio_to_fastest
plot loss loss --measure queue_growth_per_s
plot machines machines --measure drift_mean --machine run
plot imperfection imperfection --measure clock_rate_per_s --machine 1 --heat
plot batching batching
plot flood-topologies flood-topologies --measure valid_share --x network.loss
