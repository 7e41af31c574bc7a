//! Inferred edges of the levels up to causal consistency: which writer has to come before another.
//!
//! All of them have one form. A transaction *t* reads a key from *w*; another transaction *u*,
//! which *t* sees in the sense of the level, writes to the same key: so *u* comes before *w* in the
//! commit order. A level holds if and only if its inferred edges and the given ones have no cycle
//! (Biswas and Enea, section 4). What is left to find are few edges from which the others follow,
//! quickly: see AWDIT (PLDI 2025).

use super::graph::{Edge, Graph};
use super::limits::{Budget, Exhausted};
use super::reach::Reach;
use super::reads_by_key::ReadsByKey;
use super::rows::Rows;
use super::transactions::{INITIALLY, Transactions};

/// An inferred edge with its reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Inferred {
    /// The writer that comes first.
    pub from: u32,
    /// The writer that comes later.
    pub to: u32,
    /// The transaction that sees the first writer and reads from the later one.
    pub reader: u32,
    /// The key that both of them write.
    pub key: u32,
}

impl Inferred {
    /// The edge alone.
    pub(super) fn edge(&self) -> Edge {
        (self.from, self.to)
    }
}

/// Memory of an inferred edge with its place in a graph, in bytes.
pub(super) const INFERRED_BYTES: u64 = 32;

/// No transaction.
const NONE: u32 = u32::MAX;

/// Collects inferred edges within limits.
struct Collected<'a> {
    edges: Vec<Inferred>,
    budget: &'a mut Budget,
}

impl Collected<'_> {
    /// Counts steps, and the memory of edges that were added since.
    fn count(&mut self, steps: u64, edges_before: usize) -> Result<(), Exhausted> {
        self.budget.steps(steps)?;
        self.budget.take(INFERRED_BYTES * (self.edges.len() - edges_before) as u64)
    }
}

/// Edges of read committed: a transaction sees the writers from which it has read before.
pub(super) fn read_committed(
    transactions: &Transactions,
    budget: &mut Budget,
) -> Result<Vec<Inferred>, Exhausted> {
    let mut all = Collected { edges: Vec::new(), budget };
    let mut by_key = ReadsByKey::new();
    let mut seen = vec![NONE; transactions.len()];
    for reader in transactions.all() {
        by_key.fill(transactions, reader);
        let (mut steps, before) = (0, all.edges.len());
        for (place, read) in (0..).zip(transactions.reads.row(reader)) {
            let writer = read.from;
            if writer == INITIALLY
                || std::mem::replace(&mut seen[writer as usize], reader) == reader
            {
                continue;
            }
            steps += by_key.infer(transactions, writer, Some(place), |key, to| {
                all.edges.push(Inferred { from: writer, to, reader, key });
            });
        }
        all.count(steps, before)?;
    }
    Ok(all.edges)
}

/// Edges of read atomic: a transaction sees the writers from which it reads anything, and the
/// earlier transactions of its session.
pub(super) fn read_atomic(
    transactions: &Transactions,
    budget: &mut Budget,
) -> Result<Vec<Inferred>, Exhausted> {
    let mut all = Collected { edges: Vec::new(), budget };
    let mut by_key = ReadsByKey::new();
    let mut seen = vec![NONE; transactions.len()];
    // For each key, the session that wrote to it last while this goes through them, and who.
    let mut last = vec![(NONE, NONE); transactions.keys.len()];
    let sessions = transactions.by_session();
    for session in 0..transactions.sessions as u32 {
        for reader in sessions.row(session).iter().copied() {
            by_key.fill(transactions, reader);
            let (mut steps, before) = (0, all.edges.len());
            for read in transactions.reads.row(reader) {
                let (key, to, writer) = (read.key, read.from, read.from);
                let (of_session, own) = last[key as usize];
                if of_session == session && own != to {
                    all.edges.push(Inferred { from: own, to, reader, key });
                }
                let is_new = std::mem::replace(&mut seen[writer as usize], reader) != reader;
                if writer != INITIALLY && is_new {
                    steps += by_key.infer(transactions, writer, None, |key, to| {
                        all.edges.push(Inferred { from: writer, to, reader, key });
                    });
                }
            }
            for key in transactions.writes.row(reader) {
                last[*key as usize] = (session, reader);
            }
            all.count(steps, before)?;
        }
    }
    Ok(all.edges)
}

/// Edges of causal consistency: a transaction sees all that happened before it, which `reach` says.
pub(super) fn causal(
    transactions: &Transactions,
    reach: &Reach,
    budget: &mut Budget,
) -> Result<Vec<Inferred>, Exhausted> {
    let writers = WritersByChain::of(transactions, reach);
    let mut all = Collected { edges: Vec::new(), budget };
    for reader in transactions.all() {
        let (mut steps, before) = (0, all.edges.len());
        for read in transactions.reads.row(reader) {
            let (key, to) = (read.key, read.from);
            steps += writers.latest(reach, key, reader, to, |from| {
                all.edges.push(Inferred { from, to, reader, key });
            });
        }
        all.count(steps, before)?;
    }
    Ok(all.edges)
}

/// The writers of each key, chain by chain.
struct WritersByChain {
    /// Place on its chain, and transaction.
    writers: Vec<(u32, u32)>,
    /// For each key, a chain and where its writers begin and end.
    chains: Rows<(u32, u32, u32)>,
}

impl WritersByChain {
    fn of(transactions: &Transactions, reach: &Reach) -> WritersByChain {
        let mut writers = Vec::new();
        let mut chains = Rows::new();
        let mut of_key = Vec::new();
        let by_key = transactions.writers();
        for key in 0..transactions.keys.len() as u32 {
            of_key.clear();
            let place = |t: &u32| match reach.chains() {
                Some(chains) => (chains.of[*t as usize], chains.place[*t as usize], *t),
                None => (0, *t, *t),
            };
            of_key.extend(by_key.row(key).iter().map(place));
            of_key.sort_unstable();
            for part in of_key.chunk_by(|one, other| one.0 == other.0) {
                let start = writers.len() as u32;
                writers.extend(part.iter().map(|(_, place, t)| (*place, *t)));
                chains.push((part[0].0, start, writers.len() as u32));
            }
            chains.end_row();
        }
        WritersByChain { writers, chains }
    }

    /// The last writers to a key on each chain that the reader sees and that are not known to come
    /// before the writer from which it reads. Returns the number of steps.
    fn latest(
        &self,
        reach: &Reach,
        key: u32,
        reader: u32,
        to: u32,
        mut found: impl FnMut(u32),
    ) -> u64 {
        let (seen, known) = (reach.clock(reader), reach.clock(to));
        let mut steps = 1;
        for (chain, start, end) in self.chains.row(key) {
            let of_chain = &self.writers[*start as usize..*end as usize];
            if reach.chains().is_none() {
                // Without clocks, each writer is looked at.
                steps += of_chain.len() as u64;
                let sees = |from: u32| reach.reaches(from, reader) && !reach.reaches(from, to);
                of_chain.iter().filter(|(_, t)| *t != to && sees(*t)).for_each(|(_, t)| found(*t));
                continue;
            }
            steps += 1;
            let (seen, known) = (seen[*chain as usize], known[*chain as usize]);
            if seen <= known {
                continue;
            }
            steps += u64::from(of_chain.len().ilog2());
            let count = of_chain.partition_point(|(place, _)| *place < seen);
            if let Some((place, from)) = count.checked_sub(1).map(|last| of_chain[last])
                && place >= known
                && from != to
            {
                found(from);
            }
        }
        steps
    }
}

/// A cycle of given and inferred edges, as all transactions that it takes to see it.
pub(super) fn transactions_of_cycle(
    cycle: &[u32],
    base: &Graph,
    inferred: &[Inferred],
) -> Vec<u32> {
    let mut all = cycle.to_vec();
    for (place, from) in cycle.iter().enumerate() {
        let to = cycle[(place + 1) % cycle.len()];
        if base.successors(*from).contains(&to) {
            continue;
        }
        if let Some(edge) = inferred.iter().find(|edge| edge.edge() == (*from, to)) {
            all.push(edge.reader);
            all.extend(base.path(edge.from, edge.reader).unwrap_or_default());
        }
    }
    all.sort_unstable();
    all.dedup();
    all
}
