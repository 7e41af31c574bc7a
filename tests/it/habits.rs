//! Habits of JSON libraries: correct nodes whose lines deviate from the protocol, or only look odd,
//! are valid, with a warning for each deviation and the right prediction of Maelstrom's verdict.

use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::support::{Place, SIM, root, side_by_side};

/// A row of `expected.tsv`.
#[derive(Clone, Debug)]
struct Habit {
    name: String,
    workload: String,
    /// Name of the expected warning, `-` for none.
    warning: String,
    /// Maelstrom's verdict: true, false or unknown.
    parity: String,
}

fn habits() -> Vec<Habit> {
    let path = root().join("tests/data/nodes/habits/expected.tsv");
    let text = std::fs::read_to_string(path).expect("the table");
    let row = |line: &str| {
        let cells: Vec<String> = line.split('\t').map(str::to_owned).collect();
        let [name, workload, warning, parity] = &cells[..] else { panic!("{line}") };
        let [name, workload, warning, parity] = [name, workload, warning, parity].map(Clone::clone);
        Habit { name, workload, warning, parity }
    };
    text.lines().skip(1).map(row).collect()
}

/// Runs a node with a habit, and returns a description of any unexpected outcome.
fn run(habit: &Habit, out: &Path) -> Option<String> {
    let Habit { name, workload, warning, parity } = habit;
    let out = out.join(format!("{name}-{workload}"));
    let mut command = Command::new(SIM);
    command.args(["test", "-w", workload, "--node-count", "2", "--rate", "20"]);
    command.args(["--time-limit", "2", "--recovery-time", "1", "--grace", "0.3", "--seed", "1"]);
    command.arg("--bin").arg(root().join("tests/data/nodes/habits/node.py"));
    command.arg("--out").arg(&out).args(["--", name, workload]);
    let output = command.stdin(Stdio::null()).output().expect("sim runs");
    let results = out.join("test").join(workload).join("run-1/results.json");
    let results: Value =
        serde_json::from_str(&std::fs::read_to_string(results).unwrap_or_default())
            .unwrap_or_default();
    let warnings = results["warnings"].as_array().cloned().unwrap_or_default();
    let names = warnings.iter().filter_map(|text| text.as_str()?.split(':').next());
    let as_warned = match warning.as_str() {
        "-" => warnings.is_empty(),
        name => !warnings.is_empty() && names.into_iter().all(|found| found == name),
    };
    let found = match &results["parity"] {
        Value::Bool(parity) => parity.to_string(),
        other => other.as_str().unwrap_or_default().to_owned(),
    };
    let is_expected = output.status.code() == Some(0) && as_warned && found == *parity;
    (!is_expected).then(|| {
        let text = String::from_utf8_lossy(&output.stdout);
        let errors = String::from_utf8_lossy(&output.stderr);
        let code = output.status.code();
        format!("{habit:?}: exit {code:?}, parity {found}\n{text}{errors}\n")
    })
}

#[test]
fn right_nodes_with_habits_are_valid_and_warned_of() {
    let place = Place::new();
    let habits = habits();
    assert!(habits.len() >= 30, "{}", habits.len());
    let wrong = side_by_side(&habits, |habit| run(habit, place.path()));
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn each_habit_is_in_the_table() {
    let node = std::fs::read_to_string(root().join("tests/data/nodes/habits/node.py"));
    let node = node.expect("the node");
    let listed: Vec<String> = habits().into_iter().map(|habit| habit.name).collect();
    let table = node.split("HABITS = {").nth(1).and_then(|rest| rest.split("\n}").next());
    let names = table.expect("the habits").lines().filter_map(|line| line.split('"').nth(1));
    for name in names {
        assert!(listed.iter().any(|listed| listed == name), "{name} is not in expected.tsv");
    }
}
