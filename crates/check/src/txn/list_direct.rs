//! Anomalies of lists that single reads or pairs of reads show: aborted, intermediate and garbage
//! reads, reads that contradict the transaction itself, duplicates, orders that exclude each other,
//! dirty and lost updates.

use super::anomaly::Anomaly;
use super::cases::{Case, Cases};
use super::list_orders::ListOrders;
use super::lost_updates::LostUpdates;
use super::store::{Action, MicroOp, NONE, Store};
use crate::history::EntryKind;

/// Finds the anomalies.
pub(super) fn check(store: &Store, orders: &ListOrders, cases: &mut Cases) {
    let mut scan = Scan {
        store,
        orders,
        states: vec![KeyState::NONE; store.keys.len()],
        links: Vec::new(),
        lost: LostUpdates::new(store),
    };
    for (number, txn) in store.txns.iter().enumerate() {
        if txn.is_ok() {
            scan.transaction(number as u32, cases);
        } else if txn.is_possible() {
            scan.repeated(number as u32, cases);
        }
    }
    scan.lost.report(store, cases);
    incompatible_orders(store, cases);
    dirty_updates(store, orders, cases);
}

/// What a transaction implies of a key so far.
#[derive(Clone, Copy)]
struct KeyState {
    /// The transaction that this is of.
    txn: u32,
    /// Its last read of the key, if any.
    base: Option<Action>,
    /// Number of its appends since then, and the place of the last one.
    own: u32,
    last: u32,
    /// The most elements of the longest chain that it has read.
    main_len: u32,
    /// Whether it has read of another chain.
    has_other: bool,
}

impl KeyState {
    const NONE: KeyState =
        KeyState { txn: NONE, base: None, own: 0, last: NONE, main_len: 0, has_other: false };
}

/// The pass over all transactions.
struct Scan<'a> {
    store: &'a Store,
    orders: &'a ListOrders,
    states: Vec<KeyState>,
    /// For each append of the current transaction, the one before it since the last read.
    links: Vec<u32>,
    lost: LostUpdates,
}

/// What a transaction was found to do already: each is reported once.
#[derive(Default)]
struct Reported {
    internal: bool,
    own_write: bool,
    future: bool,
}

impl Scan<'_> {
    fn transaction(&mut self, txn: u32, cases: &mut Cases) {
        let store = self.store;
        let ops = store.ops(txn);
        self.links.clear();
        self.links.resize(ops.len(), NONE);
        self.lost.transaction(txn, ops, |action| read_version(self.orders, action));
        self.repeated(txn, cases);
        let mut reported = Reported::default();
        for (place, op) in ops.iter().enumerate() {
            let place = place as u32;
            let state = &mut self.states[op.key as usize];
            if state.txn != txn {
                *state = KeyState { txn, ..KeyState::NONE };
            }
            match op.action {
                Action::Write(version) => {
                    if !reported.future {
                        reported.future = self.future_read(txn, place, version, cases);
                    }
                    let state = &mut self.states[op.key as usize];
                    self.links[place as usize] = state.last;
                    (state.last, state.own) = (place, state.own + 1);
                }
                action => {
                    self.elements(txn, place, op, cases);
                    self.internal(txn, place, op, &mut reported, cases);
                    let main = self.orders.main[op.key as usize];
                    let state = &mut self.states[op.key as usize];
                    match action {
                        Action::List { chain, len } if chain == main => {
                            state.main_len = state.main_len.max(len);
                        }
                        Action::List { chain, .. } => state.has_other |= chain != NONE,
                        _ => {}
                    }
                    (state.base, state.own, state.last) = (Some(action), 0, NONE);
                }
            }
        }
    }

    /// Aborted, intermediate and garbage reads.
    fn elements(&self, txn: u32, place: u32, op: &MicroOp, cases: &mut Cases) {
        let Action::List { chain, len } = op.action else { return };
        if chain == NONE {
            return;
        }
        let versions = &self.orders.chain(chain)[..len as usize];
        let flaws = self.orders.flaws[chain as usize];
        if len > flaws.failed.min(flaws.garbage) {
            for version in versions {
                let anomaly = match self.store.outcome(*version) {
                    None => Anomaly::GarbageRead,
                    Some(EntryKind::Fail) => Anomaly::G1a,
                    Some(_) => continue,
                };
                cases.add(anomaly, || Case::Read { txn, op: place, version: *version });
            }
        }
        let last = versions[len as usize - 1];
        let version = &self.store.versions[last as usize];
        if version.is_intermediate && version.writer != txn {
            cases.add(Anomaly::G1b, || Case::Read { txn, op: place, version: last });
        }
    }

    /// Elements that a read has twice.
    fn repeated(&self, txn: u32, cases: &mut Cases) {
        for (place, op) in self.store.ops(txn).iter().enumerate() {
            let Action::List { chain, len } = op.action else { continue };
            if chain == NONE || len <= self.orders.flaws[chain as usize].repeated {
                continue;
            }
            let version =
                self.orders.chain(chain)[self.orders.flaws[chain as usize].repeated as usize];
            let op = place as u32;
            cases.add(Anomaly::DuplicateElements, || Case::Read { txn, op, version });
        }
    }

    /// A read that differs from the transaction's last read of the key and its own appends since.
    fn internal(
        &self,
        txn: u32,
        place: u32,
        op: &MicroOp,
        reported: &mut Reported,
        cases: &mut Cases,
    ) {
        let state = self.states[op.key as usize];
        if state.base.is_none() && state.own == 0 {
            return;
        }
        let read = self.store.elements(op.action);
        let own = state.own as usize;
        let ends_in_own = read.len() >= own && self.ends_in_own(read, txn, state.last);
        let is_expected = ends_in_own
            && state.base.is_none_or(|base| self.store.elements(base) == &read[..read.len() - own]);
        let done = if ends_in_own { &mut reported.internal } else { &mut reported.own_write };
        if is_expected || *done {
            return;
        }
        *done = true;
        let anomaly = if ends_in_own { Anomaly::Internal } else { Anomaly::InternalOwnWrite };
        // Elle 0.2.2 takes a first read of nil for none, and reports one case of a transaction.
        let is_after_nil = state.base == Some(Action::Nil) && own == 0;
        let in_parity = !(is_after_nil || reported.internal && reported.own_write);
        cases.add_for(anomaly, in_parity, || {
            let base = state.base.map_or(&[][..], |base| self.store.elements(base));
            let mut expected = self.own(txn, state.last);
            expected.splice(0..0, base.iter().copied());
            Case::Internal { txn, op: place, expected, has_unknown_prefix: state.base.is_none() }
        });
    }

    /// The values that a transaction has appended, up to the append at a place.
    fn own(&self, txn: u32, mut last: u32) -> Vec<i64> {
        let ops = self.store.ops(txn);
        let mut own = Vec::new();
        while last != NONE {
            if let Action::Write(version) = ops[last as usize].action {
                own.push(self.store.versions[version as usize].value);
            }
            last = self.links[last as usize];
        }
        own.reverse();
        own
    }

    fn ends_in_own(&self, read: &[i64], txn: u32, mut last: u32) -> bool {
        let ops = self.store.ops(txn);
        let mut rest = read.iter().rev();
        while last != NONE {
            if let Action::Write(version) = ops[last as usize].action
                && rest.next() != Some(&self.store.versions[version as usize].value)
            {
                return false;
            }
            last = self.links[last as usize];
        }
        true
    }

    /// A read that has an element before the transaction itself appends it.
    fn future_read(&self, txn: u32, place: u32, version: u32, cases: &mut Cases) -> bool {
        let key = self.store.versions[version as usize].key;
        let state = self.states[key as usize];
        let position = self.orders.position(version);
        if !state.has_other && (position == NONE || state.main_len <= position) {
            return false;
        }
        let value = self.store.versions[version as usize].value;
        let has_it =
            |op: &MicroOp| op.key == key && self.store.elements(op.action).contains(&value);
        let read = self.store.ops(txn)[..place as usize].iter().position(has_it);
        if let Some(read) = read {
            let case = || Case::Read { txn, op: read as u32, version };
            cases.add(Anomaly::FutureRead, case);
        }
        read.is_some()
    }
}

/// The version that a read of a list returned; `None` is the empty list.
pub(super) fn read_version(orders: &ListOrders, action: Action) -> Option<u32> {
    match action {
        Action::List { chain, len } if chain != NONE => Some(orders.chain(chain)[len as usize - 1]),
        _ => None,
    }
}

fn incompatible_orders(store: &Store, cases: &mut Cases) {
    for (key, of_key) in store.keys.iter().enumerate() {
        if of_key.chains.len() < 2 {
            continue;
        }
        let elements = |chain: u32| &store.chains[chain as usize].elements;
        let mut chains = of_key.chains.clone();
        chains.sort_by_key(|chain| elements(*chain).len());
        let differ = |pair: &&[u32]| !elements(pair[1]).starts_with(elements(pair[0]));
        if let Some(pair) = chains.windows(2).find(differ) {
            let case = || Case::Order { key: key as u32, chains: [pair[0], pair[1]] };
            cases.add(Anomaly::IncompatibleOrder, case);
        }
    }
}

/// Appends of committed transactions right after those of failed ones, where those between have an
/// unknown outcome.
fn dirty_updates(store: &Store, orders: &ListOrders, cases: &mut Cases) {
    for key in 0..store.keys.len() as u32 {
        let mut failed = None;
        for version in orders.of_key(key) {
            let writer = store.versions[*version as usize].writer;
            match (failed, store.outcome(*version)) {
                (None, Some(EntryKind::Fail)) => failed = Some(writer),
                (Some(failed_txn), Some(EntryKind::Ok)) => {
                    let case = || Case::DirtyUpdate { failed: failed_txn, committed: writer };
                    cases.add(Anomaly::DirtyUpdate, case);
                    failed = None;
                }
                _ => {}
            }
        }
    }
}
