//! Anomalies that were found, other than cycles: how many of each, and the first few.

use std::collections::BTreeMap;

use super::anomaly::Anomaly;
use super::store::Action;

/// Maximum number of cases of an anomaly that are kept; further ones are counted.
pub(super) const CASES_KEPT: usize = 16;

/// An anomaly with what shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Case {
    /// A transaction reads a version that it must not, in one of its micro-operations.
    Read { txn: u32, op: u32, version: u32 },
    /// A transaction reads something else than its earlier micro-operations imply: values by their
    /// codes, after a prefix that is not known.
    Internal { txn: u32, op: u32, expected: Vec<i64>, has_unknown_prefix: bool },
    /// Two reads of a key, none of which is a prefix of the other.
    Order { key: u32, chains: [u32; 2] },
    /// An append of a transaction comes after one of a transaction that failed.
    DirtyUpdate { failed: u32, committed: u32 },
    /// Transactions that read the same state of a key and then write it.
    LostUpdate { key: u32, read: Action, txns: Vec<u32> },
    /// Versions of a key of which each comes before the next, and the last one before the first.
    CyclicVersions { versions: Vec<u32> },
}

/// The cases of an anomaly.
#[derive(Clone, Debug, Default)]
pub(super) struct Noted {
    /// Number of cases.
    pub(super) count: u64,
    /// Number of those that Elle 0.2.2 reports as well.
    pub(super) parity_count: u64,
    /// The first few.
    pub(super) cases: Vec<Case>,
}

/// All cases, by anomaly.
#[derive(Clone, Debug, Default)]
pub(super) struct Cases(pub(super) BTreeMap<Anomaly, Noted>);

impl Cases {
    /// Adds a case; it is made only if it is kept.
    pub(super) fn add(&mut self, anomaly: Anomaly, case: impl FnOnce() -> Case) {
        self.add_for(anomaly, true, case);
    }

    /// Adds a case, and says whether Elle 0.2.2 reports it.
    pub(super) fn add_for(
        &mut self,
        anomaly: Anomaly,
        in_parity: bool,
        case: impl FnOnce() -> Case,
    ) {
        let noted = self.0.entry(anomaly).or_default();
        noted.count += 1;
        noted.parity_count += u64::from(in_parity);
        if noted.cases.len() < CASES_KEPT {
            noted.cases.push(case());
        }
    }
}
