//! The dependencies of transactions on registers.

use std::ops::Range;

use super::graph::{Dependencies, Kind};
use super::hubs::{Hub, Hubs};
use super::register_orders::{ExternalRead, RegisterOrders};
use super::store::{Action, Store};

/// The dependencies that orders of registers imply.
pub(super) struct RegisterEdges<'a> {
    store: &'a Store,
    orders: &'a RegisterOrders,
    /// Whether writes of transactions with an unknown outcome count. Elle 0.2.2 leaves them out.
    has_unsure: bool,
    /// Transactions that read each version, and then the initial state of each key.
    readers: Vec<u32>,
    /// Where those of each begin.
    starts: Vec<u32>,
    /// Place in `orders.reads` where those of each transaction begin.
    reads_of: Vec<u32>,
    hubs: Hubs,
    /// Hubs of versions and initial states.
    hub_of: Vec<Option<Hub>>,
}

impl<'a> RegisterEdges<'a> {
    pub(super) fn new(
        store: &'a Store,
        orders: &'a RegisterOrders,
        has_unsure: bool,
    ) -> RegisterEdges<'a> {
        let slots = store.versions.len() + store.keys.len();
        let slot = |read: &ExternalRead| {
            read.version.map_or(store.versions.len() + read.key as usize, |v| v as usize)
        };
        let mut starts = vec![0_u32; slots + 1];
        orders.reads.iter().for_each(|read| starts[slot(read) + 1] += 1);
        for place in 0..slots {
            starts[place + 1] += starts[place];
        }
        let mut next = starts.clone();
        let mut readers = vec![0; orders.reads.len()];
        for read in &orders.reads {
            let place = &mut next[slot(read)];
            readers[*place as usize] = read.txn;
            *place += 1;
        }
        let mut reads_of = vec![0_u32; store.txns.len() + 1];
        orders.reads.iter().for_each(|read| reads_of[read.txn as usize + 1] += 1);
        for txn in 0..store.txns.len() {
            reads_of[txn + 1] += reads_of[txn];
        }
        let hubs = Hubs::new(store.txns.len() as u32);
        let hub_of = vec![None; slots];
        let mut edges =
            RegisterEdges { store, orders, has_unsure, readers, starts, reads_of, hubs, hub_of };
        edges.find_hubs();
        edges
    }

    /// Makes hubs where they take fewer edges.
    fn find_hubs(&mut self) {
        let mut writers = vec![0_u64; self.hub_of.len()];
        for version in 0..self.store.versions.len() as u32 {
            if self.writer(version).is_some() {
                self.slots_before(version, |slot| writers[slot] += 1);
            }
        }
        for (slot, count) in writers.into_iter().enumerate() {
            self.hub_of[slot] = self.hubs.between(self.readers_of(slot), count);
        }
    }

    fn readers_of(&self, slot: usize) -> Range<u32> {
        self.starts[slot]..self.starts[slot + 1]
    }

    /// Calls a function with the place of each state that is known to come before a version.
    fn slots_before(&self, version: u32, mut each: impl FnMut(usize)) {
        let key = self.store.versions[version as usize].key as usize;
        each(self.store.versions.len() + key);
        if let Some(before) = self.orders.before(version) {
            each(before as usize);
        }
    }

    /// The transaction of which others see a version, if it counts.
    fn writer(&self, version: u32) -> Option<u32> {
        let version = self.store.versions[version as usize];
        let txn = self.store.txns.get(version.writer as usize)?;
        let counts = txn.is_ok() || txn.is_possible() && self.has_unsure;
        (counts && !version.is_intermediate).then_some(version.writer)
    }

    fn reads(&self, txn: u32, emit: &mut impl FnMut(u32, u32, Kind)) {
        let range = self.reads_of[txn as usize] as usize..self.reads_of[txn as usize + 1] as usize;
        for read in &self.orders.reads[range] {
            let writer = read.version.and_then(|version| self.writer(version));
            if let Some(writer) = writer.filter(|writer| *writer != txn) {
                emit(writer, txn, Kind::Wr);
            }
        }
    }

    fn write(&self, txn: u32, version: u32, emit: &mut impl FnMut(u32, u32, Kind)) {
        let before = self.orders.before(version).and_then(|before| self.writer(before));
        if let Some(writer) = before.filter(|writer| *writer != txn) {
            emit(writer, txn, Kind::Ww);
        }
        self.slots_before(version, |slot| match &self.hub_of[slot] {
            Some(hub) => hub.to(&self.readers, txn, emit),
            None => {
                let range = self.readers_of(slot);
                let readers = &self.readers[range.start as usize..range.end as usize];
                let others = readers.iter().filter(|reader| **reader != txn);
                others.for_each(|reader| emit(*reader, txn, Kind::Rw));
            }
        });
    }
}

impl Dependencies for RegisterEdges<'_> {
    fn hubs(&self) -> u32 {
        self.hubs.nodes()
    }

    fn for_each(&self, mut emit: impl FnMut(u32, u32, Kind)) {
        for txn in 0..self.store.txns.len() as u32 {
            self.reads(txn, &mut emit);
            for op in self.store.ops(txn) {
                if let Action::Write(version) = op.action
                    && self.writer(version) == Some(txn)
                {
                    self.write(txn, version, &mut emit);
                }
            }
        }
        self.hub_of.iter().flatten().for_each(|hub| hub.from(&self.readers, &mut emit));
    }
}
