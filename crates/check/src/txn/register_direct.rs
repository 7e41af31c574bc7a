//! Anomalies of registers that single reads or pairs of reads show: aborted, intermediate and
//! garbage reads, reads that contradict the transaction itself, lost updates.

use super::anomaly::Anomaly;
use super::cases::{Case, Cases};
use super::lost_updates::LostUpdates;
use super::register_orders::RegisterOrders;
use super::store::{Action, MicroOp, NONE, Store};
use crate::history::EntryKind;

/// Finds the anomalies.
pub(super) fn check(store: &Store, orders: &RegisterOrders, cases: &mut Cases) {
    let mut lost = LostUpdates::new(store);
    let mut states = vec![(NONE, Expected::Anything); store.keys.len()];
    for (number, txn) in store.txns.iter().enumerate() {
        if txn.is_ok() {
            let number = number as u32;
            lost.transaction(number, store.ops(number), read_version);
            transaction(store, number, &mut states, cases);
        }
    }
    lost.report(store, cases);
    for versions in &orders.circles {
        cases.add(Anomaly::CyclicVersions, || Case::CyclicVersions { versions: versions.clone() });
    }
}

/// The version that a read of a register returned; `None` is the initial state.
pub(super) fn read_version(action: Action) -> Option<u32> {
    match action {
        Action::Value(version) => Some(version),
        _ => None,
    }
}

/// What a transaction implies of a key.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Expected {
    Anything,
    /// What it has read last.
    Read(Option<u32>),
    /// What it has written last.
    Own(u32),
}

fn transaction(store: &Store, txn: u32, states: &mut [(u32, Expected)], cases: &mut Cases) {
    let (mut internal, mut own_write) = (false, false);
    for (place, op) in store.ops(txn).iter().enumerate() {
        let place = place as u32;
        let (by, expected) = &mut states[op.key as usize];
        if *by != txn {
            (*by, *expected) = (txn, Expected::Anything);
        }
        if let Action::Write(version) = op.action {
            *expected = Expected::Own(version);
            continue;
        }
        let version = read_version(op.action);
        single(store, txn, place, op, cases);
        let before = std::mem::replace(expected, Expected::Read(version));
        let (anomaly, implied, done) = match before {
            Expected::Read(read) if read != version => (Anomaly::Internal, read, &mut internal),
            Expected::Own(own) if Some(own) != version => {
                (Anomaly::InternalOwnWrite, Some(own), &mut own_write)
            }
            _ => continue,
        };
        if std::mem::replace(done, true) {
            continue;
        }
        // Elle 0.2.2 takes a first read of nil for none, and reports one case of a transaction.
        let in_parity = implied.is_some() && !(internal && own_write);
        cases.add_for(anomaly, in_parity, || {
            let values = implied.iter().map(|version| store.versions[*version as usize].value);
            let expected = values.collect();
            Case::Internal { txn, op: place, expected, has_unknown_prefix: false }
        });
    }
}

/// Aborted, intermediate, garbage and future reads.
fn single(store: &Store, txn: u32, place: u32, op: &MicroOp, cases: &mut Cases) {
    let Action::Value(version) = op.action else { return };
    let written = store.versions[version as usize];
    let case = || Case::Read { txn, op: place, version };
    match store.outcome(version) {
        None => cases.add(Anomaly::GarbageRead, case),
        Some(EntryKind::Fail) => cases.add(Anomaly::G1a, case),
        Some(_) => {}
    }
    if written.is_intermediate && written.writer != txn {
        cases.add(Anomaly::G1b, case);
    }
    let writes = |op: &MicroOp| op.action == Action::Write(version);
    if written.writer == txn && store.ops(txn)[place as usize..].iter().any(writes) {
        // Elle knows future reads of lists alone.
        cases.add_for(Anomaly::FutureRead, false, case);
    }
}
