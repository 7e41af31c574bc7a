#!/usr/bin/env python3
"""A sweep in shards under HyperQueue, from PyPI: processes of shards are killed, and the worker.

The package has the worker in the process of its server, so both are killed together, and a new one
takes what is missing. The result is compared with that of one `sim sweep`.

    python results/reference/cluster/hq.py SIM [KILLS]
"""

import filecmp
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SWEEP = """
seeds = "0..480"
check = true
[config]
duration = "3000s"
rates = [1, 3, 6]
[grid]
"events.send" = [0.3, 0.9]
"""


def indices(spec):
    """The numbers of an array specification such as 3,17-20."""
    for part in filter(None, spec.split(",")):
        first, _, last = part.partition("-")
        yield from range(int(first), int(last or first) + 1)


def serve(sim, folder, work):
    """A server with two workers, which runs the shards that are missing."""
    from hyperqueue import Job
    from hyperqueue.cluster import LocalCluster, WorkerConfig

    spec = subprocess.check_output([sim, "sweep", "status", folder, "--missing"], text=True)
    with LocalCluster(tempfile.mkdtemp(dir=work), WorkerConfig(cores=1)) as cluster:
        cluster.start_worker(WorkerConfig(cores=1))
        job = Job(max_fails=None)
        for index in indices(spec.strip()):
            words = ["sweep", "shard", "--manifest", f"{folder}/manifest.json", "--jobs", "1"]
            words += ["--index", str(index), "--quiet"]
            out = f"{work}/task-{index}"
            job.program([sim, *words], stdout=f"{out}.out", stderr=f"{out}.err", crash_limit=5)
        client = cluster.client()
        client.wait_for_jobs([client.submit(job)], raise_on_error=False)


def main():
    sim, kills = os.path.realpath(sys.argv[1]), int((sys.argv[2:] or ["10"])[0])
    random.seed(1)
    with tempfile.TemporaryDirectory() as work:
        os.chdir(work)
        Path("s.toml").write_text(SWEEP)
        subprocess.check_call([sim, "sweep", "s.toml", "--out", "one", "--quiet"])
        plan = [sim, "sweep", "plan", "s.toml", "--shards", "16", "--out", "sw", "--quiet"]
        subprocess.check_call(plan)
        tasks = workers = rounds = 0
        missing = [sim, "sweep", "status", "sw", "--missing"]
        while subprocess.check_output(missing, text=True).strip():
            rounds += 1
            assert rounds < 50, "no progress"
            server = subprocess.Popen(
                [sys.executable, __file__, "--serve", sim, "sw", work],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            while server.poll() is None:
                time.sleep(random.uniform(0.2, 0.6))
                beats = list(Path("sw/part").glob("*/running.json"))
                if workers == 0 and tasks >= kills // 2 and beats:
                    server.kill()
                    workers += 1
                elif tasks < kills and beats:
                    try:
                        os.kill(json.loads(random.choice(beats).read_text())["process"], signal.SIGKILL)
                        tasks += 1
                    except (OSError, ValueError):
                        pass
        subprocess.check_call([sim, "sweep", "merge", "sw", "--out", "merged", "--quiet"])
        names = sorted(os.listdir("one/sweeps/s"))
        _, different, errors = filecmp.cmpfiles("one/sweeps/s", "merged/sweeps/s", names, shallow=False)
        assert names == sorted(os.listdir("merged/sweeps/s")) and not different and not errors
        print(f"{tasks} tasks and {workers} worker killed, {rounds} rounds: identical bytes")


if sys.argv[1:2] == ["--serve"]:
    serve(*sys.argv[2:])
else:
    main()
