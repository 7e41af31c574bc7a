//! Decides whether linked transactions satisfy a level.

use super::decision::Decision;
use super::given::{Nodes, given};
use super::graph::Graph;
use super::inferred::{self, Inferred};
use super::level::Level;
use super::limits::{Budget, Exhausted};
use super::reach::Reach;
use super::strong;
use super::transactions::Transactions;

/// Decides on a level, or reaches a limit.
pub(super) fn decide(
    transactions: &Transactions,
    level: Level,
    budget: &mut Budget,
) -> Result<Decision, Exhausted> {
    match level {
        Level::ReadCommitted | Level::ReadAtomic | Level::Causal => {
            weak(transactions, level, budget)
        }
        _ => strong::decide(transactions, level, budget),
    }
}

/// A graph of given edges, and those that a level infers from it.
pub(super) struct WeakGraph {
    /// The given edges.
    pub base: Graph,
    /// What is inferred; nothing where the given edges have a cycle already.
    pub inferred: Vec<Inferred>,
}

impl WeakGraph {
    /// The graph of a level up to causal consistency.
    pub(super) fn of(
        transactions: &Transactions,
        level: Level,
        budget: &mut Budget,
    ) -> Result<WeakGraph, Exhausted> {
        let given = given(transactions, level.given_order(), Nodes::One);
        budget.take(8 * (given.edges.len() as u64 + u64::from(given.nodes)))?;
        let base = Graph::of(given.nodes as usize, given.edges.iter().copied());
        budget.steps(base.edges() as u64)?;
        let inferred = match level {
            Level::ReadCommitted => inferred::read_committed(transactions, budget)?,
            Level::ReadAtomic => inferred::read_atomic(transactions, budget)?,
            _ => match base.topological() {
                Some(order) => {
                    let before = Graph::before(base.nodes(), given.edges.iter().copied());
                    let reach = Reach::of(&before, &order, budget)?;
                    let inferred = inferred::causal(transactions, &reach, budget)?;
                    budget.give_back(reach.bytes());
                    inferred
                }
                None => Vec::new(),
            },
        };
        Ok(WeakGraph { base, inferred })
    }

    /// Both kinds of edges.
    pub(super) fn whole(&self) -> Graph {
        let nodes = 0..self.base.nodes() as u32;
        let given =
            nodes.flat_map(|from| self.base.successors(from).iter().map(move |to| (from, *to)));
        Graph::of(self.base.nodes(), given.chain(self.inferred.iter().map(Inferred::edge)))
    }
}

fn weak(
    transactions: &Transactions,
    level: Level,
    budget: &mut Budget,
) -> Result<Decision, Exhausted> {
    let weak = WeakGraph::of(transactions, level, budget)?;
    let whole = weak.whole();
    budget.steps(2 * whole.edges() as u64)?;
    if whole.topological().is_some() {
        return Ok(Decision::Holds);
    }
    let cycle = whole.short_cycle(budget)?.unwrap_or_default();
    Ok(Decision::Broken(inferred::transactions_of_cycle(&cycle, &weak.base, &weak.inferred)))
}
