//! Which transactions a contradiction takes: those of its cycles, and for each known order on them
//! those of the cycle that the other order would close.

use std::collections::BTreeSet;

use super::limits::{Budget, Exhausted};
use super::ordering::{Cycle, KNOWN};
use super::problem::Problem;
use super::prune::{Forced, Known};
use super::rows::Rows;

/// The transactions of all cycles, those of the reasons of their edges included.
pub(super) fn transactions_of(
    problem: &Problem<'_>,
    known: &Known,
    cycles: &[Cycle],
    pairs: &[(u32, u32)],
    budget: &mut Budget,
) -> Result<Vec<u32>, Exhausted> {
    let edges = (0..).zip(&known.edges).map(|(at, (from, to))| (*from, (*to, at)));
    budget.take(12 * known.edges.len() as u64)?;
    let after = Rows::of(problem.node_count as usize, edges);
    let mut proof = Proof {
        problem,
        known,
        after,
        all: BTreeSet::new(),
        is_needed: vec![false; known.forced.len()],
        open: vec![],
        parent: vec![0; problem.node_count as usize],
        seen: vec![0; problem.node_count as usize],
        round: 0,
    };
    for cycle in cycles {
        for (place, (from, choice)) in cycle.iter().enumerate() {
            let (to, _) = cycle[(place + 1) % cycle.len()];
            proof.add_node(*from);
            match *choice {
                KNOWN => proof.add_edge(*from, to),
                literal => {
                    let (one, other) = pairs[literal as usize / 2];
                    proof.all.extend([one, other]);
                }
            }
        }
    }
    while let Some(forced) = proof.open.pop() {
        proof.add_reason(known.forced[forced], budget)?;
    }
    Ok(proof.all.into_iter().collect())
}

struct Proof<'a> {
    problem: &'a Problem<'a>,
    known: &'a Known,
    /// For each node, the targets of its known edges with their numbers, in this order.
    after: Rows<(u32, u32)>,
    all: BTreeSet<u32>,
    /// The known orders whose reasons are added or open.
    is_needed: Vec<bool>,
    open: Vec<usize>,
    /// The edge by which a node was reached.
    parent: Vec<u32>,
    seen: Vec<u32>,
    round: u32,
}

impl Proof<'_> {
    fn add_node(&mut self, node: u32) {
        self.all.extend(self.problem.transaction(node));
    }

    /// Adds a known edge, which was known first under its smallest number.
    fn add_edge(&mut self, from: u32, to: u32) {
        let number = self.after.row(from).iter().find(|(target, _)| *target == to);
        if let Some((_, number)) = number {
            self.add_numbered(*number as usize);
        }
    }

    fn add_numbered(&mut self, edge: usize) {
        let (from, to) = self.known.edges[edge];
        self.add_node(from);
        self.add_node(to);
        if let Some(forced) = self.known.origin(edge)
            && !std::mem::replace(&mut self.is_needed[forced], true)
        {
            self.open.push(forced);
        }
    }

    /// Adds why an order is known: a path that the other order would close to a cycle.
    fn add_reason(&mut self, forced: Forced, budget: &mut Budget) -> Result<(), Exhausted> {
        self.all.extend([forced.first, forced.second]);
        let mut edges = vec![];
        self.problem.find_edge(forced.second, forced.first, |edge| {
            edges.push(edge);
            false
        });
        for (from, to) in edges {
            if let Some(path) = self.path(to, from, forced.known_before, budget)? {
                self.add_node(from);
                self.add_node(to);
                path.into_iter().for_each(|edge| self.add_numbered(edge));
                return Ok(());
            }
        }
        Ok(())
    }

    /// A shortest path over the first known edges, as their numbers.
    fn path(
        &mut self,
        from: u32,
        to: u32,
        edges: usize,
        budget: &mut Budget,
    ) -> Result<Option<Vec<usize>>, Exhausted> {
        self.round += 1;
        self.seen[from as usize] = self.round;
        let (mut layer, mut next) = (vec![from], vec![]);
        while !layer.is_empty() {
            for node in layer.drain(..) {
                let row = self.after.row(node);
                let row = &row[..row.partition_point(|(_, number)| (*number as usize) < edges)];
                budget.steps(1 + row.len() as u64)?;
                for (target, number) in row {
                    if std::mem::replace(&mut self.seen[*target as usize], self.round) != self.round
                    {
                        self.parent[*target as usize] = *number;
                        next.push(*target);
                    }
                }
            }
            if self.seen[to as usize] == self.round {
                return Ok(Some(self.back(from, to)));
            }
            std::mem::swap(&mut layer, &mut next);
        }
        Ok(None)
    }

    fn back(&self, from: u32, to: u32) -> Vec<usize> {
        let (mut path, mut node) = (vec![], to);
        while node != from {
            let edge = self.parent[node as usize] as usize;
            path.push(edge);
            node = self.known.edges[edge].0;
        }
        path
    }
}
