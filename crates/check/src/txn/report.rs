//! The verdict: findings of the anomalies that the expected models prohibit.

use super::anomaly::{Anomalies, Anomaly};
use super::case_examples;
use super::cases::{Case, Cases};
use super::cycles::Cycles;
use super::options::DataType;
use super::reasons::Reasons;
use super::store::Store;
use super::words::Words;
use crate::counterexample::Counterexample;
use crate::history_rule::HistoryRule;
use crate::history_verdict::{FINDINGS_KEPT, Findings};

/// Maximum number of cycles that are drawn.
const DRAWN: usize = 5;

/// Returns the rules that are checked, besides well-formedness of the history.
pub fn rules(data: DataType) -> &'static [HistoryRule] {
    match data {
        DataType::List => &RULES[..RULES.len() - OF_REGISTERS],
        DataType::Register => &RULES[OF_LISTS..],
    }
}

/// Number of the first rules that only lists can break.
const OF_LISTS: usize = 3;
/// Number of the last rules that only registers can break.
const OF_REGISTERS: usize = 9;
/// The rules of lists, then those of both, then those of registers.
const RULES: &[HistoryRule] = &[
    HistoryRule::DirtyUpdate,
    HistoryRule::DuplicateElements,
    HistoryRule::IncompatibleOrder,
    HistoryRule::NothingAcknowledged,
    HistoryRule::Fabricated,
    HistoryRule::AbortedRead,
    HistoryRule::G0,
    HistoryRule::G1c,
    HistoryRule::GSingleItem,
    HistoryRule::GNonadjacentItem,
    HistoryRule::G2Item,
    HistoryRule::G0Process,
    HistoryRule::G1cProcess,
    HistoryRule::GSingleItemProcess,
    HistoryRule::GNonadjacentItemProcess,
    HistoryRule::G2ItemProcess,
    HistoryRule::G0Realtime,
    HistoryRule::G1cRealtime,
    HistoryRule::GSingleItemRealtime,
    HistoryRule::GNonadjacentItemRealtime,
    HistoryRule::G2ItemRealtime,
    HistoryRule::G1b,
    HistoryRule::InternalOwnWrite,
    HistoryRule::Internal,
    HistoryRule::FutureRead,
    HistoryRule::LostUpdate,
    HistoryRule::CheckLimit,
    HistoryRule::CyclicVersions,
    HistoryRule::NonMonotonicRead,
    HistoryRule::NonRepeatableRead,
    HistoryRule::FracturedRead,
    HistoryRule::CausalityViolation,
    HistoryRule::LongFork,
    HistoryRule::WriteSkew,
    HistoryRule::SessionReversal,
    HistoryRule::RealtimeReversal,
];

/// Returns the rule that an anomaly breaks; none for one that is never found itself.
pub(super) fn rule(anomaly: Anomaly) -> Option<HistoryRule> {
    HistoryRule::ALL.iter().copied().find(|rule| rule.name() == anomaly.name())
}

/// Returns the anomalies of the strict sense.
pub(super) fn found(cases: &Cases, cycles: &Cycles) -> Anomalies {
    cases.0.keys().chain(cycles.strict.keys()).copied().collect()
}

/// Adds findings for the anomalies that are prohibited; returns drawings of the first cycles.
pub(super) fn report<R: Reasons>(
    words: &Words<'_, R>,
    (cases, cycles): (&Cases, &Cycles),
    prohibited: Anomalies,
    findings: &mut Findings,
) -> Vec<Vec<String>> {
    for (anomaly, noted) in cases.0.iter().filter(|(anomaly, _)| prohibited.contains(**anomaly)) {
        let Some(rule) = rule(*anomaly) else { continue };
        let mut shown = noted.cases.iter();
        for _ in 0..noted.count {
            let case = shown.next();
            let ops = case.map(|case| entries(words.store, case)).unwrap_or_default();
            findings.add_drawn(rule, &ops, || {
                let text = case.map(|case| words.case(*anomaly, case)).unwrap_or_default();
                let drawn =
                    case.and_then(|case| case_examples::counterexample(words, *anomaly, case));
                (text, drawn.map(Counterexample::Cycles))
            });
        }
    }
    let mut drawings = Vec::new();
    for (anomaly, found) in cycles.strict.iter().filter(|(kind, _)| prohibited.contains(**kind)) {
        let Some(rule) = rule(*anomaly) else { continue };
        let mut shown = found.cycles.iter();
        for place in 0..found.count {
            let cycle = shown.next().filter(|_| place < FINDINGS_KEPT as u64);
            let steps = cycle.into_iter().flat_map(|cycle| &cycle.steps);
            let ops: Vec<usize> =
                steps.map(|(txn, _)| words.store.txns[*txn as usize].entry()).collect();
            findings.add_drawn(rule, &ops, || {
                let drawn = |cycle| Counterexample::Cycles(words.counterexample(cycle));
                (cycle.map(|cycle| words.cycle(cycle)).unwrap_or_default(), cycle.map(drawn))
            });
        }
        let first = found.cycles.first().filter(|_| drawings.len() < DRAWN);
        drawings.extend(first.map(|cycle| words.drawing(cycle)));
    }
    drawings
}

/// The entries of the history that show a case.
fn entries(store: &Store, case: &Case) -> Vec<usize> {
    let entry = |txn: u32| store.txns.get(txn as usize).map(|txn| txn.entry());
    let entries = |txns: &[u32]| txns.iter().filter_map(|txn| entry(*txn)).collect();
    match case {
        Case::Read { txn, version, .. } => {
            let writer = store.versions[*version as usize].writer;
            let both = [writer, *txn];
            entries(if writer == *txn { &both[1..] } else { &both })
        }
        Case::Internal { txn, .. } => entries(&[*txn]),
        Case::Order { chains, .. } => {
            entries(&chains.map(|chain| store.chains[chain as usize].reader))
        }
        Case::DirtyUpdate { failed, committed } => entries(&[*failed, *committed]),
        Case::LostUpdate { txns, .. } => entries(txns),
        Case::CyclicVersions { versions } => {
            let writers: Vec<u32> =
                versions.iter().map(|version| store.versions[*version as usize].writer).collect();
            entries(&writers)
        }
    }
}
