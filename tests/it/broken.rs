//! The broken node programs: each is rejected for its own mistake; its header names the config that
//! shows it and the rule that catches it.

use std::collections::BTreeMap;

use sim::check::Validity;
use sim::check::txn::{self, Boundary, DataType, Model, Models};
use sim::config::GlomersExperiment;
use sim::engine::rng::Seed;
use sim::experiment::run_glomers;
use sim::glomers::{
    BROADCAST, BROKEN, Broken, ECHO, G_COUNTER, G_SET, GlomersRun, KAFKA, LIN_KV, Options,
    PN_COUNTER, TXN_LIST_APPEND, TXN_RW_REGISTER, UNIQUE_IDS, WEAKEST_BROKEN, WORKLOADS, Workload,
};

use crate::solutions::{experiment, header};
use crate::support::{few_seeds, golden, seeds};

/// Returns the experiment that shows the mistake of a broken node.
fn experiment_of(broken: &'static Broken) -> GlomersExperiment {
    let mut experiment = experiment(broken.config, broken.sets);
    experiment.solution = &broken.program;
    experiment.options = Options::default();
    experiment
}

/// Asserts that each broken node of a workload is rejected by its rule on 95 % of the seeds at
/// least.
fn are_caught(workload: &Workload) {
    are_caught_on(workload, seeds(), |_, _, _| {});
}

/// Number of seeds on which a mistake may stay hidden: 5 %, and one of a few.
fn misses(seeds: u64) -> u64 {
    (seeds / 20).max(1)
}

/// Like [`are_caught`], on as many seeds; `each` is called with every run.
fn are_caught_on(
    workload: &Workload,
    seeds: u64,
    mut each: impl FnMut(&Broken, &GlomersExperiment, &GlomersRun),
) {
    let mut violations = vec![];
    for broken in BROKEN.iter().filter(|broken| broken.program.workloads.contains(&workload)) {
        let mut experiment = experiment_of(broken);
        assert_eq!(experiment.parameters.workload, workload);
        let mut caught = 0;
        let mut by: BTreeMap<String, u32> = BTreeMap::new();
        for seed in 0..seeds {
            experiment.parameters.seed = Seed::new(seed).expect("a seed");
            let outcome = run_glomers(&experiment, &mut (), &|| false);
            each(broken, &experiment, &outcome.run);
            let verdict = outcome.verdict;
            assert!(verdict.strict == Validity::Invalid || verdict.reasons.is_empty());
            for (rule, _) in &verdict.reasons {
                *by.entry(rule.clone()).or_default() += 1;
            }
            caught += u64::from(verdict.reasons.iter().any(|(rule, _)| rule == broken.caught_by));
        }
        if seeds - caught > misses(seeds) {
            let name = broken.program.name;
            violations.push(format!("{name}: {} on {caught} seeds; {by:?}", broken.caught_by));
        }
    }
    assert!(violations.is_empty(), "\n{}", violations.join("\n"));
}

#[test]
fn broken_echoes_are_caught() {
    are_caught(&ECHO);
}

#[test]
fn broken_ids_are_caught() {
    are_caught(&UNIQUE_IDS);
}

#[test]
fn broken_broadcasts_are_caught() {
    are_caught(&BROADCAST);
}

#[test]
fn broken_sets_are_caught() {
    are_caught(&G_SET);
}

#[test]
fn broken_counters_that_grow_are_caught() {
    are_caught(&G_COUNTER);
}

#[test]
fn broken_counters_that_shrink_are_caught() {
    are_caught(&PN_COUNTER);
}

#[test]
fn broken_logs_are_caught() {
    are_caught(&KAFKA);
}

#[test]
fn broken_stores_are_caught() {
    are_caught(&LIN_KV);
}

/// The witnesses show the mistakes: a value that was replaced comes back without a write; a read
/// misses what another client has read; a read misses what was acknowledged.
#[test]
fn the_witnesses_of_broken_stores_are_these() {
    let mut text = String::new();
    for broken in BROKEN.iter().filter(|broken| broken.program.workloads.contains(&&LIN_KV)) {
        let mut experiment = experiment_of(broken);
        experiment.parameters.seed = Seed::new(0).expect("a seed");
        let verdict = run_glomers(&experiment, &mut (), &|| false).verdict;
        let drawing = verdict.workload.drawings.first().expect("a drawing").join("\n");
        text += &format!("== {}\n{drawing}\n", broken.program.name);
    }
    golden("tests/data/witnesses.txt", &text);
}

/// The strongest models of transactions that imply none of these.
fn strongest_left(weakest: &[Model]) -> Vec<Model> {
    let all = Boundary::of(txn::Anomalies::default()).left;
    let of_transactions: Models = all.iter().flat_map(|model| model.implied().iter()).collect();
    let is_left = |model: &Model| {
        let implied = model.implied();
        implied.contains(Model::ReadUncommitted)
            && !weakest.iter().any(|weak| implied.contains(*weak))
    };
    of_transactions.iter().filter(is_left).collect::<Models>().strongest().iter().collect()
}

/// Each broken store is caught at one of its weakest models, as its config says, and satisfies the
/// strongest ones that imply none of these, on 95 % of the seeds at least.
#[test]
fn broken_stores_are_caught_and_satisfy_the_strongest_models_left() {
    // By store: what is checked besides, and the number of seeds on which it holds.
    let mut left = BTreeMap::new();
    let mut known = 0;
    for broken in BROKEN.iter().filter(|one| one.program.workloads.contains(&&TXN_RW_REGISTER)) {
        let name = broken.program.name;
        let weakest = WEAKEST_BROKEN.iter().find(|(of, _)| *of == name);
        let (_, weakest) = weakest.unwrap_or_else(|| panic!("{name} has no weakest models"));
        known += 1;
        let weakest: Vec<Model> =
            weakest.iter().map(|name| Model::of(name).expect("a model")).collect();
        let expected = experiment_of(broken).consistency_models;
        assert!(name == "txn-own-unseen" || weakest.iter().any(|model| expected.contains(model)));
        let models = strongest_left(&weakest);
        assert_eq!(models.is_empty(), weakest == [Model::ReadUncommitted], "{name}");
        if !models.is_empty() {
            let options = txn::Options { models, ..txn::Options::new(DataType::Register) };
            left.insert(name, (options, 0));
        }
    }
    assert_eq!(known, WEAKEST_BROKEN.len());
    are_caught_on(&TXN_RW_REGISTER, few_seeds(), |broken, experiment, run| {
        if let Some((options, accepted)) = left.get_mut(broken.program.name) {
            let verdict = txn::check_with(&run.history, &experiment.parameters.names, options);
            *accepted += u64::from(verdict.strict == Validity::Valid);
        }
    });
    let violations: Vec<String> = (left.iter())
        .filter(|(_, (_, accepted))| few_seeds() - accepted > misses(few_seeds()))
        .map(|(name, (options, accepted))| {
            format!("{name}: {:?} accepted on {accepted} seeds", options.models)
        })
        .collect();
    assert!(violations.is_empty(), "\n{}", violations.join("\n"));
}

/// Counts the seeds on which the true order of versions breaks the models of a config, and those of
/// them on which the history alone does not show it.
fn white_box(mut experiment: GlomersExperiment) -> (u64, u64) {
    let (mut violated, mut missed) = (0, 0);
    for seed in 0..seeds() {
        experiment.parameters.seed = Seed::new(seed).expect("a seed");
        let outcome = run_glomers(&experiment, &mut (), &|| false);
        let white_box = outcome.verdict.white_box.expect("the node records its effects");
        assert_ne!(white_box.valid, Validity::Unknown);
        violated += u64::from(white_box.valid == Validity::Invalid);
        missed += u64::from(white_box.is_missed);
        let is_found = outcome.verdict.workload.strict == Validity::Invalid;
        assert!(!is_found || white_box.valid == Validity::Invalid, "the exact check misses more");
    }
    (violated, missed)
}

#[test]
fn dirty_writes_that_few_reads_show_are_missed_and_the_white_box_has_them() {
    let is_dirty = |broken: &&Broken| broken.program.name == "txn-dirty-write";
    let broken = BROKEN.iter().find(is_dirty).expect("the node");
    // Few transactions read what they write, and few are there.
    let sets =
        [("concurrency", "10"), ("duration", "300ms"), ("consistency_models", "read-uncommitted")];
    let mut experiment = experiment(broken.config, &sets);
    experiment.solution = &broken.program;
    let (violated, missed) = white_box(experiment);
    assert!(violated * 2 > seeds(), "{violated}");
    assert!(missed > 0 && missed <= violated, "{missed} of {violated}");
}

#[test]
fn a_right_store_has_nothing_that_the_history_misses() {
    let sets = [("consistency_models", "strict-serializable"), ("duration", "2s")];
    assert_eq!(white_box(experiment("glomers/6a", &sets)), (0, 0));
}

#[test]
fn broken_transactions_on_lists_are_caught() {
    are_caught(&TXN_LIST_APPEND);
}

#[test]
fn there_are_three_for_each_workload_and_their_files_say_what_the_table_says() {
    for workload in WORKLOADS.iter().copied().filter(|one| one.checker.is_some()) {
        let of_it = BROKEN.iter().filter(|broken| broken.program.workloads.contains(&workload));
        assert!(of_it.count() >= 3, "{}", workload.name);
    }
    for broken in BROKEN {
        let name = broken.program.name;
        let header = header(&format!("broken/{}.rs", name.replace('-', "_")));
        let sets = broken.sets.iter().map(|(key, value)| format!(" --set {key}={value}"));
        let config = format!("Config: {}{}", broken.config, sets.collect::<String>());
        let ends = format!("{config} Caught by: {}", broken.caught_by);
        assert!(header.ends_with(&ends), "{name}: {ends}");
        assert!(header.contains(&format!(": {}.", broken.program.idea)), "{name}");
        assert!(header.contains(" Mistake: "), "{name}");
    }
}
