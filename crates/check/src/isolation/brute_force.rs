//! The checks against the definitions: all histories of two and three small transactions, and many
//! random ones.

use super::checker::{Checker, Outcome};
use super::history::{RegisterHistory, Status};
use super::level::Level;
use super::limits::Limits;
use super::naive;
use super::random_history::{Shape, random_history};
use super::samples::text;

/// Number of random histories, if it was set when this was compiled: `ISOLATION_RUNS=100000 cargo
/// test -p detsim-check isolation`. Then larger ones are tried, too, and all forms of transactions.
const RUNS: Option<&str> = option_env!("ISOLATION_RUNS");

pub(super) fn runs() -> u64 {
    RUNS.and_then(|runs| runs.parse().ok()).unwrap_or(1_500)
}

/// Compares the check of each level with its definition, and counts those that hold.
#[track_caller]
fn compare(history: &RegisterHistory, levels: &[Level], counts: &mut [[u64; 2]; 9]) {
    let checker = Checker::new(history, Limits::DEFAULT);
    for level in levels.iter().copied() {
        let expected = naive::holds(history, level);
        let outcome = checker.check(level);
        let found = match &outcome {
            Outcome::Holds => true,
            Outcome::Broken(_) => false,
            Outcome::Undetermined(why) => panic!("{why}: {}", text(history)),
        };
        let name = level.name();
        assert_eq!(found, expected, "{name}:\n{}\n{outcome:#?}", text(history));
        counts[level as usize][usize::from(found)] += 1;
    }
}

#[test]
fn random_histories_have_the_levels_of_the_definitions() {
    let mut counts = [[0; 2]; 9];
    let sizes = if RUNS.is_some() { [5, 6, 7] } else { [4, 5, 6] };
    for seed in 0..runs() {
        let shape = Shape {
            transactions: sizes[(seed % 3) as usize],
            sessions: 1 + seed % 4,
            keys: 1 + seed / 4 % 3,
            length: 2 + seed / 12 % 3,
            uncommitted: [1000, 5, 10][(seed / 36 % 3) as usize],
            wild: [2, 5, 1000][(seed / 108 % 3) as usize],
        };
        compare(&random_history(seed, shape), &Level::ALL, &mut counts);
    }
    // Neither answer is rare.
    for [broken, held] in counts {
        assert!(broken.min(held) > runs() / 20, "{counts:?}");
    }
}

/// The accesses of a transaction: a key, and whether it is written.
type Form = Vec<(&'static str, bool)>;

/// All forms of transactions with one or two accesses of two keys.
fn forms() -> Vec<Form> {
    let accesses = [("x", false), ("x", true), ("y", false), ("y", true)];
    let ones = accesses.iter().map(|access| vec![*access]);
    let twos = accesses.iter().flat_map(|first| accesses.map(|second| vec![*first, second]));
    ones.chain(twos).collect()
}

/// Compares all histories of transactions with these forms; `sessions` are their sessions. Each
/// read may return the initial value or any value that is written to its key.
fn compare_all(forms: &[&Form], sessions: &[u32], levels: &[Level], counts: &mut [[u64; 2]; 9]) {
    let all: Vec<(usize, &str, bool)> = (0..)
        .zip(forms)
        .flat_map(|(t, form)| form.iter().map(move |(key, is_write)| (t, *key, *is_write)))
        .collect();
    let value = |at: usize| at as i64 + 1;
    let options = |key: &str| -> Vec<Option<i64>> {
        let written = (0..all.len()).filter(|at| all[*at].2 && all[*at].1 == key);
        [None].into_iter().chain(written.map(|at| Some(value(at)))).collect()
    };
    let reads: Vec<Vec<Option<i64>>> =
        all.iter().filter(|access| !access.2).map(|access| options(access.1)).collect();
    let mut choice = vec![0; reads.len()];
    loop {
        let mut history = RegisterHistory::new();
        for name in ["a", "b", "c"] {
            history.session(name);
        }
        let mut read = 0;
        let begin = |(number, s): (i64, &u32)| history.begin(*s, number, Status::Committed, None);
        let ids: Vec<_> = (1..).zip(sessions).map(begin).collect();
        for (at, (t, key, is_write)) in all.iter().enumerate() {
            if *is_write {
                history.write(ids[*t], *key, value(at));
            } else {
                history.read(ids[*t], *key, reads[read][choice[read]]);
                read += 1;
            }
        }
        compare(&history, levels, counts);
        let Some(place) = (0..choice.len()).find(|at| choice[*at] + 1 < reads[*at].len()) else {
            return;
        };
        choice[place] += 1;
        choice[..place].fill(0);
    }
}

/// The levels that need no times.
const TIMELESS: [Level; 7] = [
    Level::ReadCommitted,
    Level::ReadAtomic,
    Level::Causal,
    Level::SnapshotIsolation,
    Level::Serializable,
    Level::StrongSessionSnapshotIsolation,
    Level::StrongSessionSerializable,
];

#[test]
fn all_histories_of_two_transactions_have_the_levels_of_the_definitions() {
    let forms = forms();
    let mut counts = [[0; 2]; 9];
    for (first, second) in forms.iter().flat_map(|a| forms.iter().map(move |b| (a, b))) {
        compare_all(&[first, second], &[0, 0], &TIMELESS, &mut counts);
        compare_all(&[first, second], &[0, 1], &TIMELESS, &mut counts);
    }
    assert!(counts[..7].iter().all(|[broken, held]| *broken.min(held) > 10), "{counts:?}");
}

#[test]
fn all_histories_of_three_transactions_have_the_levels_of_the_definitions() {
    let forms = forms();
    // Without much time, every third form of the first and second one.
    let step = if RUNS.is_some() { 1 } else { 3 };
    let mut counts = [[0; 2]; 9];
    for first in forms.iter().step_by(step) {
        for second in forms.iter().skip(1).step_by(step) {
            for third in forms.iter().step_by(step.div_ceil(2)) {
                for sessions in [[0, 1, 2], [0, 0, 1], [0, 1, 0], [0, 0, 0]] {
                    compare_all(&[first, second, third], &sessions, &TIMELESS, &mut counts);
                }
            }
        }
    }
    assert!(counts[..7].iter().all(|[broken, held]| *broken.min(held) > 100), "{counts:?}");
}
