//! `sim reproduce`: its tables, its verdicts on reported figures, and its exit codes.

use std::ffi::OsString;

use serde_json::Value;
use sim::cli::{Exit, Interrupt, Io, Signal, execute};
use sim::store::Store;

use crate::support::{Place, root};

const TABLES: [&str; 2] = ["reproduction.md", "reproduction.csv"];

/// Returns the figures of these configs over a number of seeds.
fn figures(names: &[&str], seeds: u64) -> Vec<Value> {
    let number = seeds.to_string();
    let mut arguments = vec!["reproduce", "--seeds", &number, "--format", "json"];
    arguments.extend(names);
    let ran = Place::new().sim_ends(0, &arguments);
    let found = ran.json();
    assert_eq!((&found["seeds"], &found["files"]), (&seeds.into(), &Value::Array(vec![])));
    found["figures"].as_array().expect("a list").clone()
}

#[track_caller]
fn figure<'a>(figures: &'a [Value], machine: &str, metric: &str) -> &'a Value {
    let is = |figure: &&Value| figure["machine"] == machine && figure["metric"] == metric;
    figures.iter().find(is).unwrap_or_else(|| panic!("{machine} {metric}"))
}

#[test]
fn ten_eighteenths_are_refuted_with_two_thirds() {
    let found = figures(&["exp4"], 200);
    let ratio = figure(&found, "1", "clock_ratio_to_fastest");
    assert_eq!(ratio["verdict"], "contradicted by theory");
    let right = ratio["theory"]["value"].as_f64().expect("a number");
    assert!((right - 2.0 / 3.0).abs() < 1e-9, "{right}");
    let jumps = &figure(&found, "2", "jump_mean_ratio_2_to_1")["theory"];
    assert_eq!((&jumps["value"], &jumps["contradicts"]), (&0.5.into(), &true.into()));
    let pace = figure(&found, "2", "clock_ratio_to_fastest");
    assert_eq!(pace["verdict"], "in accord with theory");
    let grows = figure(&found, "1", "queue_final");
    assert_eq!(grows["verdict"], "holds in nearly all seeds");
    assert_eq!(grows["variants"]["exact"]["distribution"]["count"], 200);
}

#[test]
fn only_the_measured_periods_explain_the_jumps_of_fast_machines() {
    let found = figures(&["notebook/range100-run1", "notebook/tight-run1"], 200);
    let jump = figure(&found, "1", "jump_mean");
    assert_eq!(jump["reported"], 3.67);
    assert_eq!(jump["verdict"], "only with imperfection");
    let clock = figure(&found, "2", "clock_final");
    let exact = &clock["variants"]["exact"]["distribution"];
    assert_eq!((&exact["low"], &exact["high"]), (&120.0.into(), &120.0.into()));
    assert_eq!(clock["verdict"], "only with phase");
}

/// The settings printed for a variant reproduce its runs.
#[test]
fn the_settings_of_a_variant_are_those_of_run() {
    const SEEDS: u64 = 21;
    let found = figures(&["exp1"], SEEDS);
    let variant = &figure(&found, "2", "queue_mean_time")["variants"]["real"];
    let place = Place::new();
    let value = |seed: u64| {
        let seed = seed.to_string();
        let mut arguments = vec!["run", "exp1", "--seed", &seed, "--format", "json", "--no-trace"];
        for set in variant["set"].as_array().expect("a list") {
            arguments.extend(["--set", set.as_str().expect("a text")]);
        }
        let ran = place.sim_ends(0, &arguments);
        let run = ran.json();
        run["summary"]["machines"][1]["queue_mean_time"].as_f64().expect("a number")
    };
    let mut values: Vec<f64> = (0..SEEDS).map(value).collect();
    values.sort_by(f64::total_cmp);
    let distribution = &variant["distribution"];
    for (name, value) in [("low", values[0]), ("median", values[10]), ("high", values[20])] {
        let found = distribution[name].as_f64().expect("a number");
        assert!((found - value).abs() < 1e-6, "{name}: {found}, not {value}");
    }
}

#[test]
fn the_tables_do_not_depend_on_the_number_of_threads() {
    let place = Place::new();
    for jobs in ["1", "2", "7"] {
        let arguments = [
            "reproduce",
            "exp4",
            "notebook/trial9",
            "--seeds",
            "30",
            "--jobs",
            jobs,
            "--out",
            jobs,
        ];
        let ran = place.sim_ends(0, &arguments);
        assert!(ran.out.contains("right is 0.667"), "{}", ran.out);
    }
    for table in TABLES {
        let one = place.read(&format!("1/{table}"));
        assert!(one.contains("contradicted by theory"), "{one}");
        assert_eq!(one, place.read(&format!("2/{table}")));
        assert_eq!(one, place.read(&format!("7/{table}")));
    }
}

#[test]
fn a_part_replaces_nothing() {
    let place = Place::new();
    let ran = place.sim_ends(0, &["reproduce", "exp5", "--seeds", "20"]);
    assert!(ran.out.contains("no files"), "{}", ran.out);
    assert!(ran.out.contains("holds in few seeds"), "{}", ran.out);
    let ran = place.sim_ends(0, &["reproduce", "--seeds", "1", "--quiet"]);
    assert_eq!((ran.out.as_str(), place.files()), ("", vec![]));
}

#[test]
fn an_unknown_name_lists_the_right_ones() {
    let place = Place::new();
    for name in ["exp44", "lossy", "configs/exp4.toml"] {
        let ran = place.sim_ends(64, &["reproduce", name]);
        assert!(ran.err.contains(name) && ran.err.contains("notebook/range6-run1"), "{}", ran.err);
    }
    place.sim_ends(64, &["reproduce", "--seeds", "0"]);
    place.sim_ends(64, &["reproduce", "--jobs", "0"]);
}

/// Runs the command in this process for one config, into the folder `tables`.
fn in_process(place: &Place, store: &Store, interrupt: &Interrupt) -> (Exit, String) {
    let (mut out, mut err) = (vec![], vec![]);
    let mut world = Io::new(&mut out, &mut err, store, interrupt);
    let arguments = ["sim", "reproduce", "exp5", "--seeds", "5", "--out"].map(OsString::from);
    let folder = place.join("tables").into_os_string();
    let exit = execute(arguments.into_iter().chain([folder]), &mut world);
    (exit, String::from_utf8(err).expect("text"))
}

#[test]
fn an_interrupt_leaves_no_tables() {
    let place = Place::new();
    let interrupt = Interrupt::default();
    interrupt.raise(Signal::Interrupt);
    let (exit, err) = in_process(&place, &Store::new(), &interrupt);
    assert_eq!((exit, err.as_str()), (Exit::Interrupted, "interrupted; nothing was written\n"));
    assert_eq!(place.files(), Vec::<String>::new());
}

#[test]
fn a_disk_that_fails_leaves_whole_tables_or_none() {
    let whole = Place::new();
    let store = Store::new();
    let (exit, _) = in_process(&whole, &store, &Interrupt::default());
    assert_eq!(exit, Exit::Holds);
    for operation in 1..=store.operations() {
        let place = Place::new();
        let failing = Store::failing_at(operation);
        let (exit, err) = in_process(&place, &failing, &Interrupt::default());
        assert_eq!(exit, Exit::InputOutput, "{operation}");
        assert!(err.contains("injected fault"), "{err}");
        for file in place.files() {
            assert_eq!(place.read(&file), whole.read(&file), "{operation}");
        }
    }
}

/// The committed tables are those that the program writes, in any build: here the rows of some
/// configs. `.ci/run` compares the whole tables with those of the release binary.
#[test]
fn the_reference_tables_are_up_to_date() {
    let place = Place::new();
    let names = ["exp1", "exp4", "notebook/range6-run1", "notebook/tight-run1"];
    place.sim_ends(0, &[&["reproduce", "--quiet", "--out", "some"], &names[..]].concat());
    let found = place.read("some/reproduction.csv");
    let all = std::fs::read_to_string(root().join("results/reference/reproduction.csv"));
    let all = all.expect("the table");
    let is_of_some = |line: &&str| line.split(',').next().is_some_and(|name| names.contains(&name));
    let expected: Vec<&str> = all.lines().filter(is_of_some).collect();
    assert!(expected.len() >= names.len() && all.lines().next() == found.lines().next());
    assert_eq!(found.lines().skip(1).collect::<Vec<_>>(), expected);
}
