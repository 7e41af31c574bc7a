//! `--format json`: every command prints one object that fits its schema, and nothing else.

use serde_json::Value;

use crate::schema::fits;
use crate::support::{Place, root};

/// Command lines and their exit codes, run one after another in one place.
const COMMANDS: &[(i32, &[&str])] = &[
    (0, &["run", "exp9"]),
    (0, &["run", "exp9", "--quiet"]),
    (0, &["run", "exp9", "--check", "--net"]),
    (0, &["run", "exp9", "--check-determinism"]),
    (0, &["run", "exp9", "--explain"]),
    (0, &["run", "exp9", "--report"]),
    (0, &["run", "glomers/3a"]),
    (0, &["run", "glomers/3a", "--check-determinism"]),
    (1, &["run", "glomers/3c", "--set", "solution=flood", "--seed", "3"]),
    (65, &["run", "nowhere.toml"]),
    (65, &["run", "two-mistakes.toml"]),
    (64, &["run", "exp9", "--set", "send=2"]),
    (64, &["run", "exp9", "--frobnicate"]),
    (64, &["frobnicate"]),
    (64, &["run", "exp9", "--trace-out", "-"]),
    (0, &["sweep", "exp9", "--seeds", "0..3"]),
    (0, &["sweep", "exp9", "--seeds", "0..3"]),
    (0, &["sweep", "plan", "exp9", "--seeds", "0..4", "--shards", "1", "--out", "sw"]),
    (75, &["sweep", "merge", "sw"]),
    (0, &["sweep", "shard", "--manifest", "sw", "--index", "0"]),
    (0, &["sweep", "shard", "--manifest", "sw", "--index", "0", "--verify"]),
    (0, &["sweep", "status", "sw"]),
    (64, &["sweep", "shard", "--manifest", "sw"]),
    (0, &["sweep", "merge", "sw", "--out", "merged"]),
    (1, &["sweep", "glomers/3c", "--seeds", "0..3", "--set", "solution=flood", "--out", "g"]),
    (0, &["check", "results/exp9/seed-1"]),
    (0, &["check", "results/glomers/3a/seed-1"]),
    (0, &["check", "results/sweeps/exp9"]),
    (0, &["check", "results/exp9/seed-1/trace.csv"]),
    (65, &["check", "nowhere"]),
    (0, &["reproduce", "exp9", "--seeds", "2", "--out", "r"]),
    (0, &["plot", "results/exp9/seed-1"]),
    (0, &["plot", "results/exp9/seed-1", "--out", "p.svg"]),
    (64, &["plot", "results/exp9/seed-1", "--out", "p.gif"]),
    (0, &["export", "results/exp9/seed-1", "--to", "shiviz", "--out", "x.log"]),
    (64, &["export", "results/exp9/seed-1", "--to", "csv"]),
    (0, &["diff", "results/exp9/seed-1", "results/exp9/seed-1"]),
    (0, &["diff", "results/sweeps/exp9", "results/sweeps/exp9"]),
    (0, &["why", "results/exp9/seed-1"]),
    (0, &["why", "results/glomers/3a/seed-1", "--op", "3"]),
    (0, &["report", "results/exp9/seed-1", "--out", "page.html"]),
    (0, &["configs", "list"]),
    (0, &["configs", "show", "exp9"]),
    (0, &["configs", "copy", "mine"]),
    (0, &["configs", "copy", "mine2", "exp9"]),
    (0, &["new", "config", "a.toml"]),
    (73, &["new", "config", "a.toml"]),
    (0, &["new", "node", "--lang", "python", "mynode"]),
    (0, &["schema"]),
    (0, &["schema", "--sweep"]),
    (0, &["schema", "--output"]),
    (0, &["schema", "--reference"]),
    (0, &["doc", "files"]),
    (0, &["completions", "zsh"]),
    (0, &["man"]),
    (0, &["man", "pages"]),
    #[cfg(unix)]
    (0, &["node", "--list"]),
    #[cfg(unix)]
    (64, &["node", "nothing"]),
    #[cfg(unix)]
    (0, &["grade", "submissions", "--spec", "grade.toml"]),
    #[cfg(unix)]
    (65, &["grade", "submissions", "--spec", "a.toml"]),
    #[cfg(unix)]
    (64, &["serve"]),
    #[cfg(unix)]
    (65, &["test", "-w", "echo", "--bin", "./nowhere"]),
    #[cfg(unix)]
    (0, &["test", "-w", "echo", "--time-limit", "1", "--bin", crate::support::SIM]),
];

/// Whether a line of stderr says how far a command is, as that of one that takes a second does.
fn is_progress(line: &str) -> bool {
    let value: Value = serde_json::from_str(line).unwrap_or_default();
    value["progress"]["total"].is_u64() && value["progress"]["text"].is_string()
}

#[test]
fn all_commands_print_one_object_of_one_schema() {
    let place = Place::new();
    place.write("two-mistakes.toml", "rates = [1]\nduration = \"x\"\nevents = { send = 2 }\n");
    std::fs::create_dir_all(place.join("submissions/ann")).expect("a folder");
    place.write("submissions/ann/node.txt", "a submission without a program");
    place.write("grade.toml", "[[check]]\nworkload = \"echo\"\npoints = 1\n");
    let schema = place.sim_ends(0, &["schema", "--output"]).out;
    let schema: Value = serde_json::from_str(&schema).expect("JSON");
    let mut commands: Vec<String> = vec![];
    for (code, line) in COMMANDS {
        let mut words = [&["--format", "json"], *line].concat();
        if words.contains(&"test") && words.contains(&crate::support::SIM) {
            words.extend(["--", "node", "echo"]);
        }
        let ran = place.sim_ends(*code, &words);
        assert_eq!(ran.out.lines().count(), 1, "{line:?}\n{}", ran.out);
        assert!(ran.err.lines().all(is_progress), "{line:?}\n{}", ran.err);
        let printed: Value = serde_json::from_str(&ran.out).expect("JSON");
        assert!(fits(&printed, &schema), "{line:?}: {}", ran.out);
        assert_eq!(printed["exit"], *code, "{line:?}");
        assert_eq!(printed["error"].is_null(), *code < 64, "{line:?}: {}", ran.out);
        commands.extend(printed["command"].as_str().map(str::to_owned));
    }
    // None is left out, of those that the help lists.
    let names = crate::help::below(&place.sim_ends(0, &["--help"]).out);
    assert!(names.len() > 15, "{names:?}");
    for name in names {
        assert!(commands.contains(&name), "{name}");
    }
}

#[test]
fn the_mistakes_of_a_config_have_their_places() {
    let place = Place::new();
    place.write("a.toml", "rates = [1]\nduration = \"x\"\nevents = { send = 2 }\n");
    let ran = place.sim_ends(65, &["run", "a.toml", "--format", "json"]);
    let printed: Value = serde_json::from_str(&ran.out).expect("JSON");
    let mistakes = printed["error"]["mistakes"].as_array().expect("a list");
    let places: Vec<(Option<u64>, Option<u64>)> =
        mistakes.iter().map(|one| (one["line"].as_u64(), one["column"].as_u64())).collect();
    assert_eq!(places, [(Some(2), Some(12)), (Some(3), Some(19))], "{}", ran.out);
    assert_eq!(printed["error"]["kind"], "data");
}

#[test]
fn an_object_of_another_shape_does_not_fit() {
    let file = std::fs::read_to_string(root().join("docs/output-schema.json")).expect("a schema");
    let schema: Value = serde_json::from_str(&file).expect("JSON");
    let object = |command: &str, result: &str, exit: &str| -> Value {
        let text = format!(
            r#"{{"schema":1,"sim":"0","command":"{command}","exit":{exit},
                "result":{result},"error":null,"messages":[]}}"#
        );
        serde_json::from_str(&text).expect("JSON")
    };
    assert!(fits(&object("plot", r#"{"file":"a.svg"}"#, "0"), &schema));
    assert!(!fits(&object("plot", r#"{"files":"a.svg"}"#, "0"), &schema));
    assert!(!fits(&object("plod", "null", "0"), &schema));
    assert!(!fits(&object("plot", "null", r#""0""#), &schema));
    assert!(!fits(&object("run", r#"{"manifest":{}}"#, "0"), &schema));
}
