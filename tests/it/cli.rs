//! The command line on real input: its output, its files, its exit codes.

use crate::support::Place;

#[test]
fn the_main_job_prints_measures_and_leaves_a_result() {
    let place = Place::new();
    let ran = place.sim_ends(0, &["run", "exp9"]);
    for part in [
        "exp9  3 machines, rates 1, 1, 6; send 0.9; 60s; seed 1",
        "machine  rate/s  clock  clock/s (theory)  jump (theory)  max jump",
        "drift     265 at the end",
        "events    480 in 60 s",
        "blake3 ",
        "results   results/exp9/seed-1",
    ] {
        assert!(ran.out.contains(part), "{part}\n{}", ran.out);
    }
    let folder = "results/exp9/seed-1";
    let files = ["config.toml", "manifest.json", "summary.json", "trace.csv"];
    assert_eq!(place.files(), files.map(|name| format!("{folder}/{name}")));
    let trace = place.read("results/exp9/seed-1/trace.csv");
    assert_eq!(trace.lines().count(), 481);
    let manifest: serde_json::Value =
        serde_json::from_str(&place.read("results/exp9/seed-1/manifest.json")).expect("JSON");
    assert_eq!(manifest["trace_blake3"], blake3::hash(trace.as_bytes()).to_hex().as_str());
    assert_eq!(manifest["rows"], 480);
    assert_eq!(manifest["end"], "duration");
    assert_eq!(manifest["replayable"], true);
}

#[test]
fn the_same_again_is_a_success_and_heals_the_result() {
    let place = Place::new();
    place.sim_ends(0, &["run", "exp9", "--quiet"]);
    let trace = place.read("results/exp9/seed-1/trace.csv");
    place.write("results/exp9/seed-1/trace.csv", "spoiled");
    place.sim_ends(0, &["run", "exp9", "--quiet"]);
    assert_eq!(place.read("results/exp9/seed-1/trace.csv"), trace);
}

/// Returns the folders that have files.
fn folders(place: &Place) -> Vec<String> {
    let folder = |file: &String| file.rsplit_once('/').map(|(folder, _)| folder.to_owned());
    let mut folders: Vec<String> = place.files().iter().filter_map(folder).collect();
    folders.sort();
    folders.dedup();
    folders
}

#[test]
fn a_folder_says_what_was_changed_whatever_came_first() {
    let changed = ["--duration", "10s", "--set", "events.send=0.3"];
    let run = |place: &Place, more: &[&str]| {
        place.sim_ends(0, &[&["run", "exp9", "--quiet"], more].concat());
    };
    let place = Place::new();
    run(&place, &changed);
    run(&place, &[]);
    run(&place, &changed);
    run(&place, &["--seed", "2"]);
    let name = "results/exp9/seed-1+duration=10s+events.send=0.3";
    let expected =
        ["results/exp9/seed-1".to_owned(), name.to_owned(), "results/exp9/seed-2".into()];
    assert_eq!(folders(&place), expected);
    // Its resolved config is a replay of the same run, and of another seed.
    let config = format!("{name}/config.toml");
    place.sim_ends(0, &["run", &config, "--quiet"]);
    place.sim_ends(0, &["run", &config, "--quiet", "--seed", "3"]);
    assert_eq!(folders(&place).len(), 4);
    assert!(place.join("results/exp9/seed-3+duration=10s+events.send=0.3").is_dir());
    let ran = place.sim_ends(0, &["plot", name, "--term", "--kind", "clocks"]);
    assert!(ran.out.contains("exp9, seed 1, duration=10s, events.send=0.3"), "{}", ran.out);
}

#[test]
fn a_config_file_that_was_edited_goes_beside() {
    let place = Place::new();
    for duration in ["1s", "2s"] {
        let text = format!("duration = \"{duration}\"\nrates = [1]\nevents = {{ send = 0.5 }}\n");
        place.write("my.toml", &text);
        place.sim_ends(0, &["run", "my.toml", "--quiet"]);
    }
    let beside = folders(&place).into_iter().find(|folder| folder.contains("seed-1-"));
    assert_eq!(beside.expect("one beside").len(), "results/my/seed-1-123456".len());
}

#[cfg(unix)]
#[test]
fn the_latest_result_is_linked() {
    let place = Place::new();
    let target = || std::fs::read_link(place.join("results/latest")).expect("a link");
    place.sim_ends(0, &["run", "exp9", "--quiet"]);
    place.sim_ends(0, &["run", "exp9", "--quiet", "--seed", "2"]);
    assert_eq!(target(), std::path::Path::new("exp9/seed-2"));
    place.sim_ends(0, &["run", "exp9", "--quiet"]);
    assert_eq!(target(), std::path::Path::new("exp9/seed-1"));
    place.sim_ends(0, &["check", "results/latest"]);
}

#[test]
fn other_bytes_for_the_same_config_are_nondeterminism() {
    let place = Place::new();
    place.sim_ends(0, &["run", "exp9", "--quiet"]);
    let path = "results/exp9/seed-1/manifest.json";
    let manifest = place.read(path);
    let fingerprint = manifest.find("\"fingerprint\": \"").expect("a fingerprint") + 16;
    let mut changed = manifest.clone();
    changed.replace_range(fingerprint..fingerprint + 4, "0000");
    place.write(path, &changed);
    let ran = place.sim_ends(4, &["run", "exp9"]);
    assert!(ran.err.contains("nothing was written"), "{}", ran.err);
    assert_eq!(place.read(path), changed);
    place.sim_ends(0, &["run", "exp9", "--force", "--quiet"]);
    assert_eq!(place.read(path), manifest);
}

#[test]
fn the_result_of_another_version_is_not_overwritten() {
    let place = Place::new();
    place.sim_ends(0, &["run", "exp9", "--quiet"]);
    let path = "results/exp9/seed-1/manifest.json";
    let ours = format!("\"sim\": \"{}\"", env!("CARGO_PKG_VERSION"));
    place.write(path, place.read(path).replace(&ours, "\"sim\": \"0.0.9\""));
    let ran = place.sim_ends(73, &["run", "exp9"]);
    assert!(ran.err.contains("the result of sim 0.0.9"), "{}", ran.err);
}

#[test]
fn foreign_files_are_left_alone_without_force() {
    let place = Place::new();
    std::fs::create_dir_all(place.join("results/exp9/seed-1")).expect("a folder");
    place.write("results/exp9/seed-1/thesis.txt", "years of work");
    place.write("results/exp9/seed-1/trace.csv", "mine");
    let ran = place.sim_ends(73, &["run", "exp9"]);
    assert!(ran.err.contains("holds thesis.txt, which is no result of ours"), "{}", ran.err);
    assert_eq!(place.read("results/exp9/seed-1/trace.csv"), "mine");
    place.sim_ends(0, &["run", "exp9", "--force", "--quiet"]);
    assert_eq!(place.read("results/exp9/seed-1/thesis.txt"), "years of work");
}

#[test]
fn a_trace_goes_to_stdout_alone() {
    let place = Place::new();
    let ran = place.sim_ends(0, &["run", "exp9", "--trace-out", "-"]);
    assert_eq!(place.files(), [] as [&str; 0]);
    assert_eq!(ran.err, "");
    place.sim_ends(0, &["run", "exp9", "--quiet"]);
    assert_eq!(ran.out, place.read("results/exp9/seed-1/trace.csv"));
}

#[test]
fn a_trace_goes_to_a_file_of_choice() {
    let place = Place::new();
    place.sim_ends(0, &["run", "exp9", "--quiet", "--trace-out", "mine.csv"]);
    place.sim_ends(0, &["run", "exp9", "--quiet", "--out", "other"]);
    assert_eq!(place.read("mine.csv"), place.read("other/exp9/seed-1/trace.csv"));
    assert!(!place.join("results/exp9/seed-1/trace.csv").exists());
}

#[test]
fn a_trace_of_its_own_place_destroys_nothing() {
    let place = Place::new();
    place.write("thesis.txt", "years of work");
    std::fs::create_dir(place.join("folder")).expect("a folder");
    let run = |code, file: &str| place.sim_ends(code, &["run", "exp9", "-q", "--trace-out", file]);
    assert!(run(73, "thesis.txt").err.contains("use --force"));
    run(64, "folder");
    run(64, "/dev/null");
    run(64, "results/exp9/seed-1/config.toml");
    assert_eq!(place.files(), ["thesis.txt"]);
    place.sim_ends(0, &["run", "exp9", "-q", "--trace-out", "thesis.txt", "--force"]);
    assert!(place.read("thesis.txt").starts_with("time_ns,"));
    place.sim_ends(64, &["run", "exp9", "--trace-out", "-", "--net"]);
}

#[test]
fn no_trace_leaves_the_measures() {
    let place = Place::new();
    place.sim_ends(0, &["run", "exp9", "--quiet", "--no-trace"]);
    let files = ["config.toml", "manifest.json", "summary.json"];
    assert_eq!(place.files(), files.map(|name| format!("results/exp9/seed-1/{name}")));
    assert!(!place.read("results/exp9/seed-1/manifest.json").contains("trace_blake3"));
    // A later run with a trace adds it to the same result.
    place.sim_ends(0, &["run", "exp9", "--quiet"]);
    assert!(place.read("results/exp9/seed-1/manifest.json").contains("trace_blake3"));
}

#[test]
fn json_holds_the_manifest_and_the_measures() {
    let place = Place::new();
    let ran = place.sim_ends(0, &["run", "exp4", "--format", "json", "--check"]);
    let json = ran.json();
    assert_eq!(json["manifest"]["config"]["name"], "exp4");
    assert_eq!(json["results_folder"], "results/exp4/seed-1");
    assert_eq!(json["check"]["holds"], true);
    let stored: serde_json::Value =
        serde_json::from_str(&place.read("results/exp4/seed-1/summary.json")).expect("JSON");
    assert_eq!(json["summary"], stored);
    assert_eq!(stored["machines"][2]["clock_final"], 360);
}

#[test]
fn every_measure_is_explained_and_every_explanation_is_of_a_measure() {
    let place = Place::new();
    let ran = place.sim_ends(0, &["run", "--explain"]);
    place.sim_ends(0, &["run", "exp4", "--quiet"]);
    let summary: serde_json::Value =
        serde_json::from_str(&place.read("results/exp4/seed-1/summary.json")).expect("JSON");
    let keys = |value: &serde_json::Value| -> Vec<String> {
        value.as_object().expect("an object").keys().cloned().collect()
    };
    let machine = &summary["machines"][0];
    let sections = [
        ("machines", keys(machine)),
        ("machines.predicted", keys(&machine["predicted"])),
        ("run", keys(&summary["run"])),
    ];
    for (section, mut names) in sections {
        let text = ran.out.split("\n\n").find(|text| text.starts_with(&format!("{section}\n")));
        let lines = text.expect(section).lines().skip(1);
        let explained =
            lines.map(|line| line.split_whitespace().next().expect("a name").to_owned());
        let mut explained: Vec<String> = explained.collect();
        names.sort();
        explained.sort();
        assert_eq!(names, explained, "{section}");
    }
}

#[test]
fn split_writes_a_trace_for_each_machine() {
    let place = Place::new();
    place.sim_ends(0, &["run", "exp4", "--quiet", "--split", "--net"]);
    let read = |name: &str| place.read(&format!("results/exp4/seed-1/{name}"));
    let whole = read("trace.csv");
    for machine in 1..=3 {
        let own = read(&format!("machine-{machine}.csv"));
        let of_machine = |line: &&str| line.split(',').nth(1) == Some(&machine.to_string());
        let rows: Vec<&str> = whole.lines().filter(of_machine).collect();
        assert_eq!(own.lines().skip(1).collect::<Vec<_>>(), rows);
    }
    assert!(read("net.csv").starts_with("message,copy,from,to,sent_ns,fate,at_ns\n1,1,"));
}

#[test]
fn shipped_configs_are_listed_shown_and_copied() {
    let place = Place::new();
    let list = place.sim_ends(0, &["configs", "list"]).out;
    let names = list.lines().filter(|line| line.starts_with(|c: char| c.is_alphanumeric()));
    assert_eq!(names.count(), 69, "{list}");
    assert!(list.lines().all(|line| line.chars().count() <= 80), "{list}");
    let shown = place.sim_ends(0, &["configs", "show", "notebook/trial6"]).out;
    assert!(shown.contains("rates = [1, 5, 1]"));
    place.sim_ends(0, &["configs", "copy", "mine"]);
    assert_eq!(place.files().len(), 71);
    assert_eq!(place.read("mine/notebook/trial6.toml"), shown);
    place.write("mine/exp9.toml", "changed");
    place.sim_ends(73, &["configs", "copy", "mine"]);
    assert_eq!(place.read("mine/exp9.toml"), "changed");
    place.sim_ends(0, &["configs", "copy", "mine", "exp9", "--force"]);
    place.sim_ends(65, &["configs", "show", "exp99"]);
}

#[test]
fn a_copied_config_has_the_results_of_the_shipped_one() {
    let place = Place::new();
    place.sim_ends(0, &["configs", "copy", "configs", "notebook/trial1"]);
    place.sim_ends(0, &["run", "configs/notebook/trial1.toml", "--quiet"]);
    place.sim_ends(0, &["run", "notebook/trial1", "--quiet"]);
    assert!(place.join("results/notebook/trial1/seed-1/trace.csv").exists());
}

#[test]
fn a_limit_is_an_outcome_with_results_and_a_code_of_its_own() {
    let place = Place::new();
    for (limit, name) in [("events=100", "events"), ("queued_messages=5", "queued_messages")] {
        let set = format!("limits.{limit}");
        let ran = place.sim_ends(3, &["run", "exp9", "--set", &set, "--out", name, "--check"]);
        assert!(ran.err.contains(&format!("limits.{name} was reached at")), "{}", ran.err);
        let manifest = place.read(&format!("{name}/latest/manifest.json"));
        assert!(manifest.contains(&format!("\"end\": \"{name}\"")), "{manifest}");
    }
}

#[test]
fn one_machine_alone_counts_for_itself() {
    let place = Place::new();
    let ran = place.sim_ends(0, &["run", "exp9", "--set", "rates=[\"5/2\"]", "--check"]);
    assert!(!ran.out.contains("no prediction"), "{}", ran.out);
    let json = place.sim_ends(0, &["run", "exp9", "--set", "rates=[\"5/2\"]", "--format", "json"]);
    let json = json.json();
    let predicted = &json["summary"]["machines"][0]["predicted"];
    assert_eq!(
        (&predicted["clock_rate_per_s"], &predicted["jump_mean"]),
        (&2.5.into(), &1.0.into())
    );
    assert!(ran.out.contains("150 in 60 s: 0 send, 0 receive, 150 internal"), "{}", ran.out);
}

#[test]
fn help_has_examples() {
    let place = Place::new();
    for command in ["run", "check", "configs"] {
        let ran = place.sim_ends(0, &[command, "--help"]);
        assert!(ran.out.contains("Examples:"), "{command}");
    }
    assert!(place.sim_ends(0, &["--help"]).out.contains("Exit codes:"));
    let version = format!("sim {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(place.sim_ends(0, &["--version"]).out, version);
}
