//! The edges that a level takes for given: the order of sessions or of real time, and which
//! transaction reads from which.

use super::graph::Edge;
use super::level::GivenOrder;
use super::transactions::{INITIALLY, Transactions};

/// The nodes of a transaction in a graph: its snapshot and its commit, which may be one node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Nodes {
    /// A transaction is one node.
    One,
    /// A transaction is two nodes, with an edge from its snapshot to its commit.
    Two,
}

impl Nodes {
    /// The node from which on a transaction sees no more of what others commit.
    #[inline]
    pub(super) fn snapshot(self, transaction: u32) -> u32 {
        match self {
            Nodes::One => transaction,
            Nodes::Two => 2 * transaction,
        }
    }

    /// The node from which on others see a transaction.
    #[inline]
    pub(super) fn commit(self, transaction: u32) -> u32 {
        match self {
            Nodes::One => transaction,
            Nodes::Two => 2 * transaction + 1,
        }
    }

    /// The number of nodes of all transactions; further nodes have numbers behind these.
    pub(super) fn count(self, transactions: &Transactions) -> u32 {
        transactions.len() as u32 * if self == Nodes::One { 1 } else { 2 }
    }
}

/// Given edges. Sessions come first, so that they become chains.
#[derive(Clone, Debug)]
pub(super) struct Given {
    pub edges: Vec<Edge>,
    /// The number of nodes, those of instants included.
    pub nodes: u32,
}

/// The edges that a level takes for given.
pub(super) fn given(transactions: &Transactions, order: GivenOrder, nodes: Nodes) -> Given {
    let mut given = Given { edges: Vec::new(), nodes: nodes.count(transactions) };
    if nodes == Nodes::Two {
        let both = |t| (nodes.snapshot(t), nodes.commit(t));
        given.edges.extend((0..transactions.len() as u32).map(both));
    }
    if order != GivenOrder::None {
        let sessions = transactions.by_session();
        for session in 0..transactions.sessions as u32 {
            let pairs = sessions.row(session).windows(2);
            given.edges.extend(pairs.map(|pair| (nodes.commit(pair[0]), nodes.snapshot(pair[1]))));
        }
    }
    if order == GivenOrder::Realtime {
        realtime(transactions, nodes, &mut given);
    }
    for t in transactions.all() {
        let froms = transactions.reads.row(t).iter().filter(|read| read.from != INITIALLY);
        given.edges.extend(froms.map(|read| (nodes.commit(read.from), nodes.snapshot(t))));
    }
    let initial = nodes.commit(INITIALLY);
    given.edges.extend(transactions.all().map(|t| (initial, nodes.snapshot(t))));
    given
}

/// Adds a node for each instant at which a transaction ends, between those that ended until then
/// and those that begin later.
fn realtime(transactions: &Transactions, nodes: Nodes, given: &mut Given) {
    let end = |t: u32| Some((transactions.times[t as usize]?.end?, t));
    let mut ends: Vec<(u64, u32)> = transactions.all().filter_map(end).collect();
    ends.sort_unstable();
    let first = given.nodes;
    given.nodes += ends.len() as u32;
    for ((_, t), instant) in ends.iter().zip(first..) {
        if instant > first {
            given.edges.push((instant - 1, instant));
        }
        given.edges.push((nodes.commit(*t), instant));
    }
    for t in transactions.all() {
        let Some(times) = transactions.times[t as usize] else { continue };
        let before = ends.partition_point(|(end, _)| *end < times.begin) as u32;
        if before > 0 {
            given.edges.push((first + before - 1, nodes.snapshot(t)));
        }
    }
}
