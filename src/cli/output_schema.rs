//! The JSON Schema of what commands print with `--format json`: one object, and for each command
//! the keys of its result.

use serde_json::{Value, json};

use super::envelope::{KINDS, VERSION};

/// The result of a command in one of its forms.
struct Form {
    /// The command.
    command: &'static str,
    /// What it is, and when.
    meaning: &'static str,
    /// The keys that are always there. More may come in any version.
    keys: &'static [&'static str],
}

/// All results, in the order of `sim --help`.
const FORMS: &[Form] = &[
    Form {
        command: "run",
        meaning: "a run of the scale model: `summary` has the measures, with the keys that `sim \
                  run --explain` defines, as in summary.json; `check` is null without --check",
        keys: &["manifest", "results_folder", "check", "summary"],
    },
    Form {
        command: "run",
        meaning: "a run of Gossip Glomers: `results` is that of results.json",
        keys: &["manifest", "results_folder", "why", "replay", "results"],
    },
    Form { command: "run", meaning: "with --check-determinism", keys: &["deterministic"] },
    Form { command: "run", meaning: "with --explain", keys: &["text"] },
    Form {
        command: "sweep",
        meaning: "a whole sweep; `first_failures` has at most 100 of them, and is null where the \
                  runs were there already (failures.csv has all)",
        keys: &[
            "name",
            "results_folder",
            "points",
            "seeds",
            "runs",
            "failures",
            "panics",
            "limited",
            "undetermined",
            "runs_blake3",
            "first_failures",
            "figures",
        ],
    },
    Form {
        command: "sweep",
        meaning: "plan: what was planned, and how one shard is started",
        keys: &["folder", "shards", "runs", "rows", "first_shard", "start", "job_file"],
    },
    Form {
        command: "sweep",
        meaning: "shard: the runs that are done; `replaced` if it was planned again",
        keys: &["shard", "done", "runs", "replaced"],
    },
    Form {
        command: "sweep",
        meaning: "shard with --verify: whether the same bytes came out",
        keys: &["shard", "same"],
    },
    Form {
        command: "sweep",
        meaning: "status: what is done, running, failed and to be started",
        keys: &["folder", "name", "complete", "shards", "shards_done", "states", "to_start"],
    },
    Form {
        command: "check",
        meaning: "a verdict on a trace",
        keys: &["of", "verdict", "counts", "findings", "checked", "skipped", "entries"],
    },
    Form {
        command: "check",
        meaning: "a verdict on a history; `result` is the workload's part of results.json",
        keys: &["of", "verdict", "counts", "findings", "workload", "parity", "result"],
    },
    Form {
        command: "check",
        meaning: "a stored sweep",
        keys: &["of", "verdict", "runs", "failures", "limited", "undetermined", "files"],
    },
    Form {
        command: "reproduce",
        meaning: "the figures, and how many have each verdict",
        keys: &["counts", "figures", "files", "seeds"],
    },
    Form { command: "plot", meaning: "the picture that was written", keys: &["file"] },
    Form { command: "plot", meaning: "what was drawn in characters", keys: &["text"] },
    Form { command: "export", meaning: "the file that was written", keys: &["file"] },
    Form {
        command: "diff",
        meaning: "two runs",
        keys: &["same", "runs", "config", "events", "history"],
    },
    Form {
        command: "diff",
        meaning: "two sweeps: points and measures that are apart",
        keys: &["same", "apart", "a_only", "b_only", "common", "equal"],
    },
    Form {
        command: "why",
        meaning: "an explanation: the fact, its causes in order, and a diagram, line by line",
        keys: &["fact", "steps", "diagram"],
    },
    Form { command: "report", meaning: "the page that was written", keys: &["file"] },
    Form { command: "configs", meaning: "list: names, and what each asks", keys: &["configs"] },
    Form { command: "configs", meaning: "show: the config", keys: &["text"] },
    Form { command: "configs", meaning: "copy: the file that was written", keys: &["file"] },
    Form {
        command: "new",
        meaning: "the files that were written, and the commands to go on with",
        keys: &["files", "next"],
    },
    Form { command: "schema", meaning: "the schema", keys: &["$schema"] },
    Form { command: "schema", meaning: "with --reference", keys: &["text"] },
    Form { command: "node", meaning: "with --list: all programs", keys: &["right", "broken"] },
    Form {
        command: "test",
        meaning: "a hosted run: `results` is that of results.json",
        keys: &["manifest", "results_folder", "why", "replay", "results"],
    },
    Form {
        command: "grade",
        meaning: "points and reasons of each submission, with the seeds: for the instructor alone",
        keys: &["name", "results_folder", "submissions", "secret", "lateness_bound_ms"],
    },
    Form { command: "doc", meaning: "the page", keys: &["text"] },
    Form { command: "completions", meaning: "the script", keys: &["text"] },
    Form { command: "man", meaning: "the page", keys: &["text"] },
    Form { command: "man", meaning: "the files that were written", keys: &["file"] },
];

/// Returns the names of the commands that have a result, each once.
fn commands() -> Vec<&'static str> {
    let mut names: Vec<&str> = FORMS.iter().map(|form| form.command).collect();
    names.dedup();
    names
}

/// Returns the schema of one form. A command that does several of its kind has a list.
fn form(form: &Form) -> Value {
    json!({ "description": form.meaning, "type": "object", "required": form.keys })
}

/// Returns the schema of the results of one command, as a condition on its name.
fn of_command(command: &str) -> Value {
    let forms: Vec<Value> = FORMS.iter().filter(|form| form.command == command).map(form).collect();
    let several = json!({ "type": "array", "items": { "anyOf": forms } });
    let none = json!({ "type": "null" });
    let any: Vec<Value> = forms.into_iter().chain([several, none]).collect();
    json!({
        "if": { "properties": { "command": { "const": command } } },
        "then": { "properties": { "result": { "anyOf": any } } },
        "else": {},
    })
}

/// Returns the schema of the object that `--format json` prints.
pub(super) fn schema() -> Value {
    let text = json!({ "type": "string" });
    let text_or_null = json!({ "type": ["string", "null"] });
    let number_or_null = json!({ "type": ["integer", "null"], "minimum": 1 });
    let mistake = json!({
        "description": "one mistake in a config",
        "type": "object",
        "required": ["problem", "place", "file", "line", "column", "hint"],
        "properties": {
            "problem": text,
            "place": text,
            "file": text_or_null,
            "line": number_or_null,
            "column": number_or_null,
            "hint": text_or_null,
        },
    });
    let error = json!({
        "description": "why nothing was done, or null",
        "type": ["object", "null"],
        "required": ["kind", "message"],
        "properties": {
            "kind": { "enum": KINDS.iter().map(|(_, word)| *word).collect::<Vec<_>>() },
            "message": text,
            "mistakes": { "type": "array", "items": mistake },
        },
    });
    let names: Vec<Value> = commands().into_iter().map(Value::from).collect();
    let others = ["serve", "watchdog"].map(Value::from);
    let known: Vec<Value> = names.into_iter().chain(others).chain([Value::Null]).collect();
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "What commands of sim print with --format json",
        "description": "One object on one line. More keys may come in any version; `schema` grows \
                        when one goes or changes its meaning.",
        "type": "object",
        "required": ["schema", "sim", "command", "exit", "result", "error", "messages"],
        "properties": {
            "schema": { "description": "version of this schema", "const": VERSION },
            "sim": { "description": "version of sim", "type": "string" },
            "command": {
                "description": "null if the command line was not understood",
                "enum": known,
            },
            "exit": { "description": "the exit code", "type": "integer", "minimum": 0 },
            "result": { "description": "what the command found, or null" },
            "error": error,
            "messages": {
                "description": "what it says besides: warnings, violations, hints",
                "type": "array",
                "items": text,
            },
        },
        "allOf": commands().into_iter().map(of_command).collect::<Vec<_>>(),
    })
}
