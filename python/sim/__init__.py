"""Runs the simulator `sim`, and returns its results as pandas or polars data frames.

    import sim

    run = sim.run("exp9", set={"events.send": 0.3})
    run.machines[["machine", "clock_final", "queue_final"]]
    run.trace                       # a row for each event

    sweep = sim.sweep("exp9", seeds=range(100), grid={"events.send": [0.1, 0.2, 0.3]})
    sweep.points                    # means, quantiles and intervals of each measure

The columns are those of `docs/files.md`. The same arguments give the same frames.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sysconfig
import tempfile
from pathlib import Path
from typing import Any, Iterable, Mapping, Optional, Sequence, Union

__all__ = ["Run", "Sweep", "SimError", "program", "run", "sweep"]

Config = Union[str, "os.PathLike[str]"]


class SimError(Exception):
    """The program refused a command, or failed.

    `code` is its exit code, `kind` the word for it (`usage`, `data`, ...), and `mistakes` has each
    mistake of a config with its place and hint.
    """

    def __init__(self, message: str, code: int, kind: str, mistakes: Sequence[Any] = ()) -> None:
        super().__init__(message)
        self.code = code
        self.kind = kind
        self.mistakes = list(mistakes)


class _Result:
    """A results folder, whose tables are read when they are asked for."""

    def __init__(self, folder: Path, exit_code: int, frames: Optional[str]) -> None:
        self.folder = folder
        #: 0 holds, 1 violated, 2 undetermined, 3 a limit was reached.
        self.exit_code = exit_code
        self._frames = _library(frames)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self.folder)!r})"

    @property
    def manifest(self) -> dict:
        """What the result is, and the hashes of its files."""
        return self._json("manifest.json")

    def table(self, name: str) -> Any:
        """Returns a CSV file of the folder as a data frame."""
        path = self.folder / name
        if not path.is_file():
            raise FileNotFoundError(f"{path}: this result has no {name}")
        if self._frames == "polars":
            import polars

            return polars.read_csv(path, infer_schema_length=None)
        import pandas

        return pandas.read_csv(path)

    def _json(self, name: str) -> dict:
        with open(self.folder / name, encoding="utf-8") as file:
            return json.load(file)

    def _frame(self, rows: list) -> Any:
        if self._frames == "polars":
            import polars

            return polars.DataFrame(rows, infer_schema_length=None)
        import pandas

        return pandas.DataFrame(rows)


class Run(_Result):
    """The result of a run."""

    @property
    def trace(self) -> Any:
        """A row for each event of a machine."""
        return self.table("trace.csv")

    @property
    def net(self) -> Any:
        """A row for each copy of a message, if the run was called with `net=True`."""
        return self.table("net.csv")

    @property
    def machines(self) -> Any:
        """A row for each machine with its measures; predictions have names `predicted_...`."""
        return self._frame([_flat(machine) for machine in self._json("summary.json")["machines"]])

    @property
    def measures(self) -> dict:
        """The measures of the run as a whole."""
        return self._json("summary.json")["run"]

    @property
    def results(self) -> dict:
        """Of Gossip Glomers: verdict, statistics and latencies."""
        return self._json("results.json")

    @property
    def history(self) -> list:
        """Of Gossip Glomers: each invocation and each end of an operation."""
        with open(self.folder / "history.jsonl", encoding="utf-8") as file:
            return [json.loads(line) for line in file]


class Sweep(_Result):
    """The result of a sweep."""

    @property
    def runs(self) -> Any:
        """A row for each point, seed and machine; of Gossip Glomers for each point and seed."""
        return self.table("runs.csv")

    @property
    def points(self) -> Any:
        """A row for each measure at each point: mean, quantiles, interval, prediction."""
        return self.table("points.csv")

    @property
    def failures(self) -> Any:
        """A row for each run that failed; there must be one."""
        return self.table("failures.csv")


def run(
    config: Config,
    *,
    seed: Optional[int] = None,
    duration: Optional[str] = None,
    set: Optional[Mapping[str, Any]] = None,
    net: bool = False,
    check: bool = False,
    out: Config = "results",
    frames: Optional[str] = None,
) -> Run:
    """Runs a config and returns its result.

    `config` is a file or the name of one that ships, such as `exp9`. `set` overrides keys, such as
    `{"events.send": 0.3, "network.latency": "5ms"}`. `out` is the folder below which results are
    kept. `frames` is `"pandas"` or `"polars"`; without it, the one that is installed.

    Raises `SimError` if the config is refused or the program fails. A verdict is not an error: it
    is the `exit_code` of the result.
    """
    options = _options(seed=seed, duration=duration, out=out)
    options += [word for key, value in (set or {}).items() for word in ("--set", _set(key, value))]
    options += [flag for flag, given in (("--net", net), ("--check", check)) if given]
    _library(frames)
    exit_code, result = _call(["run", os.fspath(config), *options])
    folder = result.get("results_folder", result.get("results"))
    return Run(Path(folder), exit_code, frames)


def sweep(
    config: Config,
    *,
    seeds: Union[range, int, None] = None,
    grid: Optional[Mapping[str, Iterable[Any]]] = None,
    duration: Optional[str] = None,
    set: Optional[Mapping[str, Any]] = None,
    jobs: Optional[int] = None,
    check: bool = False,
    name: Optional[str] = None,
    out: Config = "results",
    frames: Optional[str] = None,
) -> Sweep:
    """Runs many seeds of one or more configs on all cores, and returns the result.

    `config` is a config or a sweep file, or the name of one that ships. `seeds` is a `range` with a
    step of 1, or a number n for the seeds 0 to n - 1. `grid` has the values of each swept key: every
    combination is a point. `name` is the name of a sweep with a grid. The other arguments are those
    of `run`; an earlier result of the same name is replaced.
    """
    words = _options(duration=duration, jobs=jobs, out=out)
    words += [word for key, value in (set or {}).items() for word in ("--set", _set(key, value))]
    if seeds is not None:
        seeds = range(seeds) if isinstance(seeds, int) else seeds
        if seeds.step != 1:
            raise ValueError("seeds: expected a range with a step of 1")
        words += ["--seeds", f"{seeds.start}..{seeds.stop}"]
    words += ["--check"] if check else []
    _library(frames)
    with tempfile.TemporaryDirectory() as folder:
        path = os.fspath(config) if grid is None else _sweep_file(config, grid, name, folder)
        exit_code, result = _call(["sweep", path, "--force", *words])
    return Sweep(Path(result["results_folder"]), exit_code, frames)


def program() -> str:
    """Returns the path of the program: `SIM_PROGRAM`, that of this package, or one on the PATH."""
    given = os.environ.get("SIM_PROGRAM")
    if given:
        return given
    name = "sim.exe" if os.name == "nt" else "sim"
    for scheme in (sysconfig.get_default_scheme(), _user_scheme()):
        installed = Path(sysconfig.get_path("scripts", scheme)) / name
        if installed.is_file():
            return str(installed)
    found = shutil.which(name)
    if found is None:
        raise FileNotFoundError("the program `sim` is not installed")
    return found


def _user_scheme() -> str:
    return "nt_user" if os.name == "nt" else "posix_user"


def _library(frames: Optional[str]) -> str:
    """Returns the library of data frames: the one that is asked for, else an installed one."""
    if frames in ("pandas", "polars"):
        return frames
    if frames is not None:
        raise ValueError(f"frames: expected 'pandas' or 'polars', found {frames!r}")
    from importlib.util import find_spec

    for library in ("pandas", "polars"):
        if find_spec(library):
            return library
    raise ImportError("install pandas or polars, such as with: pip install detsim[pandas]")


def _call(words: Sequence[str]) -> tuple:
    """Runs the program and returns its exit code and its result."""
    command = [program(), *words, "--format", "json"]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        text = done.stderr.decode(errors="replace").strip()
        raise SimError(text or "no answer", done.returncode, "bug") from None
    error = answer.get("error")
    if error is not None or answer.get("result") is None:
        error = error or {"message": "\n".join(answer["messages"]), "kind": "failed"}
        mistakes = error.get("mistakes", ())
        raise SimError(error["message"], answer["exit"], error["kind"], mistakes)
    return answer["exit"], answer["result"]


def _options(**given: Any) -> list:
    """Returns options of the command line, without those that are not given."""
    pairs = ((f"--{name}={os.fspath(value) if isinstance(value, os.PathLike) else value}")
             for name, value in given.items() if value is not None)
    return list(pairs)


def _set(key: str, value: Any) -> str:
    return f"{key}={value if isinstance(value, str) else _toml(value)}"


def _toml(value: Any) -> str:
    """Returns a value as TOML on one line."""
    if isinstance(value, Mapping):
        entries = ", ".join(f"{json.dumps(key)} = {_toml(one)}" for key, one in value.items())
        return f"{{ {entries} }}"
    if isinstance(value, (str, bool)):
        return json.dumps(value)
    if isinstance(value, (int, float)):
        return repr(value)
    if hasattr(value, "item"):  # a number of numpy
        return _toml(value.item())
    return "[" + ", ".join(_toml(one) for one in value) + "]"


def _sweep_file(config: Config, grid: Mapping, name: Optional[str], folder: str) -> str:
    """Writes a sweep file of a config and a grid, and returns its path."""
    base = Path(config)
    stem = name or base.stem
    if not base.is_file():
        copied = _call(["configs", "copy", folder, os.fspath(config)])[1]
        files = copied if isinstance(copied, list) else [copied]
        base = next(Path(one["file"]) for one in files if one["file"].endswith(".toml"))
    path = Path(folder) / "sweep" / f"{stem}.toml"
    path.parent.mkdir()
    axes = "".join(f"{json.dumps(key)} = {_toml(list(values))}\n" for key, values in grid.items())
    path.write_text(f"base = {json.dumps(str(base.resolve()))}\n\n[grid]\n{axes}", "utf-8")
    return str(path)


def _flat(machine: Mapping[str, Any]) -> dict:
    """Returns the measures of a machine, with its predictions beside them."""
    row = {key: value for key, value in machine.items() if key != "predicted"}
    predicted = machine.get("predicted") or {}
    row.update({f"predicted_{key}": value for key, value in predicted.items()})
    return row
