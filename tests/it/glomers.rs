//! Gossip Glomers end to end: the output of `sim run glomers/…`, and properties of every run.

use proptest::prelude::*;
use sim::check::Operations;
use sim::check::Validity;
use sim::config::{Experiment, GlomersExperiment, Override, SHIPPED, read};
use sim::engine::rng::Seed;
use sim::experiment::{run_glomers, run_servers};
use sim::glomers::{BROKEN, Caller, Cx, Request, SOLUTIONS, Server};
use sim::history::{EntryKind, OpValue, read_edn, read_jsonl, write_edn, write_jsonl};

use crate::support::{Place, Rows};

fn experiment(text: &str) -> GlomersExperiment {
    match read("x.toml", text, &[] as &[Override]).expect(text) {
        Experiment::Glomers(experiment) => *experiment,
        Experiment::Scale(_) => panic!("another family"),
    }
}

/// Returns all files below a place, with their texts.
fn files(place: &Place) -> Vec<(String, String)> {
    let read = |path: String| (path.clone(), place.read(&path));
    place.files().into_iter().map(read).collect()
}

#[test]
fn every_challenge_is_met_and_leaves_all_its_files() {
    let place = Place::new();
    for shipped in SHIPPED.iter().filter(|shipped| shipped.name.starts_with("glomers/")) {
        let ran = place.sim_ends(0, &["run", shipped.name]);
        let verdict = ran.out.lines().last().unwrap_or("");
        assert_eq!(verdict, "valid (Maelstrom would say: valid)", "{}", shipped.name);
        let folder = format!("results/{}/seed-1", shipped.name);
        for file in [
            "config.toml",
            "history.edn",
            "history.jsonl",
            "manifest.json",
            "net.csv",
            "results.edn",
            "results.json",
        ] {
            assert!(place.join(&format!("{folder}/{file}")).is_file(), "{folder}/{file}");
        }
        // The stored history has the same verdict.
        place.sim_ends(0, &["check", &folder]);
        // The resolved config gives the same bytes, in the same place.
        place.sim_ends(0, &["run", &format!("{folder}/config.toml"), "--quiet"]);
    }
}

#[test]
fn the_same_seed_gives_the_same_bytes_anywhere() {
    let (one, other) = (Place::new(), Place::new());
    let swarm = ["run", "glomers/3c", "--set", "nemesis.swarm=true", "--seed", "9", "--quiet"];
    one.sim_ends(0, &swarm);
    other.sim_ends(0, &swarm);
    assert_eq!(files(&one), files(&other));
    one.sim_ends(0, &["run", "glomers/3c", "--check-determinism"]);
}

#[test]
fn a_violation_is_reported_with_a_replay_command() {
    let place = Place::new();
    let flood = ["run", "glomers/3c", "--set", "solution=flood", "--seed", "3"];
    let first = place.sim_ends(1, &flood);
    assert!(first.out.contains("\nlost: "), "{}", first.out);
    let replay = first.out.lines().find_map(|line| line.strip_prefix("once more: sim "));
    let words: Vec<&str> = replay.expect(&first.out).split(' ').collect();
    let again = place.sim_ends(1, &words);
    assert_eq!(first.out, again.out);
    let quiet = place.sim_ends(1, &[&flood[..], &["--quiet"]].concat());
    assert!(quiet.err.starts_with("violated: missing-at-node: "), "{}", quiet.err);
}

#[test]
fn messages_count_from_the_start_through_recovery_and_final_reads() {
    // Each of three nodes sends its set to both others at each interval, whatever clients do.
    let text = "model = \"glomers\"\nworkload = \"g-set\"\nsolution = \"g-set\"\nnodes = 3\n\
                rate = 10\nduration = \"20s\"\nrecovery = \"10s\"\nstarts = \"together\"\n\
                [options]\ninterval = \"250ms\"\n";
    let ran = run_glomers(&experiment(text), &mut (), &|| false);
    let beats = 30_000.0 / 250.0;
    let sent = ran.verdict.figures.0.get("net.servers.send_count").copied();
    assert_eq!(sent, Some(3.0 * 2.0 * beats), "as from the launch to the kill of each node");
}

#[test]
fn a_missed_target_is_a_violation() {
    let place = Place::new();
    let target = "targets=[\"net.servers.msgs_per_op < 0.1\"]";
    let ran = place.sim_ends(1, &["run", "glomers/3e", "--set", target]);
    assert!(ran.out.contains("\ntarget: net.servers.msgs_per_op < 0.1: it is 0."), "{}", ran.out);
    assert!(ran.out.contains("violated (Maelstrom would say: valid)"), "{}", ran.out);
}

#[test]
fn without_operations_nothing_is_said_to_be_right() {
    let place = Place::new();
    for (config, code) in [("glomers/3b", 2), ("glomers/1-echo", 2), ("glomers/2-unique-ids", 2)] {
        let ran = place.sim_ends(code, &["run", config, "--set", "rate=0"]);
        assert!(ran.out.contains("undetermined"), "{}", ran.out);
    }
}

#[test]
fn what_belongs_to_the_other_family_is_refused() {
    let place = Place::new();
    place.sim_ends(64, &["run", "glomers/3e", "--split"]);
    place.sim_ends(64, &["run", "glomers/3e", "--trace-out", "-"]);
    place.sim_ends(64, &["check", "nothing.csv", "--workload", "echo"]);
    assert!(place.files().is_empty());
}

#[test]
fn a_history_that_was_changed_is_not_checked() {
    let place = Place::new();
    place.sim_ends(0, &["run", "glomers/3a", "--quiet"]);
    let path = "results/glomers/3a/seed-1/history.jsonl";
    let text = place.read(path);
    place.write(path, text.replacen("\"ok\"", "\"fail\"", 1));
    let ran = place.sim_ends(65, &["check", "results/glomers/3a/seed-1"]);
    assert!(ran.err.contains("changed since it was written"), "{}", ran.err);
    // A bare file is checked as it is.
    place.write("theirs.jsonl", &text);
    place.sim_ends(0, &["check", "theirs.jsonl", "--workload", "broadcast"]);
    let refused = place.sim_ends(64, &["check", "theirs.jsonl", "--workload", "brodcast"]);
    assert!(refused.err.contains("broadcast"), "{}", refused.err);
}

#[test]
fn the_names_of_all_programs_differ() {
    let right = SOLUTIONS.iter().map(|solution| solution.name);
    let mut names: Vec<&str> = right.chain(BROKEN.iter().map(|b| b.program.name)).collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count);
}

/// A node that panics at its tenth request.
struct Fragile(u32);

impl Server for Fragile {
    type Peer = ();

    fn request(&mut self, _: Caller, _: Request, _: &mut Cx<'_, ()>) {
        self.0 += 1;
        assert!(self.0 < 10, "ten are too many");
    }
}

#[test]
fn a_node_that_panics_fails_its_run() {
    let text = "model = \"glomers\"\nworkload = \"echo\"\nnodes = 2\nduration = \"60s\"";
    let outcome = run_servers(&experiment(text), |_| Fragile(0));
    assert_eq!(outcome.verdict.strict, Validity::Invalid);
    let (rule, witness) = &outcome.verdict.reasons[0];
    assert_eq!(rule, "panic");
    assert!(witness.starts_with("n") && witness.ends_with(": ten are too many"), "{witness}");
}

prop_compose! {
    /// Configs of all workloads under any faults.
    fn configs()(
        program in 0..SOLUTIONS.len(),
        nodes in 1u32..7,
        rate in 0u32..200,
        concurrency in 1u32..12,
        latency in 0u32..300,
        timeout in 1u32..2_000,
        scope in 0..3usize,
        loss in 0u32..40,
        swarm in any::<bool>(),
        seed in 0u64..1_000_000,
    ) -> GlomersExperiment {
        let solution = &SOLUTIONS[program];
        let (name, workload) = (solution.name, solution.workloads[0].name);
        let scope = ["nodes", "services", "all"][scope];
        // The workers of lin-kv form groups.
        let concurrency = match workload {
            "lin-kv" => "\"2n\"".to_owned(),
            _ => concurrency.to_string(),
        };
        let text = format!(
            "model = \"glomers\"\nworkload = \"{workload}\"\nsolution = \"{name}\"\n\
             nodes = {nodes}\nrate = {rate}\nconcurrency = {concurrency}\nduration = \"5s\"\n\
             client_timeout = \"{timeout}ms\"\nseed = {seed}\n\
             network = {{ latency = {{ exponential = \"{latency}ms\" }}, scope = \"{scope}\", \
             loss = 0.{loss:02}, duplication = 0.05 }}\n\
             nemesis = {{ interval = \"500ms\", swarm = {swarm} }}"
        );
        experiment(&text)
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Under any faults, clients have one operation at a time, every message has a fate, histories
    /// survive their texts, and the same seed gives the same run.
    #[test]
    fn histories_are_well_formed_and_messages_conserved(experiment in configs()) {
        let mut rows = Rows::default();
        let run = run_glomers(&experiment, &mut rows, &|| false).run;
        let names = &experiment.parameters.names;
        prop_assert!(Operations::new(&run.history, names).is_ok());
        prop_assert_eq!(run.totals.accounted(), run.totals.copies);
        let all = run.net.all();
        prop_assert_eq!(rows.0.len() as u64, all.sends + run.net.duplicates);
        let delivered = rows.0.iter().filter(|row| row.fate == "delivered").count() as u64;
        prop_assert_eq!(delivered, all.receives);
        prop_assert!(rows.0.is_sorted_by_key(|row| (row.fate == "in_flight", row.at)));
        let begun = run.history.iter().filter(|op| op.kind == EntryKind::Invoke).count();
        let ended = run.history.iter().filter(|op| op.kind != EntryKind::Invoke).count();
        prop_assert!(begun <= ended, "every operation ends, if only by its timeout");
        let text = write_jsonl(&run.history, names);
        let jsonl = read_jsonl(text.as_bytes(), names).expect("our own text");
        prop_assert_eq!(&jsonl.history, &run.history);
        let edn = read_edn(write_edn(&run.history, names).as_bytes(), names).expect("our own text");
        prop_assert_eq!(edn.history.len(), run.history.len());
        let mut other = experiment.clone();
        prop_assert_eq!(&run_glomers(&other, &mut (), &|| false).run, &run);
        other.parameters.seed = Seed::new(experiment.parameters.seed.value() + 1).expect("a seed");
        let different = run_glomers(&other, &mut (), &|| false).run;
        if run.history.len() > 10 {
            prop_assert_ne!(different.fingerprint, run.fingerprint);
        }
    }
}

#[test]
fn a_limit_leaves_the_verdict_open() {
    let place = Place::new();
    let ran = place.sim_ends(3, &["run", "glomers/3c", "--set", "limits.events=1000"]);
    assert!(ran.out.contains("undetermined"), "{}", ran.out);
    assert!(ran.out.contains("\nlimit: the run was cut short"), "{}", ran.out);
    assert!(!ran.out.contains("\nlost: "), "{}", ran.out);
}

#[test]
fn a_counter_that_is_not_read_at_each_node_is_not_said_to_be_right() {
    let place = Place::new();
    let one = ["run", "glomers/pn-counter", "--set", "concurrency=1"];
    let ran = place.sim_ends(2, &one);
    assert!(ran.out.contains("no-final-read: n1 has no ok read"), "{}", ran.out);
}

#[test]
fn reads_of_a_set_that_grows_take_little_room() {
    let text = "model = \"glomers\"\nworkload = \"broadcast\"\n\
                solution = \"broadcast-fanout\"\nnodes = 25\nrate = 500\nduration = \"5s\"\n\
                network = { latency = \"100ms\" }";
    let run = run_glomers(&experiment(text), &mut (), &|| false).run;
    let (mut numbers, mut words) = (0, 0);
    for op in run.history {
        if let OpValue::Ints(list) = op.value {
            numbers += list.len();
            words += list.words() as u64;
        }
    }
    assert!(numbers > 100_000 && words * 20 < numbers, "{numbers} numbers in {words} words");
}

/// Clock offsets change nothing in a run whose nodes do not read their clocks: set-up, the first
/// operation and all draws stay the same.
#[test]
fn clocks_that_are_not_in_step_move_nothing_else() {
    let place = Place::new();
    for config in ["glomers/2-unique-ids", "glomers/3b", "glomers/4-g-counter"] {
        let run = |starts: &str, out: &str| {
            let starts = format!("starts={starts}");
            place.sim_ends(0, &["run", config, "--set", &starts, "--quiet", "--net", "--out", out]);
            let folder = std::fs::read_dir(place.path().join(out).join(config));
            let folder = folder.expect("results").flatten().next().expect("a run").path();
            ["history.jsonl", "net.csv"].map(|file| std::fs::read(folder.join(file)).expect(file))
        };
        assert!(run("together", "a") == run("spread", "b"), "{config}");
        assert!(run("together", "a") == run("250ms", "c"), "{config}");
    }
}
