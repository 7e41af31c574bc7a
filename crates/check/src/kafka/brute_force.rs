//! The checker against definitions that are plainly right: all small histories of a few
//! operations, and many random ones.

use std::collections::BTreeMap;

use super::naive::Naive;
use super::random_history::{Chances, RandomHistory};
use super::*;
use crate::histories::history;
use crate::history::History;

/// Number of random histories, if it was set when this was compiled: `KAFKA_RUNS=100000 cargo test
/// -p detsim-check kafka`. Then all forms of operations are tried, too.
const RUNS: Option<&str> = option_env!("KAFKA_RUNS");

/// Number of random histories.
pub(super) fn runs() -> u64 {
    RUNS.and_then(|runs| runs.parse().ok()).unwrap_or(4_000)
}

/// What Jepsen's checker reports, or nothing if it throws.
fn expected_errors(naive: &Naive<'_>) -> Option<BTreeMap<String, usize>> {
    let errors = naive.errors()?;
    let mut all: BTreeMap<String, usize> =
        errors.into_iter().map(|(name, count)| (name.to_owned(), count)).collect();
    for rule in naive.circles() {
        let names = match rule {
            "G1c" => ["G1c", "PL-2-cycle-exists"],
            _ => ["G1c-realtime", "strong-PL-2-cycle-exists"],
        };
        names.iter().for_each(|name| *all.entry((*name).to_owned()).or_default() += 1);
    }
    if naive.is_without_order() {
        all.insert("empty-transaction-graph".to_owned(), 1);
    }
    Some(all)
}

fn found_errors(verdict: &HistoryVerdict) -> Option<BTreeMap<String, usize>> {
    let Some(Edn::List(types)) = verdict.result.get("error-types") else { return None };
    let count = |name: &str| match verdict.result.get(name)?.get("count") {
        Some(Edn::Int(count)) => Some(*count as usize),
        _ => Some(1),
    };
    let entry = |name: &Edn| match name {
        Edn::Keyword(name) => Some((name.clone(), count(name)?)),
        _ => None,
    };
    Some(types.iter().map(|name| entry(name).expect("a name")).collect())
}

/// Compares the checker with the definitions.
#[track_caller]
fn compare(history: &History, what: impl Fn() -> String) {
    let ops = Operations::new(history, &[]).expect("well formed");
    let verdict = check(&ops);
    let naive = Naive::of(history);
    let shown = || format!("{}\n{}\n{verdict:#?}", what(), crate::history::write_edn(history, &[]));
    assert_eq!(found_errors(&verdict), expected_errors(&naive), "{}", shown());
    let found: BTreeMap<&str, usize> =
        verdict.counts.iter().map(|(rule, count)| (rule.name(), *count as usize)).collect();
    assert_eq!(found, naive.findings(), "{}", shown());
    if let Some(lag) = verdict.result.get("worst-realtime-lag").and_then(|lag| lag.get("lag")) {
        assert_eq!(*lag, Edn::Float(naive.worst_lag() as f64 / 1e9), "{}", shown());
    }
    let is_bad =
        |errors: BTreeMap<String, usize>| errors.keys().any(|name| name != "int-send-skip");
    let parity = found_errors(&verdict).map_or(Validity::Unknown, |e| Validity::of(!is_bad(e)));
    assert_eq!(verdict.parity, parity, "{}", shown());
}

#[test]
fn random_histories_get_the_errors_of_the_definitions() {
    for seed in 0..runs() {
        let chances = Chances {
            offset: 2 + seed % 7,
            read: 2 + seed % 11,
            outcome: 2 + seed % 5,
            txn: 1 + seed % 4,
            is_plain: false,
        };
        let history = RandomHistory::of(seed, 1 + seed % 12, chances);
        compare(&history, || format!("seed {seed}"));
    }
}

/// Compares all histories of this number of operations, each of which has one of the forms and is
/// done before the next begins. A form is the number of a client and what it does.
fn compare_all(forms: &[&str], operations: usize) {
    let mut choice = vec![0; operations];
    loop {
        let text = sequence(forms, &choice);
        compare(&history(&text), || text.clone());
        let Some(place) = choice.iter().position(|form| form + 1 < forms.len()) else { return };
        choice[place] += 1;
        choice[..place].fill(0);
    }
}

fn sequence(forms: &[&str], choice: &[usize]) -> String {
    let mut text = String::new();
    let mut sent = [0; 2];
    let mut process = [0, 1];
    for form in choice.iter().map(|form| forms[*form]) {
        let parts: Vec<&str> = form.split(' ').collect();
        let client: usize = parts[0].parse().expect("a client");
        let number = process[client];
        let end = |f: &str, kind: &str, begun: &str, ended: &str| {
            format!("{number} invoke {f} {begun}\n{number} {kind} {f} {ended}\n")
        };
        match parts[1..] {
            ["send", key, kind, offset] => {
                let count = &mut sent[usize::from(key == "b")];
                *count += 1;
                let begun = format!("[[\"send\" \"{key}\" {count}]]");
                let ended = match kind {
                    "ok" => format!("[[\"send\" \"{key}\" [{offset} {count}]]]"),
                    _ => begun.clone(),
                };
                text += &end("send", kind, &begun, &ended);
            }
            ["poll", ref reads @ ..] => {
                let reads = reads.join(" ");
                text += &end("poll", "ok", "[[\"poll\"]]", &format!("[[\"poll\" {reads}]]"));
            }
            ["assign", keys] => text += &end("assign", "ok", keys, keys),
            ref other => panic!("{other:?}"),
        }
        if parts.contains(&"info") {
            process[client] += 2;
        }
    }
    text
}

/// Forms of operations, the first ones those that are tried when there is little time.
const FORMS: [&str; 14] = [
    "0 send a ok 0",
    "0 send a ok 1",
    "1 poll {\"a\" [[0 1]]}",
    "0 poll {\"a\" [[0 1] [1 2]]}",
    "1 poll {\"a\" [[1 2]] \"b\" [[0 1]]}",
    "1 assign [\"b\"]",
    "1 send b ok 0",
    "1 send a info -",
    "0 send a fail -",
    "1 poll {\"a\" [[1 2] [0 1]]}",
    "1 poll {\"a\" []}",
    "1 poll {\"a\" [[0 2]]}",
    "1 assign [\"a\"]",
    "0 poll {\"b\" [[0 1]]}",
];

#[test]
fn all_small_histories_get_the_errors_of_the_definitions() {
    let counts = if RUNS.is_some() { [14; 6] } else { [14, 14, 14, 14, 10, 6] };
    for (operations, forms) in counts.into_iter().enumerate() {
        compare_all(&FORMS[..forms], operations);
    }
}
