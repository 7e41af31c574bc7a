#!/bin/sh
# Remakes the pictures of docs/pictures.md and docs/first-steps.md, and those of docs/report.md where
# Debian's packages chromium and pngquant are: docs/pictures/remake.sh [PROGRAM]
# The program is the release build, unless another is named.
set -eu
cd "$(dirname "$0")/../.."
if [ $# = 0 ]; then
    cargo build --release --locked
    sim="$PWD/target/release/sim"
else
    sim=$1
fi
here="$PWD/docs/pictures"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

draw() {
    name=$1
    shift
    "$sim" plot "$@" --force --out "$here/$name" >&2
}

"$sim" run partition --quiet --net
run=results/partition/seed-1
draw messages.svg $run --kind messages --from 38s --to 42s
draw causal.svg $run --kind messages --from 38s --to 42s --causal 3@41.2s
draw clocks.svg $run --kind clocks
draw all.svg $run
draw print.png $run --kind clocks --theme print --dpi 96

# These nodes lose values: that is what the pictures show.
"$sim" run glomers/3c --quiet --net --set solution=flood --seed 3 --out flood || test $? = 1
flood=$(echo flood/glomers/3c/seed-3*)
draw glomers-messages.svg "$flood" --kind messages --from 17.2s --to 17.6s
draw history.svg "$flood"
draw quantiles.svg "$flood" --kind quantiles
draw rate.svg "$flood" --kind rate
draw stable.svg "$flood" --kind stable

"$sim" run glomers/lin-kv-primary --quiet --out kv
draw timeline.svg kv/glomers/lin-kv-primary/seed-1 --kind timeline

"$sim" run exp9 --quiet --out two
"$sim" run exp9 --quiet --seed 2 --out two
draw exp9-clocks.svg two/exp9/seed-1 --kind clocks
draw exp9-queues.svg two/exp9/seed-1 --kind queues
draw two-runs.svg two/exp9/seed-1 two/exp9/seed-2 --kind drift

"$sim" sweep exp9 --seeds 0..200 --quiet --out sweeps
draw seeds.svg sweeps/sweeps/exp9 --measure drift_final

if command -v chromium > /dev/null && command -v pngquant > /dev/null; then
    "$sim" report $run
    chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --disable-background-networking \
        --user-data-dir="$work/profile" --virtual-time-budget=4000 --window-size=1400,1480 \
        --screenshot="$work/report.png" "file://$work/$run/report.html" 2> /dev/null
    pngquant --quality 70-95 --force --output "$here/report.png" "$work/report.png"
    "$sim" run glomers/lin-kv-primary --quiet --out kv --set solution=kv-read-at-backup \
        --set 'nemesis.kinds=[]' --set network.loss=0.1 --report || test $? = 1
    page=$(echo "$work"/kv/glomers/lin-kv-primary/*backup*/report.html)
    chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --disable-background-networking \
        --user-data-dir="$work/profile" --virtual-time-budget=4000 --window-size=1400,1240 \
        --screenshot="$work/counterexample.png" "file://$page" 2> /dev/null
    pngquant --quality 70-95 --force --output "$here/counterexample.png" \
        "$work/counterexample.png"
fi
