//! Checker of grow-only sets (Jepsen's set-full): the fate of each element over all readers.
//!
//! An element is *stable* if the last ok read that counts for it has it, *lost* if it was known and
//! that read lacks it, and otherwise *never read*. The last read is the one invoked last. A read
//! counts for an element if it completes after the element's add is invoked. An element is *known*
//! from the first ok of its add, or the first read that has it:
//!
//! ```text
//!   add 7   ├───┤ ok          known
//!   read           ├───┤ []   last absent
//!   read                   ├───┤ [7]     last present, so stable; latency: from known
//!                                        to after the invocation of the last absent read
//! ```
//!
//! This is what Jepsen checks. The further requirements on single reads and single nodes are in
//! `check/set_reads.rs`.
//!
//! Cost: elements times reads, a few operations each.

use std::cmp::Reverse;

use super::elements::Elements;
use super::history_rule::HistoryRule;
use super::history_verdict::{Findings, HistoryVerdict, Validity, gave_up};
use super::operations::Operations;
use super::set_reads;
use super::set_timeline::{Outcome, SetKind, Sight, Timeline};
use crate::edn::Edn;
use crate::engine::time::Duration;
use crate::history::{F, Op, OpValue, op_edn};

/// Maximum number of elements with the largest latencies in the result.
const WORST_STALE: usize = 8;

/// Quantiles of the latencies in the result.
const QUANTILES: [f64; 5] = [0.0, 0.5, 0.95, 0.99, 1.0];

/// Checks a set.
pub fn check(ops: &Operations<'_>, kind: SetKind) -> HistoryVerdict {
    let mut findings = Findings::default();
    let Some(added) = added(ops, kind, &mut findings) else {
        let why = "an element is not a whole number";
        return findings.verdict(Validity::Unknown, gave_up(why));
    };
    let elements = Elements::new(added.into_iter());
    let timeline = Timeline::of(ops, kind, &elements);
    let outcomes: Vec<Outcome> = timeline.sights.iter().map(|s| s.outcome(ops)).collect();
    for (number, sight) in timeline.sights.iter().enumerate() {
        if let (Outcome::Lost { .. }, Some(absent)) = (&outcomes[number], sight.last_absent) {
            let words = || lost_in_words(ops, elements.value(number), sight, absent);
            findings.add(HistoryRule::Lost, &[sight.added, absent], words);
        }
    }
    let is_lost = |number: usize| matches!(outcomes[number], Outcome::Lost { .. });
    set_reads::check(ops, kind, &elements, &timeline, &is_lost, &mut findings);
    let parity = parity(&outcomes);
    if parity == Validity::Unknown {
        let why = "no element is known to be in all reads from some time on";
        findings.leave_open(HistoryRule::NothingAcknowledged, why);
    }
    let mut stable_latencies: Vec<Duration> = outcomes.iter().filter_map(Outcome::stable).collect();
    stable_latencies.sort_unstable();
    let result = result(ops, &elements, &timeline, &outcomes, parity);
    HistoryVerdict { stable_latencies, ..findings.verdict(parity, result) }
}

/// Returns the value at index ⌊q · n⌋ of `n` sorted values, or the largest if there is none:
/// Jepsen's quantile.
pub fn quantile<T: Copy>(sorted: &[T], q: f64) -> Option<T> {
    let last = sorted.len().checked_sub(1)?;
    sorted.get(last.min((q * sorted.len() as f64).floor() as usize)).copied()
}

/// Returns the elements of all adds, with repetitions; `None` if one is not an integer.
fn added(ops: &Operations<'_>, kind: SetKind, findings: &mut Findings) -> Option<Vec<i64>> {
    let f = kind.f();
    let mut added = Vec::new();
    let mut all_are_whole = true;
    for operation in ops.with(&f) {
        match ops.argument(operation) {
            OpValue::Int(value) => added.push(*value),
            other => {
                all_are_whole = false;
                findings.add(HistoryRule::MalformedValue, &[operation.invoke], || {
                    format!("{} adds {}, not a whole number", ops.who(operation), other.to_json())
                });
            }
        }
    }
    all_are_whole.then_some(added)
}

fn lost_in_words(ops: &Operations<'_>, value: i64, sight: &Sight, absent: usize) -> String {
    let at = |index: usize| ops.history[index].time;
    let who = |index: usize| ops.at(index).map(|op| ops.who(op)).unwrap_or_default();
    let known = sight.known.map_or(String::new(), |known| format!(", known at {}", at(known)));
    let present = match sight.last_present {
        Some(read) => format!("last in the read of {} at {}", who(read), at(read)),
        None => "in no read".to_owned(),
    };
    let added = who(sight.added);
    let (reader, read_at) = (who(absent), at(absent));
    format!(
        "{value}, added by {added}{known}, is {present}, and not in the read of {reader} at \
         {read_at}"
    )
}

fn parity(outcomes: &[Outcome]) -> Validity {
    if outcomes.iter().any(|outcome| outcome.lost().is_some()) {
        Validity::Invalid
    } else if outcomes.iter().all(|outcome| outcome.stable().is_none()) {
        Validity::Unknown
    } else {
        Validity::Valid
    }
}

fn milliseconds(latency: Duration) -> u64 {
    latency.as_ns() / 1_000_000
}

/// Returns the result map of Jepsen's set-full.
fn result(
    ops: &Operations<'_>,
    elements: &Elements,
    timeline: &Timeline,
    outcomes: &[Outcome],
    parity: Validity,
) -> Edn {
    let those = |is: &dyn Fn(&Outcome) -> bool| {
        let numbers = (0..outcomes.len()).filter(|number| is(&outcomes[*number]));
        let mut values: Vec<i64> = numbers.map(|number| elements.value(number)).collect();
        values.sort_unstable();
        values
    };
    let lost = those(&|outcome| outcome.lost().is_some());
    let never_read = those(&|outcome| *outcome == Outcome::NeverRead);
    let stale = those(&|outcome| outcome.stable().is_some_and(|l| milliseconds(l) > 0));
    let list = |values: Vec<i64>| Edn::List(values.into_iter().map(Edn::Int).collect());
    let mut entries = vec![
        ("valid?", parity.edn()),
        ("attempt-count", Edn::count(outcomes.len())),
        ("stable-count", Edn::count(outcomes.iter().filter_map(Outcome::stable).count())),
        ("lost-count", Edn::count(lost.len())),
        ("lost", list(lost)),
        ("never-read-count", Edn::count(never_read.len())),
        ("never-read", list(never_read)),
        ("stale-count", Edn::count(stale.len())),
        ("worst-stale", worst_stale(ops, elements, timeline, outcomes, &stale)),
        ("stale", list(stale)),
    ];
    entries.extend(latencies("stable-latencies", outcomes.iter().filter_map(Outcome::stable)));
    entries.extend(latencies("lost-latencies", outcomes.iter().filter_map(Outcome::lost)));
    // Maelstrom's comparison is inverted, so that it never finds any.
    entries.push(("duplicated-count", Edn::Int(0)));
    entries.push(("duplicated", Edn::Map(Vec::new())));
    Edn::Map(entries.into_iter().map(|(key, value)| (Edn::keyword(key), value)).collect())
}

fn worst_stale(
    ops: &Operations<'_>,
    elements: &Elements,
    timeline: &Timeline,
    outcomes: &[Outcome],
    stale: &[i64],
) -> Edn {
    let mut stale: Vec<(u64, usize)> = (stale.iter())
        .filter_map(|value| elements.number(*value))
        .filter_map(|number| Some((milliseconds(outcomes[number].stable()?), number)))
        .collect();
    // Of equal latencies the largest element comes first.
    stale.sort_by_key(|(latency, number)| Reverse((*latency, elements.value(*number))));
    // Jepsen's checker calls every operation that adds an element `add`.
    let op = |index: Option<usize>| match index.map(|index| (index, &ops.history[index])) {
        Some((index, op)) if op.f == F::Broadcast => {
            op_edn(index, &Op { f: F::Add, ..op.clone() }, ops.nodes)
        }
        Some((index, op)) => op_edn(index, op, ops.nodes),
        None => Edn::Nil,
    };
    let map = |(latency, number): (u64, usize)| {
        Edn::map([
            ("element", Edn::Int(elements.value(number))),
            ("outcome", Edn::keyword("stable")),
            ("stable-latency", Edn::whole(i128::from(latency))),
            ("lost-latency", Edn::Nil),
            ("known", op(timeline.sights[number].known)),
            ("last-absent", op(timeline.sights[number].last_absent)),
        ])
    };
    Edn::List(stale.into_iter().take(WORST_STALE).map(map).collect())
}

/// Returns latencies in whole milliseconds; `None` if there are none.
fn latencies(
    key: &'static str,
    latencies: impl Iterator<Item = Duration>,
) -> Option<(&'static str, Edn)> {
    let mut sorted: Vec<u64> = latencies.map(milliseconds).collect();
    sorted.sort_unstable();
    let entry = |q: f64| {
        let key = if q.fract() == 0.0 { Edn::Int(q as i64) } else { Edn::Float(q) };
        Some((key, Edn::whole(i128::from(quantile(&sorted, q)?))))
    };
    let entries: Option<Vec<_>> = QUANTILES.into_iter().map(entry).collect();
    entries.map(|entries| (key, Edn::Map(entries)))
}
