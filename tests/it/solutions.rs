//! The correct node programs: they reach their targets on every seed, survive the faults that they
//! claim to survive, and their headers agree with the table.

use std::collections::BTreeSet;

use sim::check::Validity;
use sim::config::{Experiment, GlomersExperiment, Override, read, shipped};
use sim::engine::rng::Seed;
use sim::experiment::run_glomers;
use sim::glomers::{GlomersRun, SOLUTIONS, Solution};
use sim::history::{EntryKind, F, OpValue};
use sim::nemesis::FaultKind;

use crate::support::{root, seeds};

/// Returns a shipped experiment with these keys set.
pub(crate) fn experiment(config: &str, sets: &[(&str, &str)]) -> GlomersExperiment {
    let found = shipped(config).unwrap_or_else(|| panic!("no config is called {config}"));
    let set = |(path, value): &(&str, &str)| Override {
        flag: format!("--set {path}"),
        path: (*path).to_owned(),
        value: (*value).to_owned(),
    };
    let overrides: Vec<Override> = sets.iter().map(set).collect();
    match read(found.name, found.text, &overrides).unwrap_or_else(|error| panic!("{error}")) {
        Experiment::Glomers(experiment) => *experiment,
        Experiment::Scale(_) => panic!("{config} is of another family"),
    }
}

/// Returns the header of a source file as one line.
pub(crate) fn header(path: &str) -> String {
    let path = root().join("crates/programs/src").join(path);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let lines = text.lines().map_while(|line| line.strip_prefix("//!"));
    lines.map(str::trim).collect::<Vec<_>>().join(" ")
}

fn solution(name: &str) -> &'static Solution {
    SOLUTIONS.iter().find(|solution| solution.name == name).expect("a solution")
}

/// Asserts that all targets of a config hold on all seeds, and that the histories are valid.
fn reaches_its_targets(config: &str) {
    let mut experiment = experiment(config, &[]);
    assert!(!experiment.targets.is_empty());
    for seed in 0..seeds() {
        experiment.parameters.seed = Seed::new(seed).expect("a seed");
        let verdict = run_glomers(&experiment, &mut (), &|| false).verdict;
        assert_eq!(verdict.strict, Validity::Valid, "seed {seed}: {:?}", verdict.reasons);
    }
}

#[test]
fn the_fan_out_reaches_its_figures_on_all_seeds() {
    reaches_its_targets("glomers/3d");
}

#[test]
fn the_batches_reach_their_figures_on_all_seeds() {
    reaches_its_targets("glomers/3e");
}

/// Verdicts on a program's histories under one kind of fault, over a fifth of all seeds.
#[derive(Debug, Default)]
struct Survival {
    valid: u32,
    undetermined: u32,
    /// Invalid histories, by seed, with their reasons.
    wrong: Vec<String>,
}

fn survival(name: &str, config: &str, fault: FaultKind) -> Survival {
    survival_with(name, config, fault, &[])
}

/// Like [`survival`], with further values of the config.
fn survival_with(name: &str, config: &str, fault: FaultKind, more: &[(&str, &str)]) -> Survival {
    let kinds = format!("[\"{}\"]", fault.name());
    let sets = [
        ("solution", name),
        ("nemesis.kinds", kinds.as_str()),
        ("nemesis.interval", "2s"),
        ("targets", "[]"),
        ("availability", "none"),
        ("duration", "10s"),
    ];
    let mut experiment = experiment(config, &[&sets, more].concat());
    let mut survival = Survival::default();
    for seed in 0..seeds() / 5 {
        experiment.parameters.seed = Seed::new(seed).expect("a seed");
        let outcome = run_glomers(&experiment, &mut (), &|| false);
        let verdict = outcome.verdict;
        match verdict.workload.strict {
            Validity::Valid if outcome.run.problems.is_empty() => survival.valid += 1,
            Validity::Unknown if outcome.run.problems.is_empty() => survival.undetermined += 1,
            _ => survival.wrong.push(format!("seed {seed}: {:?}", verdict.reasons)),
        }
    }
    survival
}

/// Asserts that, under each kind of fault that a program claims to survive, no history is invalid
/// and enough are valid: one may be undetermined only since a node was down throughout.
fn survives(name: &str, config: &str) {
    survives_with(name, config, &[]);
}

fn survives_with(name: &str, config: &str, more: &[(&str, &str)]) {
    for fault in solution(name).survives {
        let survival = survival_with(name, config, *fault, more);
        let what = format!("{name}, {}: {survival:?}", fault.name());
        assert!(survival.wrong.is_empty(), "{what}");
        assert!(u64::from(survival.valid) >= valid_min(), "{what}");
    }
}

/// Minimum number of runs whose history is valid: two fifths of them.
fn valid_min() -> u64 {
    seeds() / 5 * 2 / 5
}

/// Broken programs fail the same check: a history is invalid, or too few are valid.
#[test]
fn broken_programs_do_not_survive() {
    for (name, config, fault) in [
        ("flood", "glomers/3b", FaultKind::Partition),
        ("broadcast-told-once", "glomers/3b", FaultKind::Loss),
        ("set-in-memory", "glomers/g-set", FaultKind::Crash),
    ] {
        let survival = survival(name, config, fault);
        let fails = !survival.wrong.is_empty() || u64::from(survival.valid) < valid_min();
        assert!(fails, "{name}, {}: {survival:?}", fault.name());
    }
}

#[test]
fn the_direct_broadcast_survives_what_it_says() {
    survives("direct", "glomers/3b");
}

#[test]
fn the_echo_survives_what_it_says() {
    survives("echo", "glomers/1-echo");
}

#[test]
fn the_unique_ids_survive_what_they_say() {
    survives("unique-ids", "glomers/2-unique-ids");
}

#[test]
fn the_flood_survives_what_it_says() {
    survives("flood", "glomers/3b");
}

#[test]
fn the_gossip_survives_what_it_says() {
    survives("broadcast-gossip", "glomers/3a");
    survives("broadcast-gossip", "glomers/3c");
}

#[test]
fn the_fan_out_survives_what_it_says() {
    survives("broadcast-fanout", "glomers/3d");
}

#[test]
fn the_batches_survive_what_they_say() {
    survives("broadcast-batched", "glomers/3e");
}

#[test]
fn the_set_survives_what_it_says() {
    survives("g-set", "glomers/g-set");
}

#[test]
fn the_logs_survive_what_they_say() {
    let rate = [("rate", "200")];
    survives_with("log-single", "glomers/5a", &rate);
    survives_with("log-lin-kv", "glomers/5b", &rate);
    survives_with("log-merged", "glomers/5c", &rate);
}

#[test]
fn the_stores_survive_what_they_say() {
    survives("lin-kv-proxy", "glomers/lin-kv");
    survives("lin-kv-primary", "glomers/lin-kv-primary");
}

/// A node that has restarted while it was silent is told everything again, at few operations, too.
#[test]
fn merged_logs_go_on_after_a_restart() {
    let sets = [
        ("nemesis.swarm", "true"),
        ("nemesis.kinds", "[]"),
        ("nemesis.interval", "3s"),
        ("targets", "[]"),
        ("availability", "none"),
        ("rate", "100"),
    ];
    let mut experiment = experiment("glomers/5c", &sets);
    // Seeds 1 and 26 lost what the other node had acknowledged before its restart.
    for seed in (0..seeds()).chain([26]) {
        experiment.parameters.seed = Seed::new(seed).expect("a seed");
        let verdict = run_glomers(&experiment, &mut (), &|| false).verdict;
        assert_ne!(verdict.workload.strict, Validity::Invalid, "{seed}: {:?}", verdict.reasons);
    }
}

/// A primary that is cut off goes on alone, and the others have another one.
#[test]
fn two_primaries_are_not_linearizable() {
    let cut = r#"[{ at = "3s", until = "12s", partition = [["n0"], ["n1", "n2"]] }]"#;
    let sets = [("nemesis.kinds", "[]"), ("nemesis.faults", cut)];
    let mut experiment = experiment("glomers/lin-kv-primary", &sets);
    for seed in 0..10 {
        experiment.parameters.seed = Seed::new(seed).expect("a seed");
        let verdict = run_glomers(&experiment, &mut (), &|| false).verdict;
        let rules: Vec<&str> = verdict.reasons.iter().map(|(rule, _)| rule.as_str()).collect();
        assert!(rules.contains(&"not-linearizable"), "seed {seed}: {:?}", verdict.reasons);
    }
}

#[test]
fn the_transactions_survive_what_they_say() {
    let rate = [("rate", "100")];
    survives_with("txn-single", "glomers/6a", &rate);
    survives_with("txn-by-write", "glomers/6b", &rate);
    survives_with("txn-causal", "glomers/6c", &rate);
    survives_with("txn-lin-kv", "glomers/list-append", &rate);
}

/// The lists stay strictly serializable where messages of services are lost, delayed and
/// duplicated: a batch whose compare-and-set was late is not carried out twice.
#[test]
fn the_lists_survive_what_services_messages_suffer() {
    let sets = [
        ("network.scope", "services"),
        ("network.loss", "0.05"),
        ("network.latency", "{ exponential = \"500ms\" }"),
        ("network.duplication", "0.1"),
        ("nemesis.kinds", "[\"crash\"]"),
        ("nemesis.interval", "4s"),
        ("client_timeout", "60s"),
        ("duration", "1h"),
        ("rate", "2"),
    ];
    let mut experiment = experiment("glomers/list-append", &sets);
    let mut ok = 0;
    for seed in 0..seeds() {
        experiment.parameters.seed = Seed::new(seed).expect("a seed");
        let outcome = run_glomers(&experiment, &mut (), &|| false);
        let verdict = outcome.verdict.workload;
        assert_ne!(verdict.strict, Validity::Invalid, "{seed}: {:?}", verdict.findings);
        ok += outcome.run.history.iter().filter(|op| op.kind == EntryKind::Ok).count();
    }
    assert!(ok as u64 > 10 * seeds(), "{ok}");
}

/// Totally available, and right, on all seeds.
#[test]
fn transactions_are_totally_available_under_partitions() {
    for config in ["glomers/6a", "glomers/6b", "glomers/6b-partition", "glomers/6c"] {
        let mut experiment = experiment(config, &[("rate", "200")]);
        for seed in 0..seeds() {
            experiment.parameters.seed = Seed::new(seed).expect("a seed");
            let verdict = run_glomers(&experiment, &mut (), &|| false).verdict;
            assert_eq!(verdict.strict, Validity::Valid, "{config} {seed}: {:?}", verdict.reasons);
        }
    }
}

#[test]
fn the_counters_survive_what_they_say() {
    survives("g-counter", "glomers/4-g-counter");
    survives("pn-counter", "glomers/4-g-counter");
    survives("pn-counter", "glomers/pn-counter");
}

/// The counter stays valid where messages of services are lost, delayed and duplicated, and nodes
/// crash.
#[test]
fn the_counter_survives_what_services_messages_suffer() {
    let sets = [
        ("network.scope", "services"),
        ("network.loss", "0.1"),
        ("network.latency", "{ uniform = [\"0ms\", \"50ms\"] }"),
        ("network.duplication", "0.1"),
        ("nemesis.kinds", "[\"crash\"]"),
        ("nemesis.interval", "2s"),
        ("client_timeout", "20s"),
    ];
    let mut experiment = experiment("glomers/4-g-counter", &sets);
    for seed in 0..seeds() / 5 {
        experiment.parameters.seed = Seed::new(seed).expect("a seed");
        let outcome = run_glomers(&experiment, &mut (), &|| false);
        let verdict = outcome.verdict;
        assert_eq!(verdict.workload.strict, Validity::Valid, "{seed}: {:?}", verdict.reasons);
        assert!(!final_reads(&outcome.run).is_empty());
    }
}

fn final_reads(run: &GlomersRun) -> BTreeSet<i64> {
    let ok =
        run.history.iter().filter(|op| op.is_final && op.kind == EntryKind::Ok && op.f == F::Read);
    ok.filter_map(|op| if let OpValue::Int(value) = op.value { Some(value) } else { None })
        .collect()
}

#[test]
fn the_files_of_solutions_say_what_they_survive() {
    for solution in SOLUTIONS {
        let file = solution.name.replace('-', "_");
        let names: Vec<&str> = solution.survives.iter().map(|fault| fault.name()).collect();
        let claim = match solution.survives == FaultKind::ALL {
            true => "Survives: every fault.".to_owned(),
            false => format!("Survives: {}.", names.join(", ")),
        };
        let header = header(&format!("solution/{file}.rs"));
        assert!(header.contains(&claim), "{}: {claim}", solution.name);
        assert!(header.contains("Cost: "), "{}", solution.name);
    }
}
