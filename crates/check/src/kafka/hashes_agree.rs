//! The two verdicts on logs agree on random histories.
//!
//! The first one looks at what follows each other, the second one at what is read in all, so that
//! they have other words for one thing: what goes back is for the second one *repeated* or
//! *reordered*; and messages that are skipped and read later are *reordered*.

use std::collections::{BTreeMap, BTreeSet};

use super::brute_force::runs;
use super::random_history::{Chances, RandomHistory};
use super::*;
use crate::history::History;

/// The keys that findings of these rules name: all of them, as there are so few.
fn keys(verdict: &HistoryVerdict, rules: &[HistoryRule]) -> BTreeSet<String> {
    let of_rules = verdict.findings.iter().filter(|finding| rules.contains(&finding.rule));
    let key = |message: &str| {
        let names = ["a", "b"].into_iter().filter(|key| message.contains(&format!("\"{key}\"")));
        names.map(str::to_owned).collect::<Vec<String>>()
    };
    of_rules.flat_map(|finding| key(&finding.message)).collect()
}

#[track_caller]
fn compare(history: &History, seed: u64) -> BTreeMap<&'static str, usize> {
    let ops = Operations::new(history, &[]).expect("well formed");
    let verdict = check(&ops);
    let hashes = hash_verdict(&ops);
    let of = |rules: &[HistoryRule]| keys(&verdict, rules);
    let changed = of(&[HistoryRule::InconsistentOffsets, HistoryRule::DuplicateMessage]);
    let back = of(&[HistoryRule::NonmonotonicPoll, HistoryRule::IntNonmonotonicPoll]);
    let skip = of(&[HistoryRule::PollSkip, HistoryRule::IntPollSkip]);
    let lost = of(&[HistoryRule::LostWrite]);
    let mut counts = BTreeMap::new();
    for key in ["a", "b"] {
        let found = hashes.get(key).copied().unwrap_or_default();
        let [changed, back, skip, lost] = [&changed, &back, &skip, &lost].map(|s| s.contains(key));
        let shown = || {
            let text = crate::history::write_edn(history, &[]);
            format!("seed {seed}, key {key}: {found:?}\n{text}\n{:#?}", verdict.findings)
        };
        assert_eq!(found.changed, changed, "{}", shown());
        *counts.entry("changed").or_default() += usize::from(changed);
        if changed {
            continue;
        }
        assert_eq!(found.lost, lost, "{}", shown());
        assert_eq!(found.repeated || found.reordered, back, "{}", shown());
        if back {
            assert!(!skip || found.skipped || found.reordered || found.repeated, "{}", shown());
        } else {
            assert_eq!(found.skipped, skip, "{}", shown());
        }
        let flags = [
            ("lost", found.lost),
            ("skipped", found.skipped),
            ("reordered", found.reordered),
            ("repeated", found.repeated),
            ("fine", found == LogDifferences::default()),
        ];
        flags
            .iter()
            .for_each(|(name, is_set)| *counts.entry(*name).or_default() += usize::from(*is_set));
    }
    counts
}

#[test]
fn the_two_verdicts_agree_on_random_histories() {
    let mut all: BTreeMap<&str, usize> = BTreeMap::new();
    for seed in 0..runs() {
        let chances = Chances {
            offset: 1000,
            read: 2 + seed % 11,
            outcome: 4 + seed % 7,
            txn: 1000,
            is_plain: true,
        };
        let chances = Chances { offset: if seed % 8 == 0 { 3 } else { 1000 }, ..chances };
        let history = RandomHistory::of(seed, 4 + seed % 20, chances);
        for (name, count) in compare(&history, seed) {
            *all.entry(name).or_default() += count;
        }
    }
    // None of it is rare.
    assert!(all.values().all(|count| *count as u64 > runs() / 100), "{all:?}");
}
