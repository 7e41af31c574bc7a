//! Snapshot isolation and serializability as one problem: choose an order for each two writers of a
//! key, so that the edges that follow from it have no cycle.
//!
//! If *u* comes before *v*, and both write a key, then *v* replaces what *u* wrote; so a
//! transaction that reads it from *u* does not see *v*. For serializability the transaction comes
//! before *v*. For snapshot isolation its snapshot comes before the commit of *v*, and the snapshot
//! of *v* after the commit of *u*: no other one writes the key in between. With one node for each
//! transaction, or with one for its snapshot and one for its commit, a choice without a cycle is
//! exactly a commit order as the level has it (Biswas and Enea, section 3; Cerone and Gotsman, J.
//! ACM 2018).

use super::given::{Nodes, given};
use super::graph::Edge;
use super::level::Level;
use super::limits::{Budget, Exhausted};
use super::rows::Rows;
use super::transactions::{INITIALLY, Transactions};

/// The transactions, and what is looked up of them.
#[derive(Debug)]
pub(super) struct Problem<'a> {
    pub transactions: &'a Transactions,
    pub nodes: Nodes,
    /// The edges that are given.
    pub given: Vec<Edge>,
    /// The number of nodes; those behind the nodes of transactions stand for instants, and for all
    /// reads of a key's initial value.
    pub node_count: u32,
    /// The transactions that write to each key.
    pub writers: Rows<u32>,
    /// For each transaction, the keys and the transactions that read them from it.
    readers: Rows<(u32, u32)>,
}

/// Number of edges from reads of an initial value to writers of the key above which they go through
/// a node of their own.
const DIRECT_MAX: usize = 256;

impl<'a> Problem<'a> {
    /// The problem of a level.
    pub(super) fn of(
        transactions: &'a Transactions,
        level: Level,
        budget: &mut Budget,
    ) -> Result<Problem<'a>, Exhausted> {
        let nodes = if level.is_snapshot() { Nodes::Two } else { Nodes::One };
        let given = given(transactions, level.given_order(), nodes);
        let reads = transactions.all().flat_map(|t| {
            transactions.reads.row(t).iter().map(move |read| (read.from, (read.key, t)))
        });
        let mut readers = Rows::of(transactions.len(), reads);
        readers.sort_rows(|read| *read);
        let writers = transactions.writers();
        let size = given.edges.len() + readers.items() + writers.items();
        budget.take(8 * size as u64)?;
        budget.steps(size as u64)?;
        let mut problem = Problem {
            transactions,
            nodes,
            given: given.edges,
            node_count: given.nodes,
            writers,
            readers,
        };
        for key in 0..transactions.keys.len() as u32 {
            problem.add_initial_reads(key);
        }
        Ok(problem)
    }

    /// Adds that all writers of a key come after the reads of its initial value.
    fn add_initial_reads(&mut self, key: u32) {
        let nodes = self.nodes;
        let mut readers: Vec<u32> = self.readers_of(INITIALLY, key).map(|(_, t)| *t).collect();
        readers.dedup();
        let writers = self.writers.row(key);
        if readers.len() * writers.len() <= DIRECT_MAX {
            let pairs = readers.iter().flat_map(|r| writers.iter().map(move |w| (*r, *w)));
            let pairs = pairs.filter(|(reader, writer)| reader != writer);
            self.given.extend(pairs.map(|(r, w)| (nodes.snapshot(r), nodes.commit(w))));
            return;
        }
        let is_writer = |t: &u32| writers.binary_search(t).is_ok();
        let between = self.node_count;
        self.node_count += 1;
        let only_read = readers.iter().filter(|t| !is_writer(t));
        self.given.extend(only_read.map(|reader| (nodes.snapshot(*reader), between)));
        self.given.extend(writers.iter().map(|writer| (between, nodes.commit(*writer))));
        // Two of those that also write are in a cycle already.
        for reader in readers.iter().filter(|t| is_writer(t)).take(2) {
            let others = writers.iter().filter(|writer| *writer != reader);
            self.given.extend(others.map(|w| (nodes.snapshot(*reader), nodes.commit(*w))));
        }
    }

    /// The reads of what a transaction wrote to a key.
    fn readers_of(&self, writer: u32, key: u32) -> impl Iterator<Item = &(u32, u32)> {
        let row = self.readers.row(writer);
        let start = row.partition_point(|read| read.0 < key);
        row[start..].iter().take_while(move |read| read.0 == key)
    }

    /// The keys that two transactions write.
    pub(super) fn common(&self, one: u32, other: u32) -> impl Iterator<Item = u32> {
        let (short, long) =
            (self.transactions.writes.row(one), self.transactions.writes.row(other));
        let (short, long) = if short.len() <= long.len() { (short, long) } else { (long, short) };
        short.iter().copied().filter(|key| long.binary_search(key).is_ok())
    }

    /// The edge by which one writer comes before another.
    pub(super) fn write_edge(&self, first: u32, second: u32) -> Edge {
        (self.nodes.commit(first), self.nodes.snapshot(second))
    }

    /// Goes through the edges that follow if one writer comes before another, until it is told to
    /// stop. Returns whether it was.
    pub(super) fn find_edge(
        &self,
        first: u32,
        second: u32,
        mut is_found: impl FnMut(Edge) -> bool,
    ) -> bool {
        if is_found(self.write_edge(first, second)) {
            return true;
        }
        let commit = self.nodes.commit(second);
        self.common(first, second).any(|key| {
            let mut readers = self.readers_of(first, key).filter(|(_, t)| *t != second);
            readers.any(|(_, reader)| is_found((self.nodes.snapshot(*reader), commit)))
        })
    }

    /// A rank for each node by which it likely came earlier or later: the begin of its transaction,
    /// or else its place in its session or in the history.
    pub(super) fn ranks(&self) -> Vec<u64> {
        let transactions = self.transactions;
        let sessions = transactions.by_session();
        let relative = |place: usize, of: usize| ((place as u64) << 32) / of.max(1) as u64;
        let mut ranks = vec![0; self.node_count as usize];
        for session in 0..transactions.sessions as u32 {
            let row = sessions.row(session);
            for (place, t) in row.iter().enumerate() {
                let rank = match transactions.times[*t as usize] {
                    Some(times) => times.begin,
                    None if row.len() > 1 => relative(place, row.len()),
                    None => relative(*t as usize, transactions.len()),
                };
                ranks[self.nodes.snapshot(*t) as usize] = rank;
                ranks[self.nodes.commit(*t) as usize] = rank;
            }
        }
        ranks
    }

    /// The transaction of a node, unless it is one of those behind all transactions.
    pub(super) fn transaction(&self, node: u32) -> Option<u32> {
        let transaction = if self.nodes == Nodes::One { node } else { node / 2 };
        ((transaction as usize) < self.transactions.len()).then_some(transaction)
    }
}
