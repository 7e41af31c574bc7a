//! Hostile nodes: each misbehaves in its own way, and `sim test` reports it and survives.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::support::{Place, SIM, root, side_by_side};

/// A row of `expected.tsv`.
#[derive(Clone, Debug)]
struct Expected {
    script: String,
    workload: String,
    arguments: Vec<String>,
    exit: i32,
    mention: String,
}

fn folder() -> PathBuf {
    root().join("tests/data/nodes/hostile")
}

fn expected() -> Vec<Expected> {
    let text = std::fs::read_to_string(folder().join("expected.tsv")).expect("the table");
    let row = |line: &str| {
        let cells: Vec<&str> = line.split('\t').collect();
        let [script, workload, arguments, exit, mention] = cells[..] else { panic!("{line}") };
        Expected {
            script: script.to_owned(),
            workload: workload.to_owned(),
            arguments: arguments.split_whitespace().map(str::to_owned).collect(),
            exit: exit.parse().expect("an exit code"),
            mention: mention.to_owned(),
        }
    };
    text.lines().skip(1).map(row).collect()
}

/// Whether this rule is a reason of the verdict or part of a warning; `-` requires neither.
fn mentions(results: &Value, mention: &str) -> bool {
    let reasons = results["strict"]["reasons"].as_array();
    let warnings = results["warnings"].as_array();
    let (Some(reasons), Some(warnings)) = (reasons, warnings) else { return false };
    let in_warning = |warning: &Value| warning.as_str().is_some_and(|text| text.contains(mention));
    mention == "-"
        || reasons.iter().any(|reason| reason["rule"] == mention)
        || warnings.iter().any(in_warning)
}

/// Runs a hostile node, and returns a description of any unexpected outcome.
fn unexpected(case: &Expected, out: &Path) -> Option<String> {
    let mut command = Command::new(SIM);
    command.args(["test", "-w", &case.workload, "--bin"]).arg(folder().join(&case.script));
    command.args(["--rate", "10", "--grace", "0.5"]);
    if !case.arguments.iter().any(|argument| argument == "--time-limit") {
        command.args(["--time-limit", "2"]);
    }
    command.args(&case.arguments).arg("--out").arg(out.join(&case.script));
    let output = command.stdin(Stdio::null()).output().expect("sim runs");
    let (text, errors) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let results = out.join(&case.script).join("test").join(&case.workload).join("run-1");
    let results = std::fs::read_to_string(results.join("results.json")).unwrap_or_default();
    let results: Value = serde_json::from_str(&results).unwrap_or_default();
    let as_expected = output.status.code() == Some(case.exit) && mentions(&results, &case.mention);
    (!as_expected).then(|| {
        let Expected { script, exit, mention, .. } = case;
        let code = output.status.code();
        format!("{script}: exit {code:?}, not {exit}, or no {mention}\n{text}{errors}")
    })
}

#[test]
fn each_hostile_node_is_caught_for_what_it_does() {
    let place = Place::new();
    let cases = expected();
    assert!(cases.len() >= 25, "{}", cases.len());
    // Each row that expects a failure names its reason.
    assert!(cases.iter().all(|case| case.exit == 0 || case.mention != "-"));
    let unexpected_outcomes = side_by_side(&cases, |case| unexpected(case, place.path()));
    assert!(unexpected_outcomes.is_empty(), "{unexpected_outcomes}");
}

#[test]
fn each_hostile_node_is_in_the_table() {
    let mut scripts: Vec<String> = std::fs::read_dir(folder())
        .expect("the folder")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .filter(|name| (name.ends_with(".py") || name.ends_with(".sh")) && name != "hostile.py")
        .collect();
    let mut listed: Vec<String> = expected().into_iter().map(|case| case.script).collect();
    scripts.sort();
    listed.sort();
    assert_eq!(scripts, listed);
}
