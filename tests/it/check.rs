//! `sim run --check` and `sim check`: good runs are accepted, and mutated traces are refused by the
//! rule that they break.

use crate::support::{Place, Ran, golden, root};

/// The mutated traces, each with its further inputs. The number in a name is that of the rule.
const MUTATED: [(&str, bool, bool); 14] = [
    ("rule-01-clock-stands-still.csv", false, false),
    ("rule-02-steps-by-two.csv", false, false),
    ("rule-03-receive-jumps-too-far.csv", false, false),
    ("rule-04-send-hides-its-clock.csv", false, false),
    ("rule-05-another-sender.csv", false, false),
    ("rule-05-received-twice.csv", false, false),
    ("rule-05-a-copy-without-duplication.csv", false, false),
    ("rule-06-overtaken-on-a-link.csv", true, false),
    ("rule-07-a-copy-of-nothing-net.csv", true, true),
    ("rule-07-a-copy-vanishes-net.csv", true, true),
    ("rule-08-queue-too-long.csv", true, true),
    ("rule-09-a-nanosecond-late.csv", true, false),
    ("rule-09-a-tick-is-missing.csv", true, false),
    ("rule-10-leaves-a-message-waiting.csv", false, false),
];

/// Checks a stored trace, with the config of the good one and optionally a journal.
fn check(file: &str, config: bool, net: bool) -> Ran {
    let data = |name: &str| root().join("tests/data/traces/calm").join(name).display().to_string();
    let (trace, journal) = match file.ends_with("-net.csv") {
        true => ("good.csv", file),
        false => (file, "good-net.csv"),
    };
    let mut arguments = vec!["check".to_owned(), data(trace)];
    if config {
        arguments.extend(["--config".to_owned(), data("good.toml")]);
    }
    if net {
        arguments.extend(["--net".to_owned(), data(journal)]);
    }
    Place::new().sim(&arguments.iter().map(String::as_str).collect::<Vec<_>>())
}

#[test]
fn the_good_trace_is_what_its_config_gives_and_holds() {
    let place = Place::new();
    let config = root().join("tests/data/traces/calm/good.toml").display().to_string();
    place.sim_ends(0, &["run", &config, "--net", "--quiet"]);
    for (stored, written) in [("good.csv", "trace.csv"), ("good-net.csv", "net.csv")] {
        let text = place.read(&format!("results/good/seed-1/{written}"));
        golden(&format!("tests/data/traces/calm/{stored}"), &text);
    }
    for (config, net, rules) in [(false, false, 6), (true, false, 8), (true, true, 10)] {
        let ran = check("good.csv", config, net);
        assert_eq!(ran.code, 0, "{}", ran.out);
        assert_eq!(ran.out.matches("  holds\n").count(), rules, "{}", ran.out);
        assert_eq!(ran.out.matches("  not checked: ").count(), 10 - rules, "{}", ran.out);
    }
}

#[test]
fn each_changed_trace_is_refused_for_its_own_rule_alone() {
    for (file, config, net) in MUTATED {
        let ran = check(file, config, net);
        assert_eq!(ran.code, 1, "{file}\n{}{}", ran.out, ran.err);
        assert!(ran.out.starts_with("violated: 1 violation in "), "{file}\n{}", ran.out);
        let number: u32 = file[5..7].parse().expect("a number");
        let mut lines = ran.out.lines().filter(|line| !line.starts_with("why: "));
        let violation = lines.next_back().expect("a violation");
        assert!(violation.contains(&format!("rule {number} (")), "{file}\n{violation}");
        assert!(
            violation.starts_with("row ") || file.contains("-copy-") || file.contains("missing"),
            "{file}\n{violation}"
        );
    }
}

#[test]
fn every_rule_has_a_changed_trace() {
    let stored = std::fs::read_dir(root().join("tests/data/traces/calm")).expect("the folder");
    let files = stored.flatten().filter(|f| f.file_name().to_string_lossy().starts_with("rule-"));
    assert_eq!(files.count(), MUTATED.len());
    for rule in 1..=10 {
        let prefix = format!("rule-{rule:02}-");
        assert!(MUTATED.iter().any(|(file, _, _)| file.starts_with(&prefix)), "{prefix}");
    }
}

#[test]
fn every_shipped_experiment_holds_live_and_stored() {
    let place = Place::new();
    let names = sim::config::SHIPPED.iter().map(|shipped| shipped.name);
    // The challenges are checked in both ways where they are met, in `glomers.rs`.
    for config in names.filter(|name| !name.starts_with("glomers/")) {
        let duration: &[&str] = match config {
            "big" => &["--duration", "100ms"],
            _ => &[],
        };
        let run = ["run", config, "--check", "--net", "--quiet"];
        place.sim_ends(0, &[&run, duration].concat());
        place.sim_ends(0, &["check", "results/latest", "--quiet"]);
    }
}

#[test]
fn stamps_before_the_step_are_refused_unless_they_are_expected() {
    let place = Place::new();
    place.sim_ends(0, &["run", "notebook/trial1", "--quiet"]);
    let trace = "results/notebook/trial1/seed-1/trace.csv";
    let ran = place.sim_ends(1, &["check", trace]);
    assert!(ran.out.contains("rule 4 (causality)"), "{}", ran.out);
    place.sim_ends(0, &["check", trace, "--stamp", "before"]);
    place.sim_ends(0, &["check", trace, "--config", "notebook/trial1"]);
}

#[test]
fn duplicates_are_refused_unless_they_are_expected() {
    let place = Place::new();
    place.sim_ends(0, &["run", "lossy", "--quiet"]);
    let trace = "results/lossy/seed-1/trace.csv";
    let ran = place.sim_ends(1, &["check", trace]);
    assert!(ran.out.contains("rule 5 (receive has send)"), "{}", ran.out);
    place.sim_ends(0, &["check", trace, "--duplication"]);
}

#[test]
fn beyond_64_machines_causality_is_checked_on_each_message() {
    let place = Place::new();
    let many = "rates={random=[1,9],count=65}";
    let ran = place.sim_ends(0, &["run", "exp4", "--set", many, "--check", "--duration", "5s"]);
    assert!(ran.out.contains("per message only: there are more than 64 machines"), "{}", ran.out);
    let few = "rates={random=[1,9],count=64}";
    let ran = place.sim_ends(0, &["run", "exp4", "--set", few, "--check", "--duration", "5s"]);
    assert!(!ran.out.contains("per message only"), "{}", ran.out);
}

#[test]
fn a_changed_result_is_named_before_it_is_checked() {
    let place = Place::new();
    place.sim_ends(0, &["run", "exp9", "--quiet"]);
    let path = "results/exp9/seed-1/trace.csv";
    place.write(path, place.read(path).replace("internal", "send"));
    let ran = place.sim_ends(65, &["check", "results/exp9/seed-1"]);
    assert!(ran.err.contains("it was changed since it was written"), "{}", ran.err);
}

#[test]
fn a_changed_manifest_or_config_is_named() {
    let place = Place::new();
    let check = |message: &str| {
        let ran = place.sim_ends(65, &["check", "results/exp9/seed-1"]);
        assert!(ran.err.contains(message), "{}", ran.err);
    };
    let change = |name: &str, from: &str, to: &str| {
        place.sim_ends(0, &["run", "exp9", "--quiet", "--force"]);
        let path = format!("results/exp9/seed-1/{name}");
        place.write(&path, place.read(&path).replace(from, to));
    };
    change("config.toml", "seed = 1", "seed = 2");
    check("config.toml: it was changed since it was written");
    change("manifest.json", "\"format\": 1", "\"format\": 99");
    check("a newer sim wrote this (format 99)");
    place.sim_ends(73, &["run", "exp9"]);
    place.sim_ends(0, &["run", "exp9", "--quiet", "--force"]);
    std::fs::remove_file(place.join("results/exp9/seed-1/trace.csv")).expect("the trace");
    check("this run wrote no trace here");
}

#[test]
fn what_is_no_trace_is_refused_with_its_place() {
    let place = Place::new();
    let header = "time_ns,machine,event,clock,queue_len,from,to,message,stamp,copy";
    place.write("no-columns.csv", "a,b\n1,2\n");
    place.write("bad-field.csv", format!("{header}\n5,1,internal,-1,0,,,,,\n"));
    place.write("binary.csv", [0xff, 0xfe, 0x00]);
    for (file, message) in [
        ("no-columns.csv", "no-columns.csv: line 1: there is no column `time_ns`"),
        ("bad-field.csv", "bad-field.csv: line 2: `clock`: expected a whole number, found `-1`"),
        ("binary.csv", "binary.csv: line 1: "),
        ("missing.csv", "missing.csv: it cannot be read"),
        (".", "no finished result"),
    ] {
        let ran = place.sim_ends(65, &["check", file]);
        assert!(ran.err.contains(message), "{}", ran.err);
    }
}

#[test]
fn numbers_at_the_end_of_their_range_are_checked_without_overflow() {
    let place = Place::new();
    let max = u64::MAX;
    place.write(
        "huge.csv",
        format!(
            "time_ns,machine,event,clock,queue_len,from,to,message,stamp,copy\n\
             {max},4294967295,internal,{max},{max},,,,,\n\
             {max},1,receive,{max},0,4294967295,,{max},{max},4294967295\n"
        ),
    );
    let ran = place.sim_ends(1, &["check", "huge.csv", "--duplication"]);
    assert!(ran.out.contains("violated: 3 violations in 2 events"), "{}", ran.out);
}

#[test]
fn what_is_no_trace_is_told_from_one_that_is_wrong() {
    let place = Place::new();
    place.write("header.csv", sim::trace::HEADER);
    let ran = place.sim_ends(2, &["check", "header.csv"]);
    assert_eq!(
        (ran.out.as_str(), ran.err.as_str()),
        ("undetermined: the trace has no events\n", "")
    );
    place.write("empty.csv", "");
    let ran = place.sim_ends(65, &["check", "empty.csv"]);
    assert!(
        ran.err.contains("empty.csv: it is empty; the first line has the columns"),
        "{}",
        ran.err
    );
    let ran = place.sim_ends(65, &["check", "/dev/zero"]);
    assert!(ran.err.contains("it has a line of more than 65536 bytes"), "{}", ran.err);
}
