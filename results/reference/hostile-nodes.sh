#!/bin/sh
# Hostile nodes over and over: each run ends as the table says, and leaves no process behind.
# results/reference/hostile-nodes.sh target/release/sim [runs, 1000 by default] [at once, 6]
# It needs Linux, Python and an `env` that knows -S; most of its time is spent waiting.
set -eu
sim=$(realpath "$1")
runs=${2:-1000}
at_once=${3:-6}
nodes=$(realpath "$(dirname "$0")/../../tests/data/nodes/hostile")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cat > "$work/one" <<'END'
#!/bin/sh
# number, script, workload, options, exit code, word
set -u
number=$1 script=$2 workload=$3 options=$4 expected=$5 word=$6
mark="sim-hostile-$$-$number"
limit="--time-limit 2"
case "$options" in *--time-limit*) limit="" ;; esac
# shellcheck disable=SC2086
HOSTILE_MARK="$mark" "$SIM" test -w "$workload" --bin "$NODES/$script" --rate 10 $limit \
    --grace 0.5 $options --out "$WORK/$number" > "$WORK/$number.txt" 2>&1 < /dev/null
code=$?
results="$WORK/$number/test/$workload/run-1/results.json"
[ "$code" = "$expected" ] || echo "$number $script: exit $code, not $expected"
# Among the reasons of the verdict, or in a notice.
python3 - "$results" "$word" <<'PYTHON' || echo "$number $script: no $word"
import json, sys
results, word = json.load(open(sys.argv[1])), sys.argv[2]
told = any(reason["rule"] == word for reason in results["strict"]["reasons"])
told = told or any(word in notice for notice in results["notices"])
sys.exit(0 if word == "-" or told else 1)
PYTHON
for process in /proc/[0-9]*; do
    if grep -qs "HOSTILE_MARK=$mark" "$process/environ"; then
        echo "$number $script: ${process#/proc/} is left"
    fi
done
rm -rf "${WORK:?}/$number" "$WORK/$number.txt"
END
chmod +x "$work/one"
tail -n +2 "$nodes/expected.tsv" > "$work/rows"
number=0
while [ "$number" -lt "$runs" ]; do
    while IFS='	' read -r script workload options expected word; do
        [ "$number" -lt "$runs" ] || break
        number=$((number + 1))
        printf '%s\0%s\0%s\0%s\0%s\0%s\0' \
            "$number" "$script" "$workload" "$options" "$expected" "$word"
    done < "$work/rows"
done | SIM="$sim" NODES="$nodes" WORK="$work" xargs -0 -n 6 -P "$at_once" "$work/one" \
    > "$work/complaints"
cat "$work/complaints"
echo "$runs runs of hostile nodes, $(wc -l < "$work/complaints") complaints"
[ ! -s "$work/complaints" ]
