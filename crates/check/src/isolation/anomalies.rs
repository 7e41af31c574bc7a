//! Histories with one anomaly each, and good ones, with the levels that hold.

use super::checker::{Checker, Outcome};
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
    for level in Level::ALL.into_iter().take(7) {
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

#[test]
fn a_dirty_read_breaks_all_levels() {
    check("a: !w x 1\nb: r x 1", "aborted-read", ALL);
    check("a: w x 1, w x 2\nb: r x 1", "intermediate-read", ALL);
    check("a: r x 7", "never-written", ALL);
    check("a: w x 1, r x -", "internal", ALL);
    check("a: r x 1, w x 1", "internal", ALL);
    check("a: ?w x 1 | w y 1\nb: r x 1", "-", "");
}

/// All levels.
const ALL: &str = "read-committed read-atomic causal snapshot-isolation serializable \
                   strong-session-snapshot-isolation strong-session-serializable";
/// All levels that contain the order of sessions.
const SESSIONS: &str = "read-committed read-atomic causal strong-session-snapshot-isolation \
                        strong-session-serializable";

#[test]
fn circular_information_flow_breaks_read_committed() {
    check("a: w x 1, r y 1\nb: w y 1, r x 1", "cyclic-information-flow", ALL);
    check("a: r x 1 | w y 1\nb: r y 1 | w x 1", "cyclic-information-flow", SESSIONS);
}

#[test]
fn a_non_monotonic_read_breaks_read_committed() {
    check("a: w x 1 | w x 2, w y 2\nb: r y 2, r x 1", "non-monotonic-read", SESSIONS);
    check("a: w x 1, w y 1\nb: r y 1, r x -", "non-monotonic-read", ALL);
}

#[test]
fn a_fractured_read_breaks_read_atomic() {
    let all = ALL.strip_prefix("read-committed ").expect("the first one");
    let sessions = SESSIONS.strip_prefix("read-committed ").expect("the first one");
    check("a: w x 1, w y 1\nb: r x -, r y 1", "fractured-read", all);
    check("a: w x 1 | w x 2\nb: r x 1, r x 2", "non-repeatable-read", all);
    check("a: w x 1 | r x -", "fractured-read", sessions);
}

#[test]
fn a_causal_reversal_breaks_causal() {
    let sessions = SESSIONS.strip_prefix("read-committed read-atomic ").expect("the first ones");
    check("a: w x 1\nb: r x 1, w y 1\nc: r y 1 | r x -", "causality-violation", sessions);
    check("a: w x 1 | w x 2\nb: r x 2, w y 1\nc: r y 1 | r x 1", "causality-violation", sessions);
}

/// The levels from snapshot isolation on.
const SNAPSHOT: &str = "snapshot-isolation serializable strong-session-snapshot-isolation \
                        strong-session-serializable";

#[test]
fn a_lost_update_breaks_snapshot_isolation() {
    check("a: r x -, w x 1\nb: r x -, w x 2", "lost-update", SNAPSHOT);
    check("a: w x 0\nb: r x 0, w x 1\nc: r x 0, w x 2", "lost-update", SNAPSHOT);
}

#[test]
fn a_long_fork_breaks_snapshot_isolation() {
    check("a: w x 1\nb: w y 1\nc: r x 1, r y -\nd: r x -, r y 1", "long-fork", SNAPSHOT);
    check(
        "a: w x 0, w y 0\nb: w x 1\nc: w y 1\nd: r x 1, r y 0\ne: r x 0, r y 1",
        "long-fork",
        SNAPSHOT,
    );
}

#[test]
fn write_skew_breaks_serializability() {
    let serializable = "serializable strong-session-serializable";
    check("a: r x -, w y 1\nb: r y -, w x 1", "write-skew", serializable);
    check("a: r x -, r y -, w x 1\nb: r x -, r y -, w y 1", "write-skew", serializable);
}

#[test]
fn a_reversal_in_a_session_breaks_levels_that_contain_sessions() {
    let sessions = "strong-session-snapshot-isolation strong-session-serializable";
    check("a: w x 1 | r y -\nb: w y 1 | r x -", "session-reversal", sessions);
}

/// Checks the levels that contain the order of real time.
#[track_caller]
fn check_realtime(text: &str, anomaly: &str, breaks_snapshot: bool) {
    check(text, "-", "");
    for (level, is_broken) in [
        (Level::StrongSnapshotIsolation, breaks_snapshot),
        (Level::StrictSerializable, !anomaly.is_empty()),
    ] {
        match super::check(&sample(text), level, Limits::DEFAULT) {
            Outcome::Holds => assert!(!is_broken, "{text}"),
            Outcome::Broken(witness) => {
                assert!(is_broken, "{witness}");
                assert_eq!(witness.anomaly, anomaly);
            }
            Outcome::Undetermined(why) => panic!("{why}"),
        }
    }
}

#[test]
fn a_reversal_in_time_breaks_levels_that_contain_time() {
    check_realtime("a: @0-1 w x 1\nb: @2-3 r x -", "realtime-reversal", true);
    check_realtime("a: @0-2 w x 1\nb: @2-3 r x -", "", false);
    let in_turn = "a: @0-9 r x -, w y 1\nb: @0-1 w x 1\nc: @2-3 r y -";
    check_realtime(in_turn, "realtime-reversal", false);
}

#[test]
fn without_times_the_order_of_time_is_undetermined() {
    let outcome = super::check(&sample("a: w x 1"), Level::StrictSerializable, Limits::DEFAULT);
    let why = "the history does not say when transactions began and ended";
    assert_eq!(outcome, Outcome::Undetermined(why.to_owned()));
}

#[test]
fn good_histories_satisfy_all_levels() {
    check("a: w x 1 | w x 2\nb: r x 1 | r x 2", "-", "");
    check("a: r x -, w x 1\nb: r x 1, w x 2\nc: r x 2", "-", "");
}

#[test]
fn values_that_are_not_unique_leave_open_what_holds_without_their_reads() {
    let text = "a: w x 1\nb: w x 1\nc: r x 1";
    let why = "values are not unique: x = 1 is written by session a, transaction 1 and by session \
               b, transaction 1, and read by session c, transaction 1; 1 such reads are left out, \
               and the rest holds";
    let outcome = super::check(&sample(text), Level::Causal, Limits::DEFAULT);
    assert_eq!(outcome, Outcome::Undetermined(why.to_owned()));
    let broken = format!("{text} | r y 1, r y -\nd: w y 1");
    let outcome = super::check(&sample(&broken), Level::Causal, Limits::DEFAULT);
    assert!(matches!(outcome, Outcome::Broken(_)), "{outcome:?}");
}

#[test]
fn each_step_of_a_witness_has_its_reason() {
    let history = sample("a: w x 1\nb: r x 1, w x 2\nc: r x 1, w x 3");
    let outcome = super::check(&history, Level::SnapshotIsolation, Limits::DEFAULT);
    let Outcome::Broken(witness) = outcome else { panic!("{outcome:?}") };
    let expected = "\
T1  session a, transaction 1: w x = 1
T2  session b, transaction 1: r x = 1, w x = 2
T3  session c, transaction 1: r x = 1, w x = 3
1. T1 comes before T2, inferred: both write x, and if T2 came first there would be a cycle (T2 \
reads x = 1, which T1 wrote; T1 replaces x = 2, which T2 wrote)
2. T1 comes before T3, inferred: both write x, and if T3 came first there would be a cycle (T3 \
reads x = 1, which T1 wrote; T1 replaces x = 3, which T3 wrote)
3. T3 comes before T2, inferred: both write x, and if T2 came first there would be a cycle (T3 \
reads x = 1, which T1 wrote and T2 replaces; T3 replaces x = 2, which T2 wrote)
4. T2 reads x = 1, which T1 wrote and T3 replaces
5. T2 replaces x = 3, which T3 wrote
    ┌──▶ T2
    │    │  rw x
    │    ▼
    │    T3
    │    │  ww x
    └────┘
weakest level that this breaks: snapshot-isolation
strongest level that allows it: causal
";
    assert_eq!(witness.to_string(), expected);
}

#[test]
fn where_no_order_is_inferred_each_case_has_its_cycle() {
    let text = "a: w x 1, w a 1\nb: w x 2, w b 1\nc: w y 1, w c 1\nd: w y 2, w d 1\n\
                e: r x 1, r c 1, r d 1\nf: r x 2, r c 1, r d 1\n\
                g: r y 1, r a 1, r b 1\nh: r y 2, r a 1, r b 1";
    let outcome = super::check(&sample(text), Level::Serializable, Limits::DEFAULT);
    let Outcome::Broken(witness) = outcome else { panic!("{outcome:?}") };
    let cases: Vec<&str> = witness
        .reasons
        .iter()
        .map(String::as_str)
        .filter(|reason| !reason.starts_with("  "))
        .collect();
    let expected =
        ["if T3 comes before T4 (both write y):", "if T4 comes before T3 (both write y):"];
    assert_eq!(cases, expected, "{witness}");
    let inferred = "  T2 comes before T1, inferred: both write x, and if T1 came first there would \
                    be a cycle (T7 reads b = 1, which T2 wrote; T7 reads y = 1, which T3 wrote and \
                    T4 replaces; T5 reads d = 1, which T4 wrote; T5 reads x = 1, which T1 wrote \
                    and T2 replaces)";
    assert_eq!(witness.reasons[1], inferred);
    assert_eq!(witness.drawing.iter().filter(|line| line.starts_with("└──")).count(), 2);
}
