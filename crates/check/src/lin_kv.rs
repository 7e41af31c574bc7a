//! A store of keys whose operations are linearizable, each key for itself.
//!
//! # Histories
//!
//! Registers have the form that Jepsen's independent keys give them; without keys all operations
//! are those of one register. A register has no value, `nil`, in the beginning.
//!
//! ```text
//! :read    [k nil]     ends as   [k v]     or without keys   nil and v
//! :write   [k v]                                             v
//! :cas     [k [a b]]                                         [a b]
//! ```
//!
//! Texts are read, replaced, and appended to; a text is empty in the beginning:
//!
//! ```text
//! :get     [k nil]     ends as   [k "…"]
//! :put     [k "…"]
//! :append  [k "…"]
//! ```
//!
//! # What is checked
//!
//! Each key for itself, since a history is linearizable if and only if those of its keys are. An
//! operation that failed did nothing. One whose outcome is unknown may take effect at any time
//! after its begin, or never. Strictly also these say what was found:
//!
//! - an operation that failed since there is no such key found none: its value is nil;
//! - a compare-and-set whose precondition failed found another value than the expected one;
//! - a read of nil is possible before the first write alone.
//!
//! Parity leaves them out, as Jepsen does: there a read of nil is always possible.

mod gather;
mod interner;
mod report;
#[cfg(test)]
mod tests;
mod verdict;
mod words;

use self::gather::{Gathered, Sense, gather};
use self::verdict::KeyVerdicts;
use super::history_rule::HistoryRule;
use super::history_verdict::{Findings, HistoryVerdict, Validity, gave_up};
use super::linear::{Budget, Limits};
use super::operations::Operations;

/// Checks a history of keys.
pub fn check(ops: &Operations<'_>) -> HistoryVerdict {
    check_within(ops, &Limits::DEFAULT)
}

/// Checks a history of keys, as far as limits allow. The limit of steps is for all keys together.
pub fn check_within(ops: &Operations<'_>, limits: &Limits) -> HistoryVerdict {
    let mut findings = Findings::default();
    let Some(mut gathered) = gather(ops, Sense::Strict, &mut findings) else {
        let why = "an operation has another value than the workload's";
        return findings.verdict(Validity::Unknown, gave_up(why));
    };
    if !ops.all.iter().any(|operation| ops.result(operation).is_some()) {
        let why = "no operation was acknowledged";
        findings.leave_open(HistoryRule::NothingAcknowledged, why);
    }
    let mut budget = Budget::new(limits);
    let strict = KeyVerdicts::of(&mut gathered, &mut budget);
    let drawings = report::strict(ops, &mut gathered, &strict, limits, &mut findings);
    let parity = parity(ops, &gathered, &strict, &mut budget);
    let (parity, result) = match &parity {
        Some((gathered, parity)) => report::parity(ops, gathered, parity),
        None => report::parity(ops, &gathered, &strict),
    };
    HistoryVerdict { drawings, ..findings.verdict(parity, result) }
}

/// What is different in the sense of Maelstrom, if anything is. There less is observed, so that an
/// order in the strict sense is one there, too.
fn parity(
    ops: &Operations<'_>,
    strict: &Gathered,
    verdicts: &KeyVerdicts,
    budget: &mut Budget,
) -> Option<(Gathered, KeyVerdicts)> {
    let is_same = match verdicts.are_all_linearizable() {
        true => !strict.equality_differs,
        false => !strict.equality_differs && !strict.observations_differ,
    };
    if is_same {
        return None;
    }
    let mut gathered = gather(ops, Sense::Parity, &mut Findings::default())?;
    let verdicts = KeyVerdicts::of(&mut gathered, budget);
    Some((gathered, verdicts))
}
