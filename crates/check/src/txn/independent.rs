//! The checker against another implementation of the same method, the crate `adya`, on random
//! histories of its simulated database.
//!
//! Verdicts are equal at each model. Three differences are known, and decided thus:
//!
//! - Where reads of a list exclude each other and several are longest, each of them is a possible
//!   order of versions, and cycles depend on the choice. Ours is the one that was read first.
//! - `adya` follows a later Elle in what is `internal`: a first read of nil counts. Strictly it
//!   does here as well; parity is Elle 0.2.2, for which it does not.
//! - A dependency may have several kinds. `adya` takes the first one alone; here a search may use
//!   each, and parity explains a cycle anew and drops it if it is of another kind then, as Elle
//!   does. So a few cycles have other names, though they break the same models.

use std::collections::BTreeSet;
use std::time::Duration;

use adya::r#gen::{GenOpts, Kind};
use adya::sim::{Isolation, SimOpts, run};

use super::*;
use crate::edn::Edn;
use crate::history::read_jsonl;

/// Number of seeds, if it was set when this was compiled: with `TXN_RUNS=10000` there are 10,000
/// histories.
const RUNS: Option<&str> = option_env!("TXN_RUNS");

const LEVELS: [Isolation; 5] = [
    Isolation::Serializable,
    Isolation::SnapshotIsolation,
    Isolation::ReadCommitted,
    Isolation::ReadUncommitted,
    Isolation::LostUpdate,
];

const MODELS: [&str; 6] = [
    "strict-serializable",
    "strong-session-serializable",
    "serializable",
    "snapshot-isolation",
    "read-committed",
    "read-uncommitted",
];

/// How often names of cycles were compared, and how often they differed.
#[derive(Debug, Default)]
struct Names {
    compared: u64,
    different: u64,
}

fn types(list: Option<&Edn>) -> BTreeSet<String> {
    let Some(Edn::List(names)) = list else { return BTreeSet::new() };
    names.iter().map(|name| name.to_string().replace(':', "")).collect()
}

#[track_caller]
fn compare(data: DataType, text: &str, what: &str, names: &mut Names) {
    let theirs = adya::History::from_json(text).expect("a history");
    let ours = read_jsonl(text.as_bytes(), &[]).expect("a history");
    let workload = match data {
        DataType::List => adya::Workload::ListAppend,
        DataType::Register => adya::Workload::RwRegister,
    };
    for model in MODELS {
        let options = adya::Opts {
            models: vec![model.to_owned()],
            wfr_keys: true,
            timeout: Duration::from_secs(600),
            ..adya::Opts::default()
        };
        let report = adya::check(&theirs, workload, &options);
        let models = vec![Model::of(model).expect("a model")];
        // What it checks is the inference, not more.
        let options = Options { models, complete: None, ..Options::new(data) };
        let verdict = check_with(&ours.history, &ours.nodes, &options);
        let strict = verdict.result.get("strict").expect("the strict sense");
        if types(strict.get("anomaly-types")).contains("incompatible-order") {
            continue;
        }
        let expected = match report.valid {
            adya::Valid::True => Validity::Valid,
            adya::Valid::False => Validity::Invalid,
            adya::Valid::Unknown => Validity::Unknown,
        };
        let shown = || format!("{what}, {model}: {:?}\n{}", report.anomaly_types, verdict.result);
        assert_eq!(verdict.strict, expected, "{}", shown());
        let is_compared = |name: &&String| *name != "internal";
        let found = types(verdict.result.get("anomaly-types"));
        let found: BTreeSet<String> = found.iter().filter(is_compared).cloned().collect();
        let expected = report.anomaly_types.iter().filter(is_compared).cloned().collect();
        names.compared += 1;
        names.different += u64::from(found != expected);
        let is_cycle = |name: &&String| name.contains("item") || name.starts_with("G1c");
        let differ: Vec<&String> = found.symmetric_difference(&expected).collect();
        assert!(differ.iter().all(is_cycle), "{differ:?}: {}", shown());
    }
}

#[test]
fn another_checker_comes_to_the_same_verdicts() {
    let runs = RUNS.and_then(|runs| runs.parse().ok()).unwrap_or(200);
    let mut names = Names::default();
    for seed in 0..runs / 10 {
        let kinds = [(DataType::List, Kind::ListAppend), (DataType::Register, Kind::RwRegister)];
        for (data, kind) in kinds {
            for isolation in LEVELS {
                let (key_count, processes) = (2 + seed as usize % 5, 2 + seed as usize % 6);
                let options = SimOpts {
                    isolation,
                    processes,
                    txns: 20 + 7 * seed as usize % 100,
                    seed,
                    info_rate: 0.03,
                    r#gen: GenOpts { kind, key_count, ..GenOpts::default() },
                    ..SimOpts::default()
                };
                let what = format!("{data:?}, {isolation:?}, seed {seed}");
                compare(data, &run(&options), &what, &mut names);
            }
        }
    }
    assert!(names.different * 50 <= names.compared, "{names:?}");
}
