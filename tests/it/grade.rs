//! `sim grade`: the example's points, submissions that are broken in every way, late runs, and
//! mistakes of specs.

use std::ffi::OsStr;
use std::fs::{Permissions, create_dir_all, set_permissions};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde_json::Value;
use sim::grade::hidden_seed;

use crate::support::{Place, Ran, SIM, root};

/// A check of a second.
const ECHO: &str = "[[check]]\nworkload = \"echo\"\npoints = 1\noptions = { node-count = 1, \
                    time-limit = 1, recovery-time = 0, start-limit = 5 }\n";

fn grade(place: &Place, arguments: &[&str]) -> (Ran, Value) {
    let mut command = place.command(&[&["grade", "--format", "json"], arguments].concat());
    let ran: Ran = command.env_remove("PYTHONUNBUFFERED").output().expect("it runs").into();
    let envelope: Value = serde_json::from_str(&ran.out).unwrap_or_default();
    (ran, envelope["result"].clone())
}

fn submission<'v>(result: &'v Value, name: &str) -> &'v Value {
    let all = result["submissions"].as_array().expect("submissions");
    all.iter().find(|it| it["name"] == name).unwrap_or_else(|| panic!("no {name}: {result:#}"))
}

/// Writes an executable file.
fn program(path: &Path, text: &str) {
    create_dir_all(path.parent().expect("a folder")).expect("made");
    std::fs::write(path, text).expect("written");
    set_permissions(path, Permissions::from_mode(0o755)).expect("permissions");
}

fn right() -> String {
    format!("#!/bin/sh\nexec '{SIM}' node echo\n")
}

/// Returns the rows of the table in the example's README: a submission and its points.
fn expected() -> Vec<(String, u64)> {
    let text = std::fs::read_to_string(root().join("examples/grade/README.md")).expect("there");
    let row = |line: &str| {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let [_, name, _, points, _] = cells[..] else { return None };
        Some((name.to_owned(), points.parse().ok()?))
    };
    text.lines().filter_map(row).collect()
}

#[test]
fn the_example_gives_the_points_that_its_page_says() {
    let place = Place::new();
    let folder = root().join("examples/grade");
    let (dir, spec) = (folder.join("submissions"), folder.join("grade.toml"));
    let (dir, spec) = (dir.display().to_string(), spec.display().to_string());
    let (ran, result) = grade(&place, &[&dir, "--spec", &spec, "--jobs", "3"]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    let expected = expected();
    assert_eq!(expected.len(), 10);
    for (name, points) in &expected {
        let found = submission(&result, name);
        assert_eq!(found["points"], *points, "{name}: {found:#}");
    }
    // Each mistake is named.
    for (name, check, cause) in [
        ("ben", 2, "retry-stops: "),
        ("cho", 1, "never-spreads: "),
        ("dee", 0, "not-flushed: "),
        ("eli", 0, "crlf: "),
        ("fay", 1, "message-storm: "),
        ("gus", 1, "too-many-processes: "),
        ("hal", 1, "KeyError"),
        ("ida", 0, "there is no program"),
    ] {
        let reason = submission(&result, name)["checks"][check]["reason"].to_string();
        assert!(reason.contains(cause), "{name}: {reason}");
    }
    // Seeds are hidden, differ per submission, and follow from the secret.
    let seed = |name| submission(&result, name)["checks"][2]["runs"][1]["seed"].clone();
    let secret = "an example is no secret";
    assert_eq!(seed("ann"), hidden_seed(secret, b"ann", "partition", 1).value());
    assert_ne!(seed("ann"), seed("bea"));
    assert_eq!(submission(&result, "ann")["checks"][0]["runs"][0]["seed"], 1);
    // The files of a grading.
    let results = result["results_folder"].as_str().expect("a folder").to_owned();
    let read = |name: &str| std::fs::read_to_string(Path::new(&results).join(name)).expect(name);
    let csv = read("grades.csv");
    assert_eq!(csv.lines().count(), 31, "{csv}");
    assert!(csv.contains("\nann,partition,broadcast,3,3,passed,2,2,\n"), "{csv}");
    let xml = read("grades.xml");
    assert_eq!(xml.matches("<testsuite ").count(), 10);
    assert_eq!(xml.matches("<testcase ").count(), 30);
    let failed: usize = xml.matches("<failure ").count();
    assert_eq!(failed, xml.matches("</failure>").count());
    assert!(read("index.html").contains("ann.html"));
    let page = read("ben.html");
    assert!(page.contains("retry-stops") && page.contains("report.html"));
    let seed = seed("ben").to_string();
    assert!(!page.contains(&seed), "the page of a submission names a hidden seed");
    let report = submission(&result, "ben")["checks"][2]["runs"][0]["results"].clone();
    let report = Path::new(&results).join(report.as_str().expect("a path")).join("report.html");
    assert!(report.is_file(), "{}", report.display());
}

#[test]
fn a_broken_submission_disturbs_no_other() {
    let place = Place::new();
    let all = place.join("all");
    let python = |name: &str, text: &str| {
        program(&all.join(name).join("node.py"), &format!("#!/usr/bin/env python3\n{text}"));
    };
    program(&all.join("right/run.sh"), &right());
    program(&all.join("a-file-of-its-own"), &right());
    program(&all.join(OsStr::from_bytes(b"not \xff text")).join("node"), &right());
    python("hangs", "import time\nwhile True:\n    time.sleep(9)\n");
    python("ignores", "import signal, time\nsignal.signal(15, 1)\nwhile 1:\n    time.sleep(9)\n");
    python("crashes", "1 / 0\n");
    python("floods", "while True:\n    print('x' * 1000)\n");
    python("eats", "all = []\nwhile True:\n    all.append(bytearray(1 << 20))\n");
    python("spins", "while True:\n    pass\n");
    python("writes", "open('file', 'wb').write(bytes(10 << 20))\n");
    let forks = "import os, time\nwhile True:\n    if os.fork() == 0:\n        time.sleep(600)\n";
    python("forks", forks);
    let leaves = "import os, time\nwhile True:\n    if os.fork() == 0:\n        os.setsid()\n\
                  \x20       os.fork() or time.sleep(600)\n        os._exit(0)\n";
    python("leaves", leaves);
    create_dir_all(all.join("empty")).expect("made");
    create_dir_all(all.join("not-executable")).expect("made");
    std::fs::write(all.join("not-executable/node"), right()).expect("written");
    create_dir_all(all.join(".hidden")).expect("made");
    std::fs::write(all.join("notes.txt"), "no program").expect("written");
    let limits = "[limits]\nprocesses = 6\nmemory_mib = 200\nfile_mib = 4\n\
                  cpu_seconds = 1\n";
    place.write("grade.toml", format!("{limits}{ECHO}"));
    let mark = format!("grade-{}", std::process::id());
    let mut command = place.command(&["grade", "all", "--spec", "grade.toml", "--format", "json"]);
    let ran: Ran =
        command.args(["--jobs", "3"]).env("SIM_TEST_MARK", &mark).output().expect("runs").into();
    let envelope: Value = serde_json::from_str(&ran.out).expect("JSON");
    let result = &envelope["result"];
    for (name, points, reason) in [
        ("right", 1, "null"),
        ("a-file-of-its-own", 1, "null"),
        ("not \u{fffd} text", 1, "null"),
        ("hangs", 0, "not-ready"),
        ("ignores", 0, "not-ready"),
        ("crashes", 0, "ZeroDivisionError"),
        ("floods", 0, "not-json"),
        ("eats", 0, "MemoryError"),
        ("spins", 0, "its limit of CPU time was reached"),
        ("writes", 0, "File too large"),
        ("forks", 0, "too-many-processes"),
        ("leaves", 0, "too-many-processes"),
        ("empty", 0, "there is no program"),
        ("not-executable", 0, "chmod +x"),
    ] {
        let found = submission(result, name);
        assert_eq!(found["points"], points, "{name}: {found:#}");
        let why = found["checks"][0]["reason"].to_string();
        assert!(why.contains(reason), "{name}: {why}");
    }
    assert_eq!(result["submissions"].as_array().map(Vec::len), Some(14));
    assert_eq!(marked(&mark), 0, "processes outlive the grading");
}

#[test]
fn a_late_run_is_repeated_alone_and_then_undetermined() {
    let place = Place::new();
    program(&place.join("all/ann/node"), &right());
    place.write("grade.toml", format!("lateness = \"1ns\"\n{ECHO}"));
    let (ran, result) = grade(&place, &["all", "--spec", "grade.toml"]);
    assert_eq!(ran.code, 2, "{}", ran.out);
    let check = &submission(&result, "ann")["checks"][0];
    assert_eq!((&check["verdict"], &check["points"]), (&"undetermined".into(), &0.into()));
    assert_eq!(check["runs"][0]["repeated_alone"], true);
    assert!(check["reason"].to_string().contains("though it ran alone"), "{check:#}");
    // The secret was drawn, and is recorded.
    assert_eq!(result["secret"].as_str().map(str::len), Some(32));
    let quiet = place.sim(&["grade", "all", "--spec", "grade.toml", "-q"]).out;
    assert!(quiet.starts_with("ann: echo undetermined: late: "), "{quiet}");
    let text = place.sim(&["grade", "all", "--spec", "grade.toml"]).out;
    assert!(text.contains("ann: echo undetermined: late: "), "{text}");
    assert!(text.contains("without a sandbox"), "{text}");
}

#[test]
fn a_run_that_does_not_end_in_time_fails() {
    let place = Place::new();
    program(&place.join("all/ann/node"), &right());
    let spec = "[[check]]\nworkload = \"echo\"\npoints = 2.5\ntimeout = \"500ms\"\n\
                options = { time-limit = 60 }\n";
    place.write("grade.toml", spec);
    let (ran, result) = grade(&place, &["all", "--spec", "grade.toml", "--no-report"]);
    assert_eq!(ran.code, 0, "{}", ran.out);
    let found = submission(&result, "ann");
    assert_eq!((&found["points"], &found["points_max"]), (&0.into(), &2.5.into()));
    let reason = found["checks"][0]["reason"].to_string();
    assert!(reason.contains("timeout: it was not over after 500ms"), "{reason}");
}

#[test]
fn mistakes_of_a_spec_are_named_all_at_once() {
    let place = Place::new();
    program(&place.join("all/ann/node"), &right());
    place.write(
        "grade.toml",
        "secrett = \"x\"\nlateness = 250\n\n[[check]]\nworkload = \"brodcast\"\npoints = 1\n\n\
         [[check]]\nworkload = \"echo\"\nseeds = \"some\"\npoints = \"many\"\n\n\
         [[check]]\nname = \"third\"\nworkload = \"echo\"\npoints = 1\n\
         options = { node-cuont = 5 }\n\n\
         [[check]]\nname = \"fourth\"\nworkload = \"echo\"\npoints = 1\n\
         options = { seed = 5 }\n\n\
         [[check]]\nname = \"fifth\"\nworkload = \"echo\"\npoints = 1\n\
         options = { nemesis = \"earthquake\" }\n",
    );
    let ran = place.sim_ends(65, &["grade", "all", "--spec", "grade.toml"]);
    for part in [
        "unknown key `secrett`",
        "did you mean `secret`?",
        "`lateness`: expected a time with a unit, such as \"250ms\", found 250",
        "no such workload: \"brodcast\"",
        "did you mean \"broadcast\"?",
        "`check[1].seeds`: expected \"hidden\"",
        "`check[1].points`: expected a number of points",
        "`check[2].options.node-cuont`: `sim test` has no option `--node-cuont`",
        "did you mean `node-count`?",
        "`seed` is no option of a check",
        "seeds = [1, 2]",
        "earthquake",
        "grade.toml:5:12",
        "grade.toml:17:13",
        "grade.toml:23:13",
        "grade.toml:29:23",
        "8 mistakes: nothing was run",
    ] {
        assert!(ran.err.contains(part), "{part}\n{}", ran.err);
    }
    place.write("grade.toml", "name = \"x\"\n");
    let ran = place.sim_ends(65, &["grade", "all", "--spec", "grade.toml"]);
    assert!(ran.err.contains("there is no check"), "{}", ran.err);
    place.write("grade.toml", ECHO);
    place.sim_ends(65, &["grade", "nowhere", "--spec", "grade.toml"]);
    place.sim_ends(65, &["grade", "all", "--spec", "nowhere.toml"]);
    let ran = place.sim_ends(64, &["grade", "all", "--spec", "grade.toml", "--only", "bob"]);
    assert!(ran.err.contains("there are ann"), "{}", ran.err);
    assert!(!place.join("results").exists());
}

#[test]
fn an_interrupted_grading_leaves_no_process_and_no_grades() {
    let place = Place::new();
    program(&place.join("all/ann/node"), &right());
    place.write("grade.toml", ECHO.replace("time-limit = 1", "time-limit = 60"));
    let mark = format!("interrupted-grade-{}", std::process::id());
    let mut command = place.command(&["grade", "all", "--spec", "grade.toml"]);
    let mut child = command.env("SIM_TEST_MARK", &mark).spawn().expect("it runs");
    let run = place.join("results/grade/grade/run-1/runs/ann/echo/test");
    while !run.exists() && child.try_wait().expect("it can be waited for").is_none() {
        std::thread::yield_now();
    }
    let pid = child.id().to_string();
    assert!(std::process::Command::new("kill").args(["-INT", &pid]).status().is_ok());
    assert_eq!(child.wait().expect("it ends").code(), Some(130));
    assert!(!place.join("results/grade/grade/run-1/grades.csv").exists());
    assert_eq!(marked(&mark), 0, "processes outlive the grading");
}

/// Number of processes whose environment has a mark.
fn marked(mark: &str) -> usize {
    let left = std::fs::read_dir("/proc").into_iter().flatten().flatten().filter(|process| {
        let environment = std::fs::read(process.path().join("environ")).unwrap_or_default();
        String::from_utf8_lossy(&environment).contains(mark)
    });
    left.count()
}
