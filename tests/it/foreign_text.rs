//! Untrusted text with terminal escapes, through every input: none of it is printed unescaped.

use std::path::Path;

use serde_json::{Value, json};
use sim::escape::is_unsafe;

use crate::support::{Place, Ran};

/// OSC, SGR, C1, DEL, bidi, separators, a carriage return, and lines that imitate our own.
const HOSTILE: &str = "x\u{1b}]0;pwned\u{7}\u{1b}[31m\u{9b}5m\u{7f}\u{202e}\u{2066}\u{200f}\
                       \u{2028}\r\nforged: a line\n  forged: another";

/// Asserts that the output has no terminal escapes and no line that imitates our own.
#[track_caller]
fn is_harmless(what: &str, ran: &Ran) {
    let all = format!("{}{}", ran.out, ran.err);
    let forged = all.lines().find(|line| line.trim_start().starts_with("forged"));
    assert_eq!(forged, None, "{what}: {all}");
    steers_nothing(what, ran);
}

/// Asserts that the output has no terminal escapes.
#[track_caller]
fn steers_nothing(what: &str, ran: &Ran) {
    let all = format!("{}{}", ran.out, ran.err);
    let passes = |c: char| c == '\n' || !is_unsafe(c);
    let raw: Vec<char> = all.chars().filter(|c| !passes(*c)).collect();
    assert!(raw.is_empty(), "{what}: {raw:?} in\n{all:?}");
    let longest = all.lines().map(|line| line.chars().count()).max().unwrap_or(0);
    assert!(longest < 3_000, "{what}: a line of {longest} characters");
    assert!(!all.contains("panicked"), "{what}: {all}");
}

/// Quotes a text as a TOML string.
fn quoted(text: &str) -> String {
    let each = |c: char| match c {
        '"' | '\\' => format!("\\{c}"),
        c if c.is_ascii_control() => format!("\\u{:04x}", u32::from(c)),
        c => c.to_string(),
    };
    format!("\"{}\"", text.chars().map(each).collect::<String>())
}

#[test]
fn keys_and_values_of_configs() {
    let place = Place::new();
    let hostile = quoted(HOSTILE);
    let scale = "duration = \"1s\"\nrates = [1]\nevents = { send = 1 }\n";
    let glomers = "model = \"glomers\"\nworkload = \"broadcast\"\nduration = \"1s\"\n";
    let configs = [
        format!("{scale}{hostile} = 1\n"),
        format!("{scale}name = {hostile}\n"),
        format!("{scale}seed = {hostile}\n"),
        format!("{scale}network = {{ {hostile} = 1 }}\n"),
        format!("{scale}network = {{ latency = {hostile} }}\n"),
        format!("{scale}{hostile} = 1\n{hostile} = 2\n"),
        format!("{scale}x = {HOSTILE}\n"),
        format!("# {HOSTILE}\n"),
        HOSTILE.to_owned(),
        format!("{glomers}{hostile} = 1\n"),
        format!("{glomers}solution = {hostile}\n"),
        format!("{glomers}nodes = [{hostile}]\n"),
        format!("model = \"glomers\"\nworkload = {hostile}\n"),
        format!("model = {hostile}\n"),
        format!("{glomers}targets = [{hostile}]\n"),
        format!("{glomers}nemesis = {{ kinds = [{hostile}] }}\n"),
        format!("{glomers}[[nemesis.faults]]\nkind = {hostile}\n"),
        format!("{glomers}options = {{ {hostile} = 1 }}\n"),
    ];
    for config in configs {
        place.write("k.toml", &config);
        let ran = place.sim_ends(65, &["run", "k.toml"]);
        is_harmless(&config, &ran);
    }
    place.write("k.toml", format!("{scale}{} = 1\n", "x".repeat(100_000)));
    is_harmless("a long key", &place.sim_ends(65, &["run", "k.toml"]));
    place.write("base.toml", scale);
    let sweeps = [
        format!("base = {hostile}\nseeds = \"0..2\"\n"),
        format!("base = \"base.toml\"\nseeds = {hostile}\n"),
        format!("base = \"base.toml\"\nseeds = \"0..2\"\n[grid]\n{hostile} = [1]\n"),
        format!("base = \"base.toml\"\nseeds = \"0..2\"\n[grid]\nrates = [{hostile}]\n"),
        format!("base = \"base.toml\"\nseeds = \"0..2\"\n[[zip]]\n{hostile} = [1]\n"),
    ];
    for sweep in sweeps {
        place.write("s.toml", &sweep);
        is_harmless(&sweep, &place.sim_ends(65, &["sweep", "s.toml"]));
    }
}

#[test]
fn options_and_names_of_files() {
    let place = Place::new();
    let set = format!("{HOSTILE}={HOSTILE}");
    let long = "x".repeat(100_000);
    for arguments in [
        &["run", "exp1", "--set", &set][..],
        &["run", "exp1", "--set", HOSTILE],
        &["run", "exp1", "--seed", HOSTILE],
        &["run", "exp1", "--format", HOSTILE],
        &["run", "exp1", "--set", &long],
        &[HOSTILE],
        &["node", HOSTILE],
        &["configs", "show", HOSTILE],
        &["reproduce", HOSTILE],
        &["sweep", "exp1", "--seeds", HOSTILE],
        &["test", "-w", HOSTILE, "--bin", "true"],
        &["test", "-w", "echo", "--bin", HOSTILE],
        &["check", "h.edn", "--workload", HOSTILE],
        &["plot", "exp1", "--out", HOSTILE],
        &["plot", "exp1", "--term", "--term-size", HOSTILE],
    ] {
        let ran = place.sim(arguments);
        assert!([64, 65].contains(&ran.code), "{arguments:?}: {ran:?}");
        is_harmless(&format!("{arguments:?}"), &ran);
    }
    // Names of existing files, and of files in folders with such a name.
    place.write("exp.toml", "duration = \"1s\"\nrates = [1, 2]\nevents = { send = 0.5 }\n");
    let run = |out: &str| place.sim(&["run", "exp.toml", "--check", "--out", out]);
    let folder = format!("a{HOSTILE}b").replace('/', "_");
    is_harmless("a folder of results", &run(&folder));
    let seed = Path::new(&folder).join("exp/seed-1");
    let seed = seed.to_str().expect("text");
    assert_eq!(place.sim(&["check", seed]).code, 0);
    std::fs::write(place.join(seed).join("trace.csv"), "changed").expect("written");
    is_harmless("a changed trace", &place.sim_ends(65, &["check", seed]));
    is_harmless("a plot of it", &place.sim_ends(65, &["plot", seed, "--term"]));
    std::fs::remove_file(place.join(seed).join("manifest.json")).expect("removed");
    is_harmless("no result", &place.sim_ends(65, &["check", seed]));
    is_harmless("foreign files", &run(&folder));
    for ending in ["csv", "toml", "edn", "jsonl"] {
        let name = format!("{folder}.{ending}");
        place.write(&name, "1\n");
        let edn = ["check", &name, "--workload", "echo"];
        let arguments = if ending.ends_with('v') { &edn[..2] } else { &edn };
        let what = &name;
        is_harmless(what, &place.sim(arguments));
        is_harmless(what, &place.sim(&["run", &name]));
        is_harmless(what, &place.sim(&["sweep", &name]));
        is_harmless(what, &place.sim(&["plot", &name, "--term"]));
    }
    // A folder that holds a file with such a name.
    std::fs::create_dir_all(place.join("results/exp/seed-1")).expect("a folder");
    place.write(&format!("results/exp/seed-1/{folder}"), "");
    is_harmless("a foreign file", &place.sim_ends(73, &["run", "exp.toml"]));
}

#[test]
fn fields_of_traces_and_histories() {
    let place = Place::new();
    let csv_field = format!("\"{HOSTILE}\"");
    let header = "time_ns,machine,event,clock,queue_len,from,to,message,stamp,copy\n";
    let long = "y".repeat(100_000);
    for field in [&csv_field, &long] {
        let rows = [
            format!("{field}\n"),
            format!("{header}1,1,{field},1,0,,,,,\n"),
            format!("{header}{field},1,internal,1,0,,,,,\n"),
            format!("{header}1,1,send,1,0,,{field},1,1,\n"),
        ];
        for text in rows {
            place.write("t.csv", &text);
            is_harmless(&text, &place.sim_ends(65, &["check", "t.csv"]));
            is_harmless(&text, &place.sim_ends(65, &["plot", "t.csv", "--term"]));
        }
    }
    let entry = |process: Value, kind: &str, f: &str, value: Value, error: Value| {
        let object = json!({
            "index": 0, "time": 1, "type": kind, "process": process, "f": f, "value": value,
            "error": error,
        });
        format!("{object}\n")
    };
    let text = json!(HOSTILE);
    let histories = [
        ("echo", entry(json!(0), "invoke", "echo", text.clone(), Value::Null)),
        (
            "echo",
            entry(json!(0), "invoke", "echo", text.clone(), Value::Null)
                + &entry(json!(0), "ok", "echo", json!("other"), Value::Null),
        ),
        (
            "echo",
            entry(json!(0), "invoke", "echo", text.clone(), Value::Null)
                + &entry(json!(0), "info", "echo", text.clone(), json!([HOSTILE, HOSTILE])),
        ),
        ("unique-ids", {
            let both = entry(json!(0), "invoke", "generate", Value::Null, Value::Null)
                + &entry(json!(0), "ok", "generate", text.clone(), Value::Null);
            both.repeat(2)
        }),
        ("echo", entry(json!(0), "invoke", HOSTILE, text.clone(), Value::Null)),
        ("echo", entry(json!(0), HOSTILE, "echo", text.clone(), Value::Null)),
        ("echo", entry(text.clone(), "invoke", "echo", text.clone(), Value::Null)),
        ("broadcast", entry(json!(0), "invoke", "broadcast", text.clone(), Value::Null)),
        ("broadcast", entry(json!(0), "ok", "read", json!([HOSTILE]), Value::Null)),
        ("g-counter", entry(json!(0), "invoke", "add", text, Value::Null)),
        ("echo", HOSTILE.to_owned()),
        ("echo", format!("{{\"{HOSTILE}\": 1}}\n")),
    ];
    for (workload, history) in histories {
        place.write("h.jsonl", &history);
        let ran = place.sim(&["check", "h.jsonl", "--workload", workload]);
        is_harmless(&history, &ran);
        is_harmless(&history, &place.sim(&["plot", "h.jsonl", "--term"]));
        place.write("h.edn", &history);
        is_harmless(&history, &place.sim(&["check", "h.edn", "--workload", workload]));
    }
}

#[test]
fn manifests_and_tables() {
    let place = Place::new();
    place.write("exp.toml", "duration = \"1s\"\nrates = [1, 2]\nevents = { send = 0.5 }\n");
    place.sim(&["run", "exp.toml"]);
    place.write(
        "s.toml",
        "base = \"exp.toml\"\nseeds = \"0..2\"\n[grid]\n\"events.send\" = [0.5, 1]\n",
    );
    place.sim_ends(0, &["sweep", "s.toml", "--yes"]);
    for (folder, commands) in [
        ("results/exp/seed-1", [&["run", "exp.toml"][..], &["check", "results/exp/seed-1"]]),
        ("results/sweeps/s", [&["sweep", "s.toml"], &["plot", "results/sweeps/s", "--term"]]),
    ] {
        let name = format!("{folder}/manifest.json");
        let manifest: Value = serde_json::from_str(&place.read(&name)).expect("JSON");
        let mut all: Vec<Value> = vec![];
        for key in manifest.as_object().expect("an object").keys() {
            let mut changed = manifest.clone();
            changed[key] = json!(HOSTILE);
            all.push(changed);
        }
        let mut changed = manifest.clone();
        changed["config"]["name"] = json!(HOSTILE);
        all.push(changed);
        let mut changed = manifest.clone();
        changed[HOSTILE] = json!(HOSTILE);
        all.push(changed);
        for manifest in all {
            for command in commands {
                place.write(&name, manifest.to_string());
                is_harmless(&format!("{command:?} {manifest}"), &place.sim(command));
            }
        }
        place.write(&name, manifest.to_string());
    }
    let points = place.read("results/sweeps/s/points.csv");
    let (header, rows) = points.split_once('\n').expect("a header");
    let first = header.split(',').next().expect("a column");
    for changed in [
        format!("\"{HOSTILE}\"\n"),
        format!("{}\n{rows}", header.replacen(first, &format!("\"{HOSTILE}\""), 1)),
        format!("{header}\n{}", rows.replace("0.5", &format!("\"{HOSTILE}\""))),
    ] {
        place.write("results/sweeps/s/points.csv", &changed);
        let plot = ["plot", "results/sweeps/s", "--term"];
        is_harmless(&changed, &place.sim(&plot));
        is_harmless(&changed, &place.sim(&[&plot[..], &["--measure", HOSTILE]].concat()));
        is_harmless(&changed, &place.sim(&[&plot[..], &["--x", HOSTILE]].concat()));
        is_harmless(&changed, &place.sim(&[&plot[..], &["--at", HOSTILE]].concat()));
        is_harmless(&changed, &place.sim(&["sweep", "s.toml"]));
    }
    // A trace on stdout and JSON are data: every byte stays.
    let json = place.sim_ends(0, &["run", "exp.toml", "--format", "json", "--out", "größe"]);
    assert!(json.out.contains("größe/exp/seed-1"), "{}", json.out);
}

/// A node that answers each request but `init` with an error of this text, and logs the text.
#[cfg(unix)]
const NODE: &str = r#"
import json, sys

def say(src, dest, body):
    print(json.dumps({"src": src, "dest": dest, "body": body}), flush=True)

for line in sys.stdin:
    m = json.loads(line)
    b = m["body"]
    is_init = b["type"] == "init"
    r = {"type": "init_ok"} if is_init else {"type": "error", "code": 1000, "text": TEXT}
    r["in_reply_to"] = b["msg_id"]
    say(m["dest"], m["src"], r)
    print(TEXT, file=sys.stderr, flush=True)
    if not is_init:
        say(m["dest"], "n1", {"type": "=cmd|calc"})
        print(TEXT, flush=True)
        say(TEXT, TEXT, {"type": TEXT})
        say(m["dest"], "lin-kv", {"type": TEXT, "msg_id": 1})
"#;

#[cfg(unix)]
#[test]
fn what_nodes_say() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    let text = serde_json::to_string(HOSTILE).expect("text");
    let node = format!("#!/usr/bin/env python3\nTEXT = {text}\n{NODE}");
    place.write("node.py", node);
    let mode = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(place.join("node.py"), mode).expect("made executable");
    let test = ["test", "-w", "echo", "--bin", "./node.py", "--time-limit", "1"];
    let logs = ["--node-count", "2", "--log-stderr", "--log-net-send", "--log-net-recv"];
    let ran = place.sim(&[&test[..], &logs].concat());
    assert!(ran.err.contains("pwned"), "{}", ran.err);
    // Its log is shown as lines, each prefixed with its name or indented below it.
    steers_nothing("what a node says", &ran);
    assert!(!ran.err.lines().chain(ran.out.lines()).any(|line| line.starts_with("forged")));
    let run = "results/test/echo/run-1";
    is_harmless("its history", &place.sim(&["check", run]));
    is_harmless("its history, drawn", &place.sim(&["plot", run, "--term"]));
    let net = place.read(&format!("{run}/net.csv"));
    assert!(net.contains(",_=cmd|calc,") && !net.contains(",=cmd"), "{net}");
    // Files keep its output as it is.
    assert!(place.read(&format!("{run}/node-logs/n0.log")).contains(HOSTILE));
    place.write("names", format!("{HOSTILE}\nn1\n"));
    let named = [&test[..], &["--nodes-file", "names"]].concat();
    is_harmless("names of nodes", &place.sim_ends(64, &named));
}
