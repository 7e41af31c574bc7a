//! The graph of dependencies between transactions.
//!
//! ```text
//! T1 ─ww─► T2   T2 writes the version after one of T1
//! T1 ─wr─► T2   T2 reads a version of T1
//! T1 ─rw─► T2   T2 writes the version after one that T1 reads
//! ```
//!
//! Real time is not stored as edges: with p processes there would be p for each transaction. A
//! chain of further nodes has one for each committed transaction, which stands for all that have
//! ended until then; so there are two edges for each, and the order is exact. Where many
//! transactions read the last version that any read shows, and many write versions that no read
//! shows, further nodes are *hubs* between them. Further nodes cost nothing on a way: the edge into
//! one has the kind of the dependency, and those on from it are free.

use super::store::{NONE, Store, Transaction};

/// What a dependency follows from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Ww,
    Wr,
    Rw,
    Process,
    Realtime,
    /// On from a further node.
    Free,
}

impl Kind {
    pub(super) const ALL: [Kind; 6] =
        [Kind::Ww, Kind::Wr, Kind::Rw, Kind::Process, Kind::Realtime, Kind::Free];

    pub(super) fn name(self) -> &'static str {
        match self {
            Kind::Ww => "ww",
            Kind::Wr => "wr",
            Kind::Rw => "rw",
            Kind::Process => "process",
            Kind::Realtime => "realtime",
            Kind::Free => "free",
        }
    }

    /// The bit of a set of kinds.
    pub(super) fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// Emits dependencies: the same ones in the same order each time. Further nodes are numbered after
/// the transactions.
pub(super) trait Dependencies {
    /// Number of hubs.
    fn hubs(&self) -> u32;

    /// Calls a function with each dependency: from, to, and its kind.
    fn for_each(&self, emit: impl FnMut(u32, u32, Kind));
}

/// Transactions, then hubs, then the chain of real time.
#[derive(Debug)]
pub(super) struct Graph {
    /// Number of transactions.
    pub(super) txns: u32,
    hubs: u32,
    /// Predecessors of transactions and hubs, with their kinds in the lowest bits.
    predecessors: Vec<u32>,
    /// Where those of each begin.
    starts: Vec<u32>,
    /// Number of committed transactions that have ended when one begins.
    ended_before: Vec<u32>,
    /// Committed transactions in the order of their ends.
    ended: Vec<u32>,
}

/// Bits of a predecessor that are its kind.
const KIND_BITS: u32 = 3;

/// Maximum number of transactions and hubs.
pub(super) const NODES_MAX: u32 = 1 << (32 - KIND_BITS);

impl Graph {
    pub(super) fn new(store: &Store, entries: usize, dependencies: &impl Dependencies) -> Graph {
        let txns = store.txns.len() as u32;
        let hubs = dependencies.hubs();
        let stored = (txns + hubs) as usize;
        let mut starts = vec![0_u32; stored + 1];
        dependencies.for_each(|_, to, _| starts[to as usize + 1] += 1);
        for node in 0..stored {
            starts[node + 1] += starts[node];
        }
        let mut next = starts.clone();
        let mut predecessors = vec![0; starts[stored] as usize];
        dependencies.for_each(|from, to, kind| {
            let place = &mut next[to as usize];
            predecessors[*place as usize] = from << KIND_BITS | kind as u32;
            *place += 1;
        });
        let (ended_before, ended) = realtime(&store.txns, entries);
        Graph { txns, hubs, predecessors, starts, ended_before, ended }
    }

    /// Number of nodes.
    pub(super) fn len(&self) -> usize {
        self.starts.len() - 1 + self.ended.len()
    }

    /// Whether nothing depends on anything, real time aside.
    pub(super) fn has_no_data(&self) -> bool {
        self.predecessors.is_empty()
    }

    /// Whether there is no order of real time.
    pub(super) fn has_no_realtime(&self) -> bool {
        self.ended_before.iter().all(|ended| *ended == 0)
    }

    /// Returns the n-th predecessor of a node.
    #[inline]
    pub(super) fn predecessor(&self, node: u32, n: usize) -> Option<u32> {
        self.edge(node, n).map(|(from, _)| from)
    }

    /// Returns the n-th predecessor of a node, and the kind of the edge.
    #[inline]
    pub(super) fn edge(&self, node: u32, n: usize) -> Option<(u32, Kind)> {
        let stored = self.txns + self.hubs;
        if node >= stored {
            let ended = node - stored;
            return match n {
                0 => Some((self.ended[ended as usize], Kind::Realtime)),
                1 if ended > 0 => Some((node - 1, Kind::Free)),
                _ => None,
            };
        }
        let (start, end) = (self.starts[node as usize], self.starts[node as usize + 1]);
        let place = start as usize + n;
        if place < end as usize {
            let edge = self.predecessors[place];
            let kind = Kind::ALL[(edge & ((1 << KIND_BITS) - 1)) as usize];
            return Some((edge >> KIND_BITS, kind));
        }
        let is_last = place == end as usize && node < self.txns;
        let ended = if is_last { self.ended_before[node as usize] } else { 0 };
        (ended > 0).then(|| (stored + ended - 1, Kind::Free))
    }
}

/// Returns the number of committed transactions that have ended when each one begins, and those in
/// the order of their ends. What has failed has no place in real time.
fn realtime(txns: &[Transaction], entries: usize) -> (Vec<u32>, Vec<u32>) {
    let mut ends = vec![NONE; entries];
    let mut count = 0;
    for (number, txn) in txns.iter().enumerate().filter(|(_, txn)| txn.is_ok()) {
        ends[txn.completion as usize] = number as u32;
        count += 1;
    }
    let (mut before, mut ended) = (vec![0; txns.len()], Vec::with_capacity(count));
    let mut entry = 0;
    for (number, txn) in txns.iter().enumerate() {
        while entry < txn.invoke as usize {
            ended.extend((ends[entry] != NONE).then_some(ends[entry]));
            entry += 1;
        }
        if txn.is_possible() {
            before[number] = ended.len() as u32;
        }
    }
    ended.extend(ends[entry.min(entries)..].iter().filter(|txn| **txn != NONE));
    (before, ended)
}
