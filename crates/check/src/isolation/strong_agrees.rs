//! The strong levels on larger histories: the check, the search without what is known before it,
//! and all runs of the sessions agree; and witnesses are smallest.

use super::brute_force::runs;
use super::decide::decide;
use super::decision::Decision;
use super::frontier;
use super::history::{RegisterHistory, Status};
use super::level::Level;
use super::limits::{Budget, Limits};
use super::link::link;
use super::naive;
use super::problem::Problem;
use super::prune::Known;
use super::random_history::{Shape, random_history};
use super::samples::text;
use super::shrink::shrink;
use super::solver::{Found, search};
use super::transactions::{INITIALLY, Transactions};

fn linked(history: &RegisterHistory) -> Option<Transactions> {
    let accesses = history.by_transaction();
    let linked = link(history, &accesses, &mut budget()).expect("within limits");
    linked.defects.is_empty().then_some(linked.transactions)
}

fn budget() -> Budget {
    Budget::new(Limits::DEFAULT)
}

/// The answer of the search alone.
fn searched(transactions: &Transactions, level: Level) -> Option<bool> {
    let problem = Problem::of(transactions, level, &mut budget()).expect("within limits");
    let known = Known::without_pruning(&problem, &mut budget()).expect("within limits");
    known.reach.as_ref()?;
    match search(&problem, &known, &mut budget()).expect("within limits") {
        Found::Order(_) => Some(true),
        Found::Cycles(..) => Some(false),
    }
}

#[test]
fn larger_histories_are_decided_as_by_running_them() {
    let mut counts = [[0_u64; 2]; 2];
    for seed in 0..runs() / 2 {
        let shape = Shape {
            transactions: 8 + seed % 17,
            sessions: 2 + seed % 3,
            keys: 1 + seed / 4 % 4,
            length: 2 + seed / 12 % 2,
            uncommitted: 1000,
            wild: [40, 1000][(seed / 36 % 2) as usize],
        };
        let history = random_history(seed, shape);
        let Some(transactions) = linked(&history) else { continue };
        let levels = [Level::StrongSessionSnapshotIsolation, Level::StrongSessionSerializable];
        for (place, level) in levels.into_iter().enumerate() {
            let expected = frontier::holds(&transactions, place == 0);
            let found = decide(&transactions, level, &mut budget()).expect("within limits");
            let is_held = found == Decision::Holds;
            assert_eq!(is_held, expected, "{}: {}", level.name(), text(&history));
            if let Some(found) = searched(&transactions, level) {
                assert_eq!(found, expected, "{}: {}", level.name(), text(&history));
            }
            counts[place][usize::from(is_held)] += 1;
        }
    }
    assert!(counts.iter().flatten().all(|count| *count > runs() / 50), "{counts:?}");
}

/// A history with exactly these reads and writes.
fn history_of(transactions: &Transactions) -> RegisterHistory {
    let mut history = RegisterHistory::new();
    (0..transactions.sessions).for_each(|session| _ = history.session(session.to_string()));
    let value = |t: u32, key: u32| i64::from(t) * 100 + i64::from(key);
    for t in transactions.all() {
        let (session, times) = (transactions.session[t as usize], transactions.times[t as usize]);
        let id = history.begin(session, t.into(), Status::Committed, times);
        for read in transactions.reads.row(t) {
            let written = (read.from != INITIALLY).then(|| value(read.from, read.key));
            history.read(id, i64::from(read.key), written);
        }
        for key in transactions.writes.row(t) {
            history.write(id, i64::from(*key), value(t, *key));
        }
    }
    history
}

#[test]
fn a_witness_breaks_its_level_and_no_part_of_it_does() {
    let mut count = 0;
    for seed in 0..runs() / 4 {
        let shape = Shape {
            transactions: 20 + seed % 20,
            sessions: 1 + seed % 4,
            keys: 2 + seed / 4 % 3,
            length: 3,
            uncommitted: 1000,
            wild: 20,
        };
        let history = random_history(seed, shape);
        let Some(transactions) = linked(&history) else { continue };
        for level in Level::ALL {
            let Ok(Decision::Broken(enough)) = decide(&transactions, level, &mut budget()) else {
                continue;
            };
            let shrunk = shrink(&transactions, &enough, level, &mut budget());
            assert!(shrunk.is_smallest);
            let part = shrunk.transactions;
            if part.len() > 8 {
                continue;
            }
            count += 1;
            let shown = || format!("{}: {}", level.name(), text(&history_of(&part)));
            assert!(!naive::holds(&history_of(&part), level), "{}", shown());
            for left_out in part.all() {
                let rest = part.restrict(&|part| part.transaction() != left_out);
                assert!(naive::holds(&history_of(&rest), level), "{left_out} of {}", shown());
            }
        }
    }
    assert!(count > runs() / 8, "{count}");
}
