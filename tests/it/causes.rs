//! Hints at causes in `sim test`: each with a node that provokes it; right nodes get none.

use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::support::{Place, SIM, root, side_by_side};

/// A row of `expected.tsv`: a node, how it is run, and the hint that is due, `-` for none.
struct Row {
    node: String,
    workload: String,
    arguments: String,
    exit: i32,
    hint: String,
}

/// All names of hints at causes.
const NAMES: &[&str] = &["retry-stops", "never-spreads", "message-storm", "not-flushed", "crlf"];

fn rows() -> Vec<Row> {
    let path = root().join("tests/data/nodes/causes/expected.tsv");
    let text = std::fs::read_to_string(path).expect("the table");
    let row = |line: &str| {
        let cells: Vec<String> = line.split('\t').map(str::to_owned).collect();
        let [node, workload, arguments, exit, hint] = cells.try_into().expect("five cells");
        Row { node, workload, arguments, exit: exit.parse().expect("a number"), hint }
    };
    text.lines().skip(1).map(row).collect()
}

/// Runs a node, and returns what is not as expected.
fn run(row: &Row, out: &Path) -> Option<String> {
    let name = row.node.rsplit('/').next().unwrap_or_default();
    let count = row.arguments.len();
    let out = out.join(format!("{name}-{}-{count}", row.workload));
    let mut command = Command::new(SIM);
    command.args(["test", "-w", &row.workload, "--rate", "10", "--time-limit", "6"]);
    command.args(["--recovery-time", "5", "--grace", "0.3", "--seed", "1", "--format", "json"]);
    command.args(row.arguments.split(' '));
    command.arg("--bin").arg(root().join("tests/data/nodes/causes").join(&row.node));
    command.arg("--out").arg(&out).env_remove("PYTHONUNBUFFERED");
    let output = command.stdin(Stdio::null()).output().expect("sim runs");
    let text = String::from_utf8_lossy(&output.stdout);
    let value: Value = serde_json::from_str(&text).unwrap_or_default();
    let hints = value["result"]["results"]["hints"].as_array().cloned().unwrap_or_default();
    let mut hints: Vec<&str> = hints.iter().filter_map(Value::as_str).collect();
    // Why the program cannot be started is an error, and no hint of a run.
    hints.extend(value["error"]["message"].as_str());
    let is_cause = |hint: &&&str| NAMES.iter().any(|name| hint.starts_with(&format!("{name}: ")));
    let is_expected = match row.hint.as_str() {
        "-" => hints.iter().filter(is_cause).count() == 0,
        name if NAMES.contains(&name) => {
            let causes: Vec<&&str> = hints.iter().filter(is_cause).collect();
            matches!(causes[..], [hint] if hint.starts_with(&format!("{name}: ")))
        }
        words => hints.iter().any(|hint| hint.contains(words)),
    };
    let code = output.status.code();
    (!is_expected || code != Some(row.exit)).then(|| {
        format!("{name} {}: exit {code:?}, hints {hints:#?}\nexpected {}", row.arguments, row.hint)
    })
}

#[test]
fn each_cause_is_named_and_a_right_node_gets_no_hint() {
    let (place, rows) = (Place::new(), rows());
    let wrong = side_by_side(&rows, |row| run(row, place.path()));
    assert!(wrong.is_empty(), "{wrong}");
    for name in NAMES {
        assert!(rows.iter().any(|row| row.hint == *name), "no node provokes {name}");
    }
}
