//! Histories with one anomaly each, and good ones, with the levels that hold.

use super::check::{Checker, Outcome};
use super::level::Level;
use super::limits::Limits;
use super::samples::sample;

/// Checks which levels break; `broken` has their names, and for the first one the anomaly. The
/// witness of each has to break the level by itself.
#[track_caller]
fn check(text: &str, anomaly: &str, broken: &str) {
    let history = sample(text);
    let checker = Checker::new(&history, Limits::DEFAULT);
    let mut found = Vec::new();
    for level in LEVELS {
        match checker.check(level) {
            Outcome::Holds => {}
            Outcome::Broken(witness) => {
                if found.is_empty() {
                    assert_eq!(witness.anomaly, anomaly, "{witness}");
                }
                assert!(witness.is_smallest);
                found.push(level.name());
            }
            Outcome::Undetermined(why) => panic!("{why}"),
        }
    }
    assert_eq!(found.join(" "), broken, "{text}");
}

const LEVELS: [Level; 3] = [Level::ReadCommitted, Level::ReadAtomic, Level::Causal];

#[test]
fn a_dirty_read_breaks_all_levels() {
    let all = "read-committed read-atomic causal";
    check("a: !w x 1\nb: r x 1", "aborted-read", all);
    check("a: w x 1, w x 2\nb: r x 1", "intermediate-read", all);
    check("a: r x 7", "never-written", all);
    check("a: w x 1, r x -", "internal", all);
    check("a: r x 1, w x 1", "internal", all);
    check("a: ?w x 1 | w y 1\nb: r x 1", "-", "");
}

#[test]
fn circular_information_flow_breaks_read_committed() {
    let all = "read-committed read-atomic causal";
    check("a: w x 1, r y 1\nb: w y 1, r x 1", "cyclic-information-flow", all);
    check("a: r x 1, w y 1\nb: r y 1 | w x 1", "cyclic-information-flow", all);
}

#[test]
fn a_non_monotonic_read_breaks_read_committed() {
    let all = "read-committed read-atomic causal";
    check("a: w x 1 | w x 2, w y 2\nb: r y 2, r x 1", "non-monotonic-read", all);
    check("a: w x 1, w y 1\nb: r y 1, r x -", "non-monotonic-read", all);
}

#[test]
fn a_fractured_read_breaks_read_atomic() {
    check("a: w x 1, w y 1\nb: r x -, r y 1", "fractured-read", "read-atomic causal");
    check("a: w x 1 | w x 2\nb: r x 1, r x 2", "non-repeatable-read", "read-atomic causal");
    check("a: w x 1 | r x -", "fractured-read", "read-atomic causal");
}

#[test]
fn a_causal_reversal_breaks_causal() {
    check("a: w x 1\nb: r x 1, w y 1\nc: r y 1 | r x -", "causality-violation", "causal");
    check("a: w x 1 | w x 2\nb: r x 2, w y 1\nc: r y 1 | r x 1", "causality-violation", "causal");
}

#[test]
fn good_histories_satisfy_all_levels() {
    check("a: w x 1 | w x 2\nb: r x 1 | r x 2", "-", "");
    check("a: r x -, w x 1\nb: r x 1, w x 2\nc: r x 2", "-", "");
}
