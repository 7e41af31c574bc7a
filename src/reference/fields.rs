//! The keys of the JSON files of results: what each says, its values, and when it is empty. A test
//! compares them with files as they are written.

use crate::trace::{TableColumn, column};

const NEVER: &str = "never";
const COUNT: &str = "a whole number from 0";
const HASH: &str = "a BLAKE3 hash, in 64 hexadecimal digits";
const TEXTS: &str = "a list of texts";
const ABSENT: &str = "absent without the file";
const VALID: &str = "`true`, `false` or `\"unknown\"`";

/// A line of `bodies.jsonl`.
pub(super) const BODY: [TableColumn; 2] = [
    column("message", "the number of the message in `net.csv`", "a whole number from 1", NEVER),
    column(
        "body",
        "its body; in the scale model the clock that it carries",
        "a JSON object, or a whole number",
        NEVER,
    ),
];

/// The last key of each manifest.
const REPLAYABLE: TableColumn = column(
    "replayable",
    "whether the same config and seed give the same bytes",
    "`true`; `false` of `sim test`",
    NEVER,
);
const FORMAT: TableColumn = column("format", "the version of the output format", "1", NEVER);
const SIM: TableColumn = column("sim", "the version of the program", "such as `0.1.0`", NEVER);
const CHANGED: TableColumn =
    column("changed", "what was overridden", "texts `key=value`, by key", "absent without such");

/// `manifest.json` of a run or a test.
pub(super) const MANIFEST: [TableColumn; 16] = [
    FORMAT,
    SIM,
    column(
        "config",
        "the `name` of the config, and the `blake3` of `config.toml`",
        "two texts",
        NEVER,
    ),
    column("seed", "the seed", COUNT, NEVER),
    CHANGED,
    column("trace_blake3", "the hash of `trace.csv`", HASH, ABSENT),
    column("history_blake3", "the hash of `history.jsonl`", HASH, ABSENT),
    column("net_blake3", "the hash of `net.csv`", HASH, ABSENT),
    column("bodies_blake3", "the hash of `bodies.jsonl`", HASH, ABSENT),
    column("results_blake3", "the hash of `results.json`", HASH, ABSENT),
    column("summary_blake3", "the hash of `summary.json`", HASH, ABSENT),
    column("machines_blake3", "the hashes of `machine-1.csv` and so on", "a list", ABSENT),
    column("fingerprint", "a number over all events", "16 hexadecimal digits", NEVER),
    column("rows", "the number of events, or of entries of the history", COUNT, NEVER),
    column("end", "why the run ended", "`duration`, or the name of a limit", NEVER),
    REPLAYABLE,
];

/// `manifest.json` of a sweep.
pub(super) const SWEEP_MANIFEST: [TableColumn; 17] = [
    FORMAT,
    column("kind", "which kind of result it is", "`sweep`", NEVER),
    SIM,
    column(
        "config",
        "the `name` of the sweep, and the `blake3` of `sweep.toml`",
        "two texts",
        NEVER,
    ),
    CHANGED,
    column("axes", "the keys of each axis", "a list of lists of texts", NEVER),
    column("points", "the number of points", "a whole number from 1", NEVER),
    column("seeds", "the seeds: the first, and the one after the last", "two numbers", NEVER),
    column("runs", "the runs that were done; fewer than all if failures ended it", COUNT, NEVER),
    column("failures", "the runs that failed", COUNT, NEVER),
    column("panics", "those of them that are a bug of the program", COUNT, NEVER),
    column("limited", "the runs that a limit cut short", COUNT, NEVER),
    column("workload", "the workload", "a name", "absent for the scale model"),
    column("undetermined", "other runs without a verdict", COUNT, "absent for the scale model"),
    column("runs_blake3", "the hash of `runs.csv`", HASH, NEVER),
    column("points_blake3", "the hash of `points.csv`", HASH, NEVER),
    REPLAYABLE,
];

/// `summary.json`.
pub(super) const SUMMARY: [TableColumn; 2] = [
    column("run", "the measures of the run", "an object", NEVER),
    column("machines", "the measures of each machine", "a list of objects", NEVER),
];

/// A line of `history.jsonl`.
pub(super) const HISTORY: [TableColumn; 11] = [
    column("index", "the place of the entry", COUNT, NEVER),
    column("time", "when it was, since the run began", "whole nanoseconds from 0", NEVER),
    column(
        "type",
        "the invocation of an operation, or its end: done, certainly not done, or unknown",
        "`invoke`, `ok`, `fail` or `info`",
        NEVER,
    ),
    column("process", "who called it", "a whole number from 0, or `nemesis`", NEVER),
    column("f", "the operation, or what the nemesis did", "a name", NEVER),
    column("value", "its argument, and at its end its result", "any JSON", "without such"),
    column("final?", "whether it belongs to the last phase", "`true`", "absent before"),
    column(
        "seek-to-beginning?",
        "of kafka: whether a consumer starts at the first offset",
        "`true`",
        "absent if not",
    ),
    column(
        "committed",
        "of kafka: the committed offset of each key, where a consumer starts",
        "an object of numbers",
        "absent if unknown",
    ),
    column("node", "the node that it was sent to", "a name", "absent of the nemesis"),
    column(
        "error",
        "why it failed, or why its outcome is unknown",
        "a name and a text",
        "absent of others",
    ),
];

/// `results.json`.
pub(super) const RESULTS: [TableColumn; 25] = [
    column("perf", "Maelstrom's graphs, which `sim plot` draws", "`valid?` alone", NEVER),
    column("timeline", "the same", "`valid?` alone", NEVER),
    column("exceptions", "lines of nodes that break the protocol", "an object", NEVER),
    column("stats", "operations by outcome, of all and by operation (`by-f`)", "counts", NEVER),
    column("availability", "whether enough operations succeeded", "`ok-fraction`", NEVER),
    column("net", "messages, of all, of clients, and of servers", "counts", NEVER),
    column(
        "workload",
        "the result of the workload's checker, as Maelstrom has it",
        "an object",
        NEVER,
    ),
    column("valid?", "the verdict", VALID, NEVER),
    column(
        "parity",
        "the verdict of Maelstrom",
        "`true`, `false`, `\"unknown\"` or `\"error\"`",
        NEVER,
    ),
    column("parity-reason", "why the two differ, or the error", "a text", "without such"),
    column("strict", "the verdict that decides, with its reasons", "the object below", NEVER),
    column("targets", "each `target` with its `figure`, and whether it is `met?`", "a list", NEVER),
    column(
        "nemesis",
        "the `kinds` of faults, whether it is a `swarm`, and `stated` faults",
        "an object",
        NEVER,
    ),
    column("hints", "what may be the cause of an invalid verdict", TEXTS, NEVER),
    column("op-latency-ms", "quantiles of latencies by operation", "milliseconds", NEVER),
    column(
        "stable-latency-ms",
        "quantiles of the time until values are everywhere",
        "whole milliseconds, rounded down",
        "without such values",
    ),
    column(
        "messages-per-broadcast",
        "messages between servers for each broadcast",
        "a float from 0",
        "without a broadcast",
    ),
    column(
        "messages-by-kind",
        "messages by `type`, of clients, nodes and services",
        "counts",
        NEVER,
    ),
    column("stale-answers", "old answers of services", COUNT, NEVER),
    column("lost-by-network", "copies `lost`, `cut`, `crashed`, and `duplicates`", "counts", NEVER),
    column(
        "host-cost",
        "what a hop costs besides its latency",
        "a time, or its distribution",
        NEVER,
    ),
    column("solution", "the node that ran", "a name, or a program", NEVER),
    column("seed", "the seed", COUNT, NEVER),
    column(
        "replay",
        "the command that runs it again in this folder",
        "a command; absent of `sim test`",
        NEVER,
    ),
    column(
        "white-box",
        "the verdict by the versions that nodes record",
        "an object",
        "absent unless they do",
    ),
];

/// `strict` in `results.json`.
pub(super) const STRICT: [TableColumn; 4] = [
    column("valid?", "the verdict", VALID, NEVER),
    column("reasons", "each broken `rule` with a `witness`", "a list", NEVER),
    column("counts", "how often each rule is broken", "counts by rule", NEVER),
    column("skipped", "each `rule` that could not be checked, and `why`", "a list", NEVER),
];

/// What `sim test` adds to `results.json`.
pub(super) const HOSTED: [TableColumn; 4] = [
    column("replayable", "a test is in real time", "`false`", NEVER),
    column("lateness-ms", "quantiles of how late deliveries were", "milliseconds", NEVER),
    column(
        "nodes",
        "each node: its `name`, how it `ended`, the `lines` that it wrote, `broken-rules`, and the \
         `last-lines` of its log",
        "a list",
        NEVER,
    ),
    column("warnings", "what is odd and changes no verdict", TEXTS, NEVER),
];
