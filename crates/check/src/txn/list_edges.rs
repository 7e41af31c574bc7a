//! The dependencies of transactions on lists.

use super::graph::{Dependencies, Kind};
use super::hubs::{Hub, Hubs};
use super::list_direct::read_version;
use super::list_orders::ListOrders;
use super::store::{Action, Store};
use crate::history::EntryKind;

/// The dependencies that orders of lists imply.
pub(super) struct ListEdges<'a> {
    store: &'a Store,
    orders: &'a ListOrders,
    /// Transactions that read each version, and then the empty list of each key; in ascending
    /// order, each once.
    readers: Vec<u32>,
    /// Where those of each begin.
    starts: Vec<u32>,
    hubs: Hubs,
    /// Hub of each key between the readers of its last version and the appends that no read shows,
    /// if there is one.
    hub_of: Vec<Option<Hub>>,
}

impl<'a> ListEdges<'a> {
    pub(super) fn new(store: &'a Store, orders: &'a ListOrders) -> ListEdges<'a> {
        let (readers, starts) = readers(store, orders);
        let mut edges = ListEdges {
            store,
            orders,
            readers,
            starts,
            hubs: Hubs::new(store.txns.len() as u32),
            hub_of: vec![None; store.keys.len()],
        };
        edges.find_hubs();
        edges
    }

    /// Notes the keys where hubs take fewer edges.
    fn find_hubs(&mut self) {
        let mut unobserved = vec![0_u64; self.store.keys.len()];
        for (version, written) in self.store.versions.iter().enumerate() {
            let is_possible =
                self.store.outcome(version as u32).is_some_and(|o| o != EntryKind::Fail);
            unobserved[written.key as usize] +=
                u64::from(is_possible && !self.orders.is_observed(version as u32));
        }
        for (key, appends) in unobserved.into_iter().enumerate() {
            let last = self.orders.of_key(key as u32).last().copied();
            let slot = self.slot(key as u32, last);
            let range = self.starts[slot]..self.starts[slot + 1];
            self.hub_of[key] = self.hubs.between(range, appends);
        }
    }

    fn slot(&self, key: u32, version: Option<u32>) -> usize {
        version.map_or(self.store.versions.len() + key as usize, |version| version as usize)
    }

    /// Returns the transactions that read a version, or the empty list.
    fn readers(&self, key: u32, version: Option<u32>) -> &[u32] {
        let slot = self.slot(key, version);
        &self.readers[self.starts[slot] as usize..self.starts[slot + 1] as usize]
    }

    /// The transaction that makes a version, if it may have taken place.
    fn writer(&self, version: u32) -> Option<u32> {
        let writer = self.store.versions[version as usize].writer;
        self.store.txns.get(writer as usize).filter(|txn| txn.is_possible()).map(|_| writer)
    }

    fn append(&self, txn: u32, key: u32, version: u32, emit: &mut impl FnMut(u32, u32, Kind)) {
        let before = self.orders.before(self.store, version);
        if let Some(writer) = before.and_then(|before| self.writer(before))
            && writer != txn
        {
            emit(writer, txn, Kind::Ww);
        }
        if let Some(hub) = &self.hub_of[key as usize]
            && !self.orders.is_observed(version)
        {
            return hub.to(&self.readers, txn, emit);
        }
        for reader in self.readers(key, before).iter().filter(|reader| **reader != txn) {
            emit(*reader, txn, Kind::Rw);
        }
    }
}

impl Dependencies for ListEdges<'_> {
    fn hubs(&self) -> u32 {
        self.hubs.nodes()
    }

    fn for_each(&self, mut emit: impl FnMut(u32, u32, Kind)) {
        for (number, txn) in self.store.txns.iter().enumerate() {
            if !txn.is_possible() {
                continue;
            }
            let number = number as u32;
            for op in self.store.ops(number) {
                if let Action::Write(version) = op.action {
                    self.append(number, op.key, version, &mut emit);
                } else if let Some(version) = read_version(self.orders, op.action)
                    && let Some(writer) = self.writer(version)
                    && writer != number
                {
                    emit(writer, number, Kind::Wr);
                }
            }
        }
        self.hub_of.iter().flatten().for_each(|hub| hub.from(&self.readers, &mut emit));
    }
}

/// Returns the transactions that read each version, and the empty list of each key, and where those
/// of each begin.
fn readers(store: &Store, orders: &ListOrders) -> (Vec<u32>, Vec<u32>) {
    let slots = store.versions.len() + store.keys.len();
    let mut starts = vec![0_u32; slots + 1];
    let mut last = vec![u32::MAX; slots];
    let mut visit = |each: &mut dyn FnMut(usize, u32)| {
        last.fill(u32::MAX);
        for (number, txn) in store.txns.iter().enumerate() {
            if !txn.is_possible() {
                continue;
            }
            for op in store.ops(number as u32) {
                let is_read = match op.action {
                    Action::Write(_) => false,
                    // A transaction with an unknown outcome has no answer.
                    Action::Nil => txn.is_ok(),
                    _ => true,
                };
                let empty = store.versions.len() + op.key as usize;
                let slot = read_version(orders, op.action).map_or(empty, |v| v as usize);
                if is_read && last[slot] != number as u32 {
                    last[slot] = number as u32;
                    each(slot, number as u32);
                }
            }
        }
    };
    visit(&mut |slot, _| starts[slot + 1] += 1);
    for slot in 0..slots {
        starts[slot + 1] += starts[slot];
    }
    let mut next = starts.clone();
    let mut readers = vec![0; starts[slots] as usize];
    visit(&mut |slot, txn| {
        readers[next[slot] as usize] = txn;
        next[slot] += 1;
    });
    (readers, starts)
}
