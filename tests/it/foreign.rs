//! Files and command lines as other software writes them: spreadsheets, data frames, editors on
//! Windows, web pages.

use crate::support::{Place, SIM};

const HEADER: &str = "time_ns,machine,event,clock,queue_len,from,to,message,stamp,copy";

/// A valid trace with a send to all, and the row of a clock that stands still.
fn trace(last_clock: u64) -> String {
    format!(
        "{HEADER}\n5,1,send,1,0,,0,1,1,\n7,2,receive,2,0,1,,1,1,1\n\
         9,3,receive,2,0,1,,1,1,1\n11,3,internal,{last_clock},0,,,,,\n"
    )
}

#[test]
fn a_trace_is_the_same_after_a_spreadsheet_or_a_data_frame() {
    let place = Place::new();
    let write = |name: &str, text: &str| place.write(name, text);
    let good = trace(3);
    write("star.csv", &good.replace(",,0,1,1,", ",,*,1,1,"));
    write("tabs.csv", &good.replace(',', "\t"));
    write(
        "excel.csv",
        &format!("\u{feff}sep=;\r\n{}", good.replace(',', ";").replace('\n', "\r\n")),
    );
    write(
        "floats.csv",
        &good.replace(",,0,1,1,", ",,0.0,1.0,1.0,").replace("1,,1,1,1", "1.0,,1.0,1.0,1.0"),
    );
    write("blank.csv", &format!("\n{}\n\n", good.replace('\n', "\n\n")));
    let expected = "holds: no violation in 4 events";
    for name in ["star.csv", "tabs.csv", "excel.csv", "floats.csv", "blank.csv"] {
        let ran = place.sim_ends(0, &["check", name]);
        assert!(ran.out.starts_with(expected), "{name}: {}", ran.out);
        place.sim_ends(0, &["plot", name, "--kind", "clocks", "--force", "--out", "x.svg"]);
    }
}

#[test]
fn findings_and_errors_have_the_line_of_their_row() {
    let place = Place::new();
    let spread = |text: &str| format!("\r\n{}", text.replace('\n', "\r\n\r\n"));
    place.write("bad.csv", spread(&trace(2)));
    let ran = place.sim_ends(1, &["check", "bad.csv"]);
    assert!(ran.out.contains("\nrow 10: rule 1 (clock grows)"), "{}", ran.out);
    place.write("typo.csv", spread(&trace(3).replace("internal", "interna1")));
    let ran = place.sim_ends(65, &["check", "typo.csv"]);
    assert!(ran.err.contains("typo.csv: line 10: `event`: expected send, receive"), "{}", ran.err);
    place.write("bars.csv", trace(3).replace(',', "|"));
    let ran = place.sim_ends(65, &["check", "bars.csv"]);
    assert!(ran.err.contains("found a single one: `time_ns|machine|"), "{}", ran.err);
}

#[test]
fn a_trace_without_events_has_one_answer() {
    let place = Place::new();
    place.write("none.csv", format!("{HEADER}\r\n"));
    let ran = place.sim_ends(2, &["check", "none.csv"]);
    assert_eq!(ran.out, "undetermined: the trace has no events\n");
    assert_eq!(ran.err, "");
    let ran = place.sim_ends(2, &["check", "none.csv", "--format", "json"]);
    assert!(ran.out.contains(r#""verdict":"unknown""#), "{}", ran.out);
    assert!(ran.out.contains(r#""checked":[]"#), "{}", ran.out);
    // A config with exact tick times refuses it; one with jitter cannot.
    let config = "duration = \"9s\"\nrates = [1, 2]\nevents = { send = 0.5 }\n";
    place.write("exact.toml", config);
    place.write("jitter.toml", format!("{config}ticks = {{ jitter = \"1ms\" }}\n"));
    let ran = place.sim_ends(1, &["check", "none.csv", "--config", "exact.toml"]);
    assert!(ran.out.starts_with("violated: 2 violations in 0 events"), "{}", ran.out);
    let ran = place.sim_ends(2, &["check", "none.csv", "--config", "jitter.toml"]);
    assert_eq!(ran.out, "undetermined: the trace has no events\n");
}

#[test]
fn histories_are_taken_in_any_form_of_json() {
    let place = Place::new();
    let one = r#"{"process":3,"type":"invoke","f":"echo","value":"x"}"#;
    let two = r#"{"process":3,"type":"ok","f":"echo","value":"x"}"#;
    place.write("mark.jsonl", format!("\u{feff}{one}\r\n{two}\r\n"));
    place.write("array.json", format!("[{one},{two}]"));
    place.write("pretty.jsonl", format!("[\n  {one},\n  {two}\n]\n"));
    place.write("history", format!("{one}\n{two}\n"));
    place.write("history.txt", "\u{feff}[{:process 3, :type :invoke, :f :echo, :value \"x\"}]");
    for (name, entries) in [
        ("mark.jsonl", 2),
        ("array.json", 2),
        ("pretty.jsonl", 2),
        ("history", 2),
        ("history.txt", 1),
    ] {
        let ran = place.sim(&["check", name, "--workload", "echo"]);
        assert!(
            ran.out.contains(&format!(": {entries} entries, ")),
            "{name}: {}{}",
            ran.out,
            ran.err
        );
    }
    place.write("bad.json", format!("[{one},\n\n {}]", two.replace("ok", "okay")));
    let ran = place.sim_ends(65, &["check", "bad.json", "--workload", "echo"]);
    assert!(ran.err.contains("bad.json: line 3: `type`: expected invoke"), "{}", ran.err);
}

#[test]
fn marks_before_configs_and_lists_of_nodes_are_passed_over() {
    let place = Place::new();
    let config = "\u{feff}duration = \"1s\"\r\nrates = [1, 2]\r\nevents = { send = 0.5 }\r\n";
    place.write("a.toml", config);
    place.sim_ends(0, &["run", "a.toml", "-q"]);
    place.write("a-sweep.toml", "\u{feff}base = \"a.toml\"\nseeds = \"0..1\"\n");
    place.sim_ends(0, &["sweep", "a-sweep.toml", "-q"]);
    let wide: Vec<u8> = "rates".encode_utf16().flat_map(u16::to_le_bytes).collect();
    place.write("wide.toml", [&b"\xff\xfe"[..], &wide].concat());
    let ran = place.sim_ends(65, &["run", "wide.toml"]);
    assert!(ran.err.contains("wide.toml: it is UTF-16, expected UTF-8"), "{}", ran.err);
}

#[cfg(unix)]
#[test]
fn a_list_of_nodes_may_begin_with_a_mark() {
    let place = Place::new();
    place.write("nodes.txt", "\u{feff}a1\r\nb2\r\n");
    let options = ["test", "-w", "echo", "--bin", SIM, "--nodes-file", "nodes.txt"];
    let brief = ["--rate", "50", "--time-limit", "1", "--recovery-time", "0", "--", "node", "echo"];
    let ran = place.sim_ends(0, &[&options[..], &brief].concat());
    assert!(ran.out.contains("2 nodes"), "{}", ran.out);
    assert!(place.read("results/test/echo/run-1/config.toml").contains("[\"a1\", \"b2\"]"));
}

#[cfg(unix)]
#[test]
fn a_script_of_windows_is_named() {
    use std::fs::{Permissions, set_permissions};
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    for (name, first) in [("direct", "#!/bin/sh"), ("by-env", "#!/usr/bin/env sh")] {
        place.write(name, format!("{first}\r\nexec cat\r\n"));
        set_permissions(place.join(name), Permissions::from_mode(0o755)).expect("permissions");
        let bin = format!("./{name}");
        let options = ["test", "-w", "echo", "--bin", &bin, "--node-count", "1"];
        let brief = ["--time-limit", "0.1", "--recovery-time", "0", "--start-limit", "5"];
        let ran = place.sim(&[&options[..], &brief].concat());
        let said = format!("{}{}", ran.out, ran.err);
        assert!(said.contains("first line") && said.contains("ends in CR LF"), "{name}: {said}");
    }
}

#[test]
fn negative_numbers_are_values_of_their_options() {
    let place = Place::new();
    #[cfg(unix)]
    for option in [
        "--rate",
        "--latency",
        "--seed",
        "--time-limit",
        "--recovery-time",
        "--nemesis-interval",
        "--loss",
        "--duplication",
        "--node-count",
        "--concurrency",
        "--key-count",
        "--max-txn-length",
        "--max-writes-per-key",
        "--test-count",
        "--start-limit",
        "--grace",
        "--line-limit",
        "--log-limit",
        "--backlog-limit",
        "--in-flight-limit",
        "--memory-limit",
    ] {
        let ran = place.sim_ends(64, &["test", "-w", "echo", "--bin", "true", option, "-1"]);
        assert!(
            ran.err.contains("expected ") && ran.err.contains(" from "),
            "{option}: {}",
            ran.err
        );
        assert!(!ran.err.contains("unexpected argument"), "{option}: {}", ran.err);
    }
    for arguments in [
        ["run", "exp9", "--seed", "-1"],
        ["sweep", "exp9", "--jobs", "-1"],
        ["sweep", "exp9", "--max-failures", "-1"],
        ["reproduce", "exp9", "--seeds", "-1"],
        ["reproduce", "exp9", "--jobs", "-1"],
    ] {
        let ran = place.sim_ends(64, &arguments);
        assert!(ran.err.contains("expected a whole number from "), "{arguments:?}: {}", ran.err);
    }
    let ran = place.sim_ends(64, &["run", "exp9", "--duration", "-1.5s"]);
    let message = "found \"-1.5s\"\n |\n = help: it is negative";
    assert!(ran.err.contains(message), "{}", ran.err);
}

#[test]
fn dashes_and_bare_arguments_have_a_hint() {
    let place = Place::new();
    let check = |code: i32, line: &str, hint: &str| {
        let arguments: Vec<&str> = line.split(' ').collect();
        let ran = place.sim_ends(code, &arguments);
        assert!(ran.err.ends_with(&format!("hint: {hint}\n")), "{line}: {}", ran.err);
        assert!(!ran.err.contains("tip:"), "{line}: {}", ran.err);
    };
    let en = "begins with an en dash (U+2013): write";
    check(64, "run exp9 \u{2013}-seed 3", &format!("`\u{2013}-seed` {en} `--seed`"));
    check(65, "check \u{2013}-quiet", &format!("`\u{2013}-quiet` {en} `--quiet`"));
    if cfg!(unix) {
        let em = "begins with an em dash (U+2014): write";
        check(
            64,
            "test -w echo --bin true \u{2014}nemesis partition",
            &format!("`\u{2014}nemesis` {em} `--nemesis`"),
        );
        check(
            64,
            "test -w echo --bin true serve --fast",
            "arguments of the node program come last, after `--`: `-- serve …`",
        );
        check(64, "test -w echo ./n", "the node program is given as `--bin ./n`");
        let ran = place.sim_ends(65, &["test", "-w", "echo", "--bin", "./n serve"]);
        assert!(ran.err.contains("and its arguments last, after `--`"), "{}", ran.err);
    }
}
