//! Anomalies that are no cycle as counterexamples: their transactions, and what leads from one to
//! the next.

use super::anomaly::Anomaly;
use super::cases::Case;
use super::reasons::Reasons;
use super::words::Words;
use crate::counterexample::{Cycles, LabelledCycle, LabelledEdge};

/// Maximum number of transactions of a case that are drawn.
const DRAWN_MAX: usize = 6;

/// An edge: the places of two transactions, its label, and its reason.
type Edge = (usize, usize, String, String);

/// Returns a case as a counterexample; `None` if no transaction of the history shows it.
pub(super) fn counterexample<R: Reasons>(
    words: &Words<'_, R>,
    anomaly: Anomaly,
    case: &Case,
) -> Option<Cycles> {
    let store = words.store;
    let sentence = || words.case(anomaly, case);
    let writer = |version: u32| store.versions[version as usize].writer;
    let is_known = |txn: &u32| (*txn as usize) < store.txns.len();
    let (txns, edges): (Vec<u32>, Vec<Edge>) = match case {
        Case::Read { txn, op, version } => match writer(*version) {
            from if from != *txn && is_known(&from) => {
                let key = words.key(store.ops(*txn)[*op as usize].key);
                (vec![from, *txn], vec![(0, 1, format!("wr {key}"), sentence())])
            }
            _ => (vec![*txn], Vec::new()),
        },
        Case::Internal { txn, .. } => (vec![*txn], Vec::new()),
        Case::Order { chains, .. } => {
            (chains.map(|chain| store.chains[chain as usize].reader).to_vec(), Vec::new())
        }
        Case::DirtyUpdate { failed, committed } => {
            (vec![*failed, *committed], vec![(0, 1, "ww".to_owned(), sentence())])
        }
        Case::LostUpdate { key, read, txns } => {
            let txns: Vec<u32> = txns.iter().copied().take(DRAWN_MAX).collect();
            let (key, value) = (words.key(*key), words.read(*read));
            let edge = |from: usize| {
                let to = (from + 1) % txns.len();
                let reason = format!(
                    "T{} reads key {key} as {value} and does not see that T{} writes it",
                    from + 1,
                    to + 1
                );
                (from, to, format!("rw {key}"), reason)
            };
            let edges = (0..txns.len()).map(edge).collect();
            (txns, edges)
        }
        Case::CyclicVersions { versions } => {
            let mut txns: Vec<u32> = versions.iter().map(|version| writer(*version)).collect();
            txns.retain(is_known);
            txns.dedup();
            txns.truncate(DRAWN_MAX);
            (txns, Vec::new())
        }
    };
    if txns.is_empty() {
        return None;
    }
    let inferred = if edges.is_empty() { vec![sentence()] } else { Vec::new() };
    let transactions =
        (1..).zip(&txns).map(|(number, txn)| words.drawn(*txn, format!("T{number}"))).collect();
    let edge = |(from, to, label, reason): Edge| LabelledEdge { from, to, label, reason };
    let edges: Vec<LabelledEdge> = edges.into_iter().map(edge).collect();
    let cycle = LabelledCycle { assumption: String::new(), edges };
    Some(Cycles {
        anomaly: anomaly.name().to_owned(),
        transactions,
        inferred,
        cycles: if cycle.edges.is_empty() { Vec::new() } else { vec![cycle] },
        ..Cycles::default()
    })
}
