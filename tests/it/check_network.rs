//! `sim check` against the configured network, the seed, the files beside a trace, and stdin.

use std::io::Write;
use std::process::Stdio;

use crate::support::{Place, Ran, root};

/// Replaces one row of a text, which must contain it.
#[track_caller]
fn changed(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "{from}");
    text.replacen(from, to, 1)
}

/// The rows and copies of the good trace, in a folder with their config.
struct Good {
    place: Place,
    trace: String,
    net: String,
}

impl Good {
    fn new() -> Good {
        let folder = root().join("tests/data/traces/calm");
        let read = |name: &str| std::fs::read_to_string(folder.join(name)).expect(name);
        let place = Place::new();
        place.write("good.toml", read("good.toml"));
        Good { place, trace: read("good.csv"), net: read("good-net.csv") }
    }

    fn check(&self, trace: &str, net: &str) -> Ran {
        self.place.write("trace.csv", trace);
        self.place.write("net.csv", net);
        self.place.sim(&["check", "trace.csv", "--config", "good.toml", "--net", "net.csv"])
    }

    /// Asserts that a defect is reported once, with this rule and this reason.
    #[track_caller]
    fn refuses(&self, ran: &Ran, rule: u32, reason: &str) {
        assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
        assert!(ran.out.starts_with("violated: 1 violation in "), "{}", ran.out);
        let mut lines = ran.out.lines().filter(|line| !line.starts_with("why: "));
        let violation = lines.next_back().expect("a violation");
        assert!(violation.contains(&format!("rule {rule} (")), "{violation}");
        assert!(violation.contains(reason), "{violation}");
    }
}

#[test]
fn a_stamp_is_the_clock_of_its_sender() {
    let good = Good::new();
    let send = "7996494857,3,send,49,0,,0,33,49,";
    for stamp in [0, 48, 50, u64::MAX] {
        let trace = changed(&good.trace, send, &format!("7996494857,3,send,49,0,,0,33,{stamp},"));
        good.refuses(&good.check(&trace, &good.net), 5, &format!("carries stamp {stamp}"));
        good.place.write("bare.csv", &trace);
        good.refuses(&good.place.sim(&["check", "bare.csv"]), 5, "its clock after the step, 49");
    }
    // No receive reveals a stamp that is too high.
    let trace = changed(
        &good.trace,
        "6829828190,3,send,42,0,,2,30,42,",
        "6829828190,3,send,42,0,,2,30,47,",
    );
    let trace = changed(
        &trace,
        "7742423385,2,receive,43,2,3,,30,42,1",
        "7742423385,2,receive,48,2,3,,30,47,1",
    );
    good.refuses(&good.check(&trace, &good.net), 5, "carries stamp 47");
}

#[test]
fn before_the_step_the_stamp_is_one_less() {
    let place = Place::new();
    place.sim_ends(0, &["run", "notebook/trial1", "--quiet"]);
    let trace = place.read("results/notebook/trial1/seed-1/trace.csv");
    let send = trace.lines().rfind(|line| line.contains(",send,")).expect("a send");
    let mut fields: Vec<&str> = send.split(',').collect();
    assert_eq!(
        fields[8].parse::<u64>().expect("a stamp") + 1,
        fields[3].parse::<u64>().expect("a clock")
    );
    fields[8] = fields[3];
    place.write("after.csv", changed(&trace, send, &fields.join(",")));
    let ran = place.sim_ends(1, &["check", "after.csv", "--stamp", "before"]);
    assert!(ran.out.contains("its clock before the step"), "{}", ran.out);
    let ran = place.sim_ends(1, &["check", "results/notebook/trial1/seed-1/trace.csv"]);
    assert!(ran.out.contains("hint: stamps from before the step"), "{}", ran.out);
}

#[test]
fn a_send_goes_to_another_machine_that_exists() {
    let good = Good::new();
    let send = "7996494857,3,send,49,0,,0,33,49,";
    for (to, reason) in [("3", "is to itself"), ("9", "is to machine 9, and there are 3")] {
        let trace = changed(&good.trace, send, &format!("7996494857,3,send,49,0,,{to},33,49,"));
        good.place.write("trace.csv", &trace);
        let ran = good.place.sim(&["check", "trace.csv", "--config", "good.toml"]);
        good.refuses(&ran, 5, reason);
    }
    let jitter = ["--config", "jitter.toml"];
    good.place.write(
        "jitter.toml",
        "duration = \"8s\"\nrates = [1, 3, 6]\nevents = { die = 5 }\n\
        ticks = { jitter = \"1ms\" }\n",
    );
    good.place.write("trace.csv", format!("{}7999999999,9,internal,1,0,,,,,\n", good.trace));
    let ran = good.place.sim(&["check", "trace.csv", jitter[0], jitter[1]]);
    good.refuses(&ran, 9, "there is no such machine");
}

#[test]
fn copies_are_held_against_the_configured_network() {
    let good = Good::new();
    assert_eq!(good.check(&good.trace, &good.net).code, 0);
    let (first, last) =
        ("1,1,2,1,75756719,delivered,76756719", "33,1,3,1,7996494857,delivered,7997494857");
    for (from, to, reason) in [
        (first, "1,1,2,1,75756719,delivered,76000000", "too fast"),
        (first, "1,1,2,1,75756719,delivered,75756719", "too fast"),
        (last, "33,1,3,1,7996494857,lost,7996494857", "loses nothing"),
        (last, "33,1,3,1,7996494857,cut,7997494857", "no partition is in its way"),
        (last, "33,1,3,1,7996494857,crashed,7997494857", "none ever is"),
    ] {
        good.refuses(&good.check(&good.trace, &changed(&good.net, from, to)), 7, reason);
    }
    let late = changed(&good.net, last, "33,1,3,1,7996494857,delivered,7997494858");
    let late = changed(&late, "33,1,3,2,7996494857,delivered,7997494857\n", "");
    let late = late + "33,1,3,2,7996494857,in_flight,\n";
    let ran = good.check(&good.trace, &late);
    assert!(
        ran.out.contains("too slow") && ran.out.contains("in flight at the end"),
        "{}",
        ran.out
    );
    let twice =
        changed(&good.net, last, &format!("{last}\n33,2,3,1,7996494857,delivered,7997494857"));
    good.refuses(&good.check(&good.trace, &twice), 7, "exists without duplication");
}

#[test]
fn a_copy_across_a_cut_is_reported() {
    let place = Place::new();
    place.sim_ends(0, &["run", "partition", "--net", "--quiet"]);
    let folder = "results/partition/seed-1";
    place.sim_ends(0, &["check", folder, "--quiet"]);
    let net = place.read(&format!("{folder}/net.csv"));
    let cut = net.lines().rfind(|line| line.contains(",cut,")).expect("a cut copy");
    place.write("net.csv", changed(&net, cut, &cut.replace(",cut,", ",delivered,")));
    let trace = format!("{folder}/trace.csv");
    let arguments = ["check", &trace, "--config", "partition", "--net", "net.csv"];
    let ran = place.sim_ends(1, &arguments);
    assert!(ran.out.contains("across a partition"), "{}", ran.out);
}

#[test]
fn files_beside_the_trace_are_looked_at() {
    let place = Place::new();
    let folder = "results/exp9/seed-1";
    for (file, from, to) in [
        ("summary.json", "\"end\":\"duration\"", "\"end\":\"exhausted\""),
        ("machine-2.csv", ",receive,", ",recieve,"),
        ("manifest.json", "\"seed\": 1", "\"seed\": 2"),
    ] {
        place.sim_ends(0, &["run", "exp9", "--split", "--quiet", "--force"]);
        place.sim_ends(0, &["check", folder, "--quiet"]);
        // The manifest still describes the files of the earlier run.
        place.sim_ends(0, &["run", "exp9", "--quiet"]);
        let path = format!("{folder}/{file}");
        place.write(&path, changed(&place.read(&path), from, to));
        let ran = place.sim_ends(65, &["check", folder]);
        assert!(ran.err.contains(file) && ran.err.contains("was changed"), "{}", ran.err);
    }
}

#[test]
fn the_seed_of_a_run_is_that_of_its_folder_or_given() {
    let place = Place::new();
    place.sim_ends(0, &["run", "exp9", "--seed", "7", "--quiet"]);
    let folder = "results/exp9/seed-7";
    let trace = format!("{folder}/trace.csv");
    place.sim_ends(0, &["check", folder, "--quiet"]);
    let ran = place.sim_ends(0, &["check", folder, "--config", "exp9"]);
    assert!(ran.err.contains("the config's seed is 1; checked with 7"), "{}", ran.err);
    let ran = place.sim_ends(1, &["check", folder, "--config", "exp9", "--seed", "1"]);
    assert!(ran.err.is_empty(), "{}", ran.err);
    let ran = place.sim_ends(1, &["check", &trace, "--config", "exp9"]);
    assert!(ran.err.contains("--seed N says so"), "{}", ran.err);
    place.sim_ends(0, &["check", &trace, "--config", "exp9", "--seed", "7"]);
    place.sim_ends(64, &["check", &trace, "--seed", "7"]);
}

/// Runs `sim check` on stdin.
fn on_stdin(place: &Place, arguments: &[&str], text: &str) -> Ran {
    let mut command = place.command(arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program runs");
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(text.as_bytes()).expect("the program reads");
    drop(stdin);
    child.wait_with_output().expect("the program ends").into()
}

#[test]
fn traces_and_histories_come_from_stdin() {
    let good = Good::new();
    let place = &good.place;
    let ran = on_stdin(place, &["check", "-", "--config", "good.toml"], &good.trace);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    let wrong = changed(&good.trace, "send,49,0,,0,33,49,", "send,49,0,,0,33,48,");
    assert_eq!(on_stdin(place, &["check", "-"], &wrong).code, 1);
    let ran = on_stdin(place, &["check", "-"], "a,b\n");
    assert_eq!(ran.code, 65);
    assert!(ran.err.contains("stdin: line 1: there is no column"), "{}", ran.err);
    place.sim_ends(0, &["run", "glomers/1-echo", "--quiet"]);
    let folder = "results/glomers/1-echo/seed-1";
    for file in ["history.jsonl", "history.edn"] {
        let text = place.read(&format!("{folder}/{file}"));
        let ran = on_stdin(place, &["check", "-", "--workload", "echo"], &text);
        assert_eq!(ran.code, 0, "{file}: {}{}", ran.out, ran.err);
        assert!(ran.out.contains("as echo"), "{}", ran.out);
    }
    let ran = on_stdin(place, &["check", "-", "--workload", "echo"], "{\"nonsense\"\n");
    assert_eq!(ran.code, 65);
    assert!(ran.err.contains("stdin: "), "{}", ran.err);
}
