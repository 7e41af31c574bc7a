#!/usr/bin/env bash
# A sweep in shards under Slurm: slurmctld and two slurmd on loopback, of which one is killed with its
# tasks, and processes of tasks are killed; the result is compared with that of one `sim sweep`.
# Needs root and Debian's slurm-wlm and munge, which are started in a folder of their own.
#   results/reference/cluster/slurm.sh SIM [KILLS]
set -euo pipefail
sim=$(realpath "$1")
kills=${2:-10}
work=$(mktemp -d)
chmod 755 "$work"
processes=()
finish() {
    for process in "${processes[@]}"; do kill "$process" 2> /dev/null || true; done
    sleep 1
    rm -rf "$work"
}
trap finish EXIT
cd "$work"
say() { printf '%4d s  %s\n' "$SECONDS" "$*"; }

mkdir munge state spool-n1 spool-n2
chmod 700 munge
head -c 1024 /dev/urandom > munge/key
chmod 400 munge/key
# Its own socket and key: a munge of the system stays as it is.
chmod 711 munge
munged --foreground --force --key-file="$work/munge/key" --socket="$work/munge/socket" \
    --pid-file="$work/munge/pid" --log-file="$work/munge/log" --seed-file="$work/munge/seed" 2> /dev/null &
processes+=($!)
cat > slurm.conf << END
ClusterName=sim
SlurmctldHost=$(hostname)(127.0.0.1)
SlurmUser=root
SlurmctldPort=16817
AuthType=auth/munge
AuthInfo=socket=$work/munge/socket
CredType=cred/munge
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool-%n
SlurmctldPidFile=$work/slurmctld.pid
SlurmdPidFile=$work/slurmd-%n.pid
ProctrackType=proctrack/pgid
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
MpiDefault=none
JobRequeue=1
ReturnToService=2
SlurmdTimeout=10
KillWait=2
MailProg=/bin/true
NodeName=n1 NodeHostname=$(hostname) NodeAddr=127.0.0.1 Port=17001 CPUs=1
NodeName=n2 NodeHostname=$(hostname) NodeAddr=127.0.0.1 Port=17002 CPUs=1
PartitionName=main Nodes=n1,n2 Default=YES MaxTime=INFINITE State=UP
END
export SLURM_CONF=$work/slurm.conf
sleep 1
slurmctld -D -L "$work/slurmctld.log" 2> /dev/null &
processes+=($!)
slurmd -D -N n1 -L "$work/n1.log" 2> /dev/null &
first=$!
slurmd -D -N n2 -L "$work/n2.log" 2> /dev/null &
processes+=("$first" $!)
for _ in $(seq 30); do
    [ "$(sinfo -h -t idle -o %D 2> /dev/null)" = 2 ] && break
    sleep 1
done
say "$(sinfo --version), $(sinfo -h -t idle -o %D) nodes"

cat > s.toml << 'END'
seeds = "0..960"
check = true
[config]
duration = "3000s"
rates = [1, 3, 6]
[grid]
"events.send" = [0.3, 0.9]
END
"$sim" sweep s.toml --out one --quiet
say "one process is done"
"$sim" sweep plan s.toml --shards 24 --out sw --engine slurm --cores 1 --quiet
sbatch -o "$work/out-%a.txt" sw/job.slurm
count=0
killed_node=
rounds=1
RANDOM=1
while true; do
    sleep 0.$((RANDOM % 5 + 3))
    for file in sw/part/*/running.json; do
        [ "$count" -lt "$kills" ] || break
        process=$(sed -n 's/.*"process":\([0-9]*\).*/\1/p' "$file" 2> /dev/null) || continue
        [ -n "$process" ] && kill -KILL "$process" 2> /dev/null || continue
        count=$((count + 1))
        break
    done
    if [ -z "$killed_node" ] && [ "$count" -ge $((kills / 2)) ]; then
        # A node dies: its slurmd, and the task there with the shepherd that started it.
        for file in sw/part/*/running.json; do
            process=$(sed -n 's/.*"process":\([0-9]*\).*/\1/p' "$file" 2> /dev/null) || continue
            grep -qzx SLURMD_NODENAME=n1 "/proc/$process/environ" 2> /dev/null || continue
            kill -KILL "$first" "$(ps -o ppid= -p "$process" | tr -d ' ')" "$process" || continue
            killed_node=n1
            say "slurmd of n1 is killed with its task, $count tasks were killed before"
            break
        done
    fi
    [ -z "$(squeue -h -t pending,running,completing)" ] || continue
    missing=$("$sim" sweep status sw --missing)
    [ -n "$missing" ] || break
    rounds=$((rounds + 1))
    say "round $rounds: sbatch --array=$missing"
    sbatch -o "$work/out-%a.txt" --array="$missing" sw/job.slurm
done
say "$(grep -c 'requeue job' slurmctld.log || true) tasks were requeued by Slurm"
say "$count tasks and one slurmd were killed; sbatch was called $rounds times"
"$sim" sweep merge sw --out merged --quiet
diff -r one/sweeps merged/sweeps
say "identical bytes"
