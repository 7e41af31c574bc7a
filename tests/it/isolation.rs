//! `sim check` of transactions on registers in the text of AWDIT and of IsoVista: a history for
//! each anomaly, with its verdict at each level.
//!
//! `tests/data/isolation/expected.tsv` has for each file the weakest level that breaks, in the
//! order of the columns, and the anomaly; `-` where all levels hold.

use crate::support::{Place, Ran, root};

/// The levels, in the order in which each implies those before it.
const LEVELS: [&str; 5] =
    ["read-committed", "read-atomic", "causal", "snapshot-isolation", "serializable"];

fn check(file: &str, further: &[&str]) -> Ran {
    let path = root().join("tests/data/isolation").join(file);
    let path = path.to_str().expect("a path in UTF-8");
    Place::new().sim(&[&["check", path, "--workload", "txn-rw-register"], further].concat())
}

fn expected() -> Vec<(String, String, String)> {
    let path = root().join("tests/data/isolation/expected.tsv");
    let text = std::fs::read_to_string(path).expect("the expected verdicts");
    let row = |line: &str| {
        let parts: Vec<&str> = line.split('\t').collect();
        let [file, broken, anomaly] = parts[..] else { panic!("{line}") };
        (file.to_owned(), broken.to_owned(), anomaly.to_owned())
    };
    text.lines().skip(1).map(row).collect()
}

#[test]
fn each_history_has_its_verdict_at_each_level() {
    for (file, broken, anomaly) in expected() {
        let ran = check(&file, &["--format", "json"]);
        assert_eq!(ran.code, i32::from(broken != "-"), "{file}: {}{}", ran.out, ran.err);
        let verdict = ran.json();
        let first = LEVELS.iter().position(|level| *level == broken).unwrap_or(LEVELS.len());
        for (place, name) in LEVELS.iter().enumerate() {
            let level = &verdict["levels"][place];
            let is_valid = if place < first { "valid" } else { "invalid" };
            assert_eq!([&level["level"], &level["verdict"]], [name, is_valid], "{file}: {level}");
        }
        if broken != "-" {
            let witness = &verdict["levels"][first]["witness"];
            assert_eq!(witness["anomaly"], anomaly.as_str(), "{file}: {witness}");
            assert_eq!(witness["is_smallest"], true, "{file}: {witness}");
        }
    }
}

#[test]
fn all_histories_are_listed() {
    let folder = root().join("tests/data/isolation");
    let mut files: Vec<String> = std::fs::read_dir(folder)
        .expect("the histories")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .filter(|name| name != "expected.tsv")
        .collect();
    files.sort();
    let mut listed: Vec<String> = expected().into_iter().map(|row| row.0).collect();
    listed.sort();
    assert_eq!(files, listed);
}

#[test]
fn levels_are_named_one_by_one() {
    let name = |name| ["--consistency-model", name];
    assert_eq!(check("write-skew.txt", &name("snapshot-isolation")).code, 0);
    assert_eq!(check("write-skew.txt", &name("causal,serializable")).code, 1);
    let ran = check("write-skew.txt", &name("strict-serializable"));
    assert_eq!(ran.code, 2, "{}", ran.out);
    let why = "undetermined: the history does not say when transactions began and ended";
    assert!(ran.out.contains(why), "{}", ran.out);
    let ran = check("write-skew.txt", &name("PRAM"));
    assert_eq!(ran.code, 64);
    let why = "PRAM is not a level at which registers are checked completely";
    assert!(ran.err.contains(why), "{}", ran.err);
}

#[test]
fn a_violation_is_explained_and_drawn() {
    let ran = check("causal-reversal.txt", &["--consistency-model", "causal"]);
    let expected = "\
causal: broken: causality-violation
  T1  session 1, transaction 1: w 1 = 1
  T2  session 2, transaction 1: r 1 = 1, w 1 = 2
  T3  session 3, transaction 1: r 1 = 2, w 2 = 1
  T4  session 4, transaction 1: r 2 = 1
  T5  session 4, transaction 2: r 1 = 1
  1. T2 reads 1 = 1, which T1 wrote
  2. T2 has to come before T1, inferred: both write 1, and T5 reads 1 = 1 from T1 although T2 \
happened before T5 (T3 reads 1 = 2, which T2 wrote; T4 reads 2 = 1, which T3 wrote; T4 comes \
before T5 in session 4)
      ┌──▶ T1
      │    │  wr 1
      │    ▼
      │    T2
      │    │  inferred 1 from T5
      └────┘
  weakest level that this breaks: causal
  strongest level that allows it: read-atomic, serializable
";
    assert!(ran.out.starts_with(expected), "{}", ran.out);
}

#[test]
fn another_text_or_workload_is_an_error() {
    let place = Place::new();
    place.write("h.txt", "w 1 1\nr 1\n");
    let ran = place.sim_ends(65, &["check", "h.txt", "--workload", "txn-rw-register"]);
    let why = "h.txt: line 2: expected `w KEY VALUE`, `r KEY VALUE`, `-----` or `=====`";
    assert!(ran.err.contains(why), "{}", ran.err);
    let ran = place.sim_ends(64, &["check", "h.txt", "--workload", "echo"]);
    let why = "this is a history of registers as AWDIT writes it, not one of echo";
    assert!(ran.err.contains(why), "{}", ran.err);
}

/// A check that has not ended yet, here since its input has not, ends with Ctrl-C.
#[cfg(unix)]
#[test]
fn a_check_ends_with_the_first_signal() {
    use std::io::Write;
    use std::process::{Command, Stdio};

    let place = Place::new();
    let mut command = place.command(&["check", "-", "--workload", "txn-rw-register"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    let mut input = child.stdin.take().expect("piped");
    // More than a pipe holds: what is written has been read, so that the check is under way.
    let lines: String = (0..200_000).map(|value| format!("w 1 {value}\n-----\n")).collect();
    input.write_all(lines.as_bytes()).expect("it reads");
    let pid = child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &pid]).status().expect("kill").success());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(130));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "interrupted; nothing is known\n");
    drop(input);
}
