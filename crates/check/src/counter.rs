//! Counter checker: the final value is the sum of all adds that happened.
//!
//! An add whose outcome is unknown may be in the sum or not. Maelstrom's clients of counters throw
//! on any error, so for parity an add that definitely failed may be in the sum, too; strictly it is
//! not. Parity compares all final reads with one set of values. Strictly each final read has its
//! own set: adds that ended before the read began are in the sum, adds that began after it ended
//! are not, and adds concurrent with the read may be:
//!
//! ```text
//!   add 1   ├───┤ ok
//!   add 2          ├──────────┤ ok
//!   add 4                              ├───┤ ok
//!   read                ├──────────┤            possible: 1, 3
//! ```
//!
//! No other read may be beyond the sum of everything that was added until then.

use super::history_rule::HistoryRule;
use super::history_verdict::{Findings, HistoryVerdict, Validity, gave_up};
use super::operations::{FINAL_IS_INFERRED, NO_FINAL_READ, Operation, Operations};
use super::ranges::{RANGES_MAX, Ranges};
use crate::edn::Edn;
use crate::history::{EntryKind, F, OpValue, op_edn};

/// Checks a g-counter or a pn-counter.
pub fn check(ops: &Operations<'_>) -> HistoryVerdict {
    let mut findings = Findings::default();
    let Some(adds) = adds(ops, &mut findings) else {
        let why = "a delta is not a whole number";
        return findings.verdict(Validity::Unknown, gave_up(why));
    };
    let reads = reads(ops, &mut findings);
    let finals: Vec<&Read> = reads.iter().filter(|read| read.operation.is_final).collect();
    let bounds = bounds(&adds);
    for read in reads.iter().filter(|read| !read.operation.is_final) {
        check_bounds(ops, &bounds, read, &mut findings);
    }
    check_final_reads(ops, &adds, &finals, &mut findings);
    let (parity, result) = parity(ops, &adds, &finals);
    findings.verdict(parity, result)
}

/// An add, with its increment.
struct Add {
    operation: Operation,
    delta: i128,
    /// Whether the add definitely did not happen.
    has_failed: bool,
}

/// An ok read: its completion, and its value.
struct Read {
    operation: Operation,
    completion: usize,
    value: i128,
}

fn adds(ops: &Operations<'_>, findings: &mut Findings) -> Option<Vec<Add>> {
    let mut adds = Vec::new();
    let mut all_are_whole = true;
    for operation in ops.with(&F::Add) {
        let argument = ops.argument(operation);
        match argument.whole() {
            Some(delta) => {
                let has_failed = ops.has_failed(operation);
                adds.push(Add { operation: *operation, delta, has_failed });
            }
            None => {
                all_are_whole = false;
                findings.add(HistoryRule::MalformedValue, &[operation.invoke], || {
                    let (who, argument) = (ops.who(operation), argument.to_json());
                    format!("{who} adds {argument}, not a whole number of at most 128 bits")
                });
            }
        }
    }
    all_are_whole.then_some(adds)
}

fn reads(ops: &Operations<'_>, findings: &mut Findings) -> Vec<Read> {
    let mut reads = Vec::new();
    for operation in ops.with(&F::Read) {
        let Some((completion, value)) = ops.result(operation) else { continue };
        match value.whole() {
            Some(value) => reads.push(Read { operation: *operation, completion, value }),
            None => {
                findings.add(HistoryRule::MalformedValue, &[operation.invoke, completion], || {
                    let (who, value) = (ops.who(operation), value.to_json());
                    format!("{who} reads {value}, not a whole number of at most 128 bits")
                });
            }
        }
    }
    reads
}

/// Bounds of a read: the sums of all negative and of all positive adds that have begun. They hold
/// from the entry `since` of the history on.
struct Bound {
    since: usize,
    least: i128,
    greatest: i128,
}

/// Returns the bounds of values, one for each add that begins.
fn bounds(adds: &[Add]) -> Vec<Bound> {
    let (mut least, mut greatest) = (0_i128, 0_i128);
    let begun = adds.iter().filter(|add| !add.has_failed);
    let mut bounds: Vec<Bound> = begun
        .map(|add| {
            least = least.saturating_add(add.delta.min(0));
            greatest = greatest.saturating_add(add.delta.max(0));
            Bound { since: add.operation.invoke, least, greatest }
        })
        .collect();
    bounds.insert(0, Bound { since: 0, least: 0, greatest: 0 });
    bounds
}

fn check_bounds(ops: &Operations<'_>, bounds: &[Bound], read: &Read, findings: &mut Findings) {
    // The first of them holds from the beginning on.
    let begun = bounds[1..].partition_point(|bound| bound.since < read.completion);
    let Bound { least, greatest, .. } = bounds[begun];
    if (least..=greatest).contains(&read.value) {
        return;
    }
    let ops_of_it = [read.operation.invoke, read.completion];
    findings.add(HistoryRule::ImpossibleValue, &ops_of_it, || {
        let (who, at) = (ops.who(&read.operation), ops.history[read.completion].time);
        format!(
            "the read of {who}, done at {at}, says {}; all that was added until then makes {least} \
             to {greatest} possible",
            read.value
        )
    });
}

/// Checks that each node that clients talked to, and each that is named, has a final read.
fn check_presence(ops: &Operations<'_>, finals: &[&Read], findings: &mut Findings) {
    let Some(greatest) = ops.all.iter().filter_map(|operation| operation.node).max() else {
        let why = "the history does not tell nodes";
        return findings.skip(HistoryRule::NoFinalRead, why);
    };
    let count = ops.nodes.len().max(greatest as usize + 1) as u32;
    for node in 0..count {
        if finals.iter().all(|read| read.operation.node != Some(node)) {
            let why = format!("{} has no ok read in the final phase", ops.node_name(node));
            findings.leave_open(HistoryRule::NoFinalRead, why);
        }
    }
}

fn check_final_reads(
    ops: &Operations<'_>,
    adds: &[Add],
    finals: &[&Read],
    findings: &mut Findings,
) {
    if finals.is_empty() {
        findings.leave_open(HistoryRule::NoFinalRead, NO_FINAL_READ);
    } else {
        if ops.final_is_inferred {
            findings.skip(HistoryRule::NoFinalRead, FINAL_IS_INFERRED);
        }
        check_presence(ops, finals, findings);
    }
    // Usually no adds are left, and all final reads have the same possible values.
    let mut before: Option<(Possible, Option<Ranges>)> = None;
    for read in finals {
        let possible = Possible::at(adds, read);
        let ranges = match before.take() {
            Some((same, ranges)) if same == possible => ranges,
            _ => possible.ranges(),
        };
        match &ranges {
            None => {
                let why = format!("unknown adds make more than {RANGES_MAX} ranges of values");
                findings.leave_open(HistoryRule::TooManyOutcomes, why);
                return;
            }
            Some(ranges) if !ranges.contain(read.value) => {
                let ops_of_it = [read.operation.invoke, read.completion];
                findings.add(HistoryRule::OutOfRange, &ops_of_it, || {
                    let (who, at) = (ops.who(&read.operation), ops.history[read.completion].time);
                    let (value, words) = (read.value, ranges.in_words());
                    format!("the final read of {who} at {at} says {value}; {words} is possible")
                });
            }
            Some(_) => {}
        }
        before = Some((possible, ranges));
    }
}

/// Possible values of a final read: a certain sum, and the adds that may be in it or not.
#[derive(PartialEq, Eq)]
struct Possible {
    certain: i128,
    uncertain: Vec<i128>,
}

impl Possible {
    fn at(adds: &[Add], read: &Read) -> Possible {
        let mut possible = Possible { certain: 0, uncertain: Vec::new() };
        for add in adds {
            let operation = &add.operation;
            let is_done = operation.completion.is_some_and(|end| end < read.operation.invoke);
            match operation.outcome {
                _ if add.has_failed => {}
                _ if operation.invoke > read.completion => {}
                EntryKind::Ok if is_done => {
                    possible.certain = possible.certain.saturating_add(add.delta)
                }
                _ => possible.uncertain.push(add.delta),
            }
        }
        possible
    }

    fn ranges(&self) -> Option<Ranges> {
        Ranges::sums(self.certain, self.uncertain.iter().copied())
    }
}

/// Returns Maelstrom's verdict and its result map.
fn parity(ops: &Operations<'_>, adds: &[Add], finals: &[&Read]) -> (Validity, Edn) {
    let give_up = |why: &str| (Validity::Unknown, gave_up(why));
    let ended = |kind: EntryKind| {
        move |add: &&Add| add.operation.outcome == kind && add.operation.completion.is_some()
    };
    let certain = adds.iter().filter(ended(EntryKind::Ok)).map(|add| add.delta);
    let certain = certain.fold(0_i128, i128::saturating_add);
    let is_unsure = ended(EntryKind::Info);
    let unsure = adds.iter().filter(is_unsure).map(|add| add.delta);
    let Some(ranges) = Ranges::sums(certain, unsure) else {
        return give_up("unknown adds make too many ranges of values");
    };
    let fits = |number: &i128| i64::try_from(*number).is_ok();
    if !ranges.as_slice().iter().all(|(least, greatest)| fits(least) && fits(greatest)) {
        return give_up("integer overflow");
    }
    // Maelstrom's ranges accept 64-bit integers and throw on anything else.
    let finals_in_history = ops.all.iter().filter(|operation| operation.is_final);
    let values = finals_in_history.filter_map(|operation| ops.result(operation));
    let is_odd = |value: &OpValue| !matches!(value, OpValue::Int(_));
    if !ops.final_is_inferred && values.into_iter().any(|(_, value)| is_odd(value)) {
        return give_up("a final read is no integer of 64 bits");
    }
    // Maelstrom checks the reads that are marked as final, in the order of their completions.
    let is_marked = |read: &&&Read| !ops.final_is_inferred && read.operation.is_final;
    let mut finals: Vec<&Read> = finals.iter().filter(is_marked).copied().collect();
    finals.sort_unstable_by_key(|read| read.completion);
    let wrong: Vec<Edn> = finals
        .iter()
        .filter(|read| !ranges.contain(read.value))
        .map(|read| op_edn(read.completion, &ops.history[read.completion], ops.nodes))
        .collect();
    let valid = Validity::of(wrong.is_empty());
    let range = |(least, greatest): &(i128, i128)| {
        Edn::Vector(vec![Edn::whole(*least), Edn::whole(*greatest)])
    };
    let values = finals.iter().map(|read| Edn::whole(read.value)).collect();
    let result = Edn::map([
        ("valid?", valid.edn()),
        ("errors", if wrong.is_empty() { Edn::Nil } else { Edn::List(wrong) }),
        ("final-reads", Edn::List(values)),
        ("acceptable", Edn::List(ranges.as_slice().iter().map(range).collect())),
    ]);
    (valid, result)
}
