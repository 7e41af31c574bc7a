#!/bin/sh
# Who survives what: each right node under each kind of fault, and under all that it survives.
# results/reference/survival.sh target/release/sim [seeds, 100 by default] > survival.md
set -eu
sim=$(realpath "$1")
seeds=${2:-100}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

faults="partition one-way crash wipe pause slow skew loss duplication blackout"
"$sim" node --list > nodes

# The faults that a node says it survives, one in a line.
claims() {
    awk -v node="$1" '
        /^  [a-z]/ { current = $1 }
        current == node && $1 == "survives:" {
            sub(/^ *survives: /, "")
            gsub(/, /, "\n")
            print
            exit
        }' nodes
}

# Runs a config with these settings of the nemesis, and prints a cell of the table.
cell() {
    claimed=$1
    config=$2
    shift 2
    rm -rf results
    code=0
    # Faults last a quarter of the time; nothing but the history counts.
    "$sim" sweep "glomers/$config" --seeds "0..$seeds" --quiet --set nemesis.interval=3s \
        --set targets=[] --set availability=none "$@" 2> errors > /dev/null || code=$?
    case $code in 0 | 1 | 2) ;; *) cat errors >&2; exit 1 ;; esac
    awk -F , -v claimed="$claimed" '
        FNR == 1 { for (i = 1; i <= NF; i++) if ($i == "strict") column = i; next }
        { count[$column]++ }
        END {
            valid = 0 + count["valid"]
            text = valid
            if (count["invalid"]) text = text ", " count["invalid"] " violated"
            if (claimed && count["invalid"]) text = "**" text "**"
            printf " %s%s |", text, claimed ? " ✓" : ""
        }' results/latest/runs.csv
}

cat << END
# Who survives what

Each right node under each kind of fault, every three seconds, and in the last column under all that
it says it survives, mixed by the seed (*swarm*). A cell has the number of runs, of $seeds, whose
history is valid, and of those that violate it; of the rest too little was answered to tell. A ✓ marks
what the node says it survives: there no run may be violated. Availability is not asked for.

Made by \`results/reference/survival.sh target/release/sim $seeds\`.

END
printf '| node | config |'
for fault in $faults; do printf ' %s |' "$fault"; done
printf ' mixed |\n| --- | --- |'
for fault in $faults; do printf ' --- |'; done
printf ' --- |\n'

# A node, the config that it is made for, and settings that keep the runs short.
while read -r node config sets; do
    printf '| `%s` | `glomers/%s` |' "$node" "$config"
    claims "$node" > claimed
    for fault in $faults; do
        claimed=
        if grep -qx -- "$fault" claimed; then claimed=1; fi
        # shellcheck disable=SC2086 # several settings
        cell "$claimed" "$config" --set "solution=$node" --set "nemesis.kinds=[\"$fault\"]" $sets
    done
    # shellcheck disable=SC2086
    cell 1 "$config" --set "solution=$node" --set nemesis.kinds=[] --set nemesis.swarm=true $sets
    printf '\n'
done << END
echo 1-echo
unique-ids 2-unique-ids --set rate=100
flood 3b
direct 3b
broadcast-gossip 3c
broadcast-fanout 3d
broadcast-batched 3e
g-set g-set
g-counter 4-g-counter
pn-counter pn-counter
log-single 5a --set rate=100
log-lin-kv 5b --set rate=100
log-merged 5c --set rate=100
lin-kv-proxy lin-kv
lin-kv-primary lin-kv-primary
txn-single 6a --set rate=100
txn-by-write 6b --set rate=100
txn-causal 6c --set rate=100
txn-lin-kv list-append --set rate=100
END
