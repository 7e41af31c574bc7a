//! Which node of an acyclic graph reaches which: by chains, or by a bit for each pair.
//!
//! Nodes are divided into chains, on each of which every node reaches the next one; the sessions of
//! a history mostly are such chains. For each node and chain it is enough to know how many of the
//! chain reach the node. With few chains this is small, with many of them bits are smaller.

use super::graph::Graph;
use super::limits::{Budget, Exhausted};

/// Reachability of an acyclic graph.
#[derive(Clone, Debug)]
pub(super) struct Reach {
    chains: Chains,
    known: Known,
    bytes: u64,
}

/// A division of the nodes into chains.
#[derive(Clone, Debug)]
pub(super) struct Chains {
    /// The chain of each node.
    pub of: Vec<u32>,
    /// The place of each node on its chain.
    pub place: Vec<u32>,
    /// The number of chains.
    pub count: usize,
}

#[derive(Clone, Debug)]
enum Known {
    /// For each node and chain, how many of the chain reach the node; itself not counted.
    Clocks(Vec<u32>),
    /// For each node, a bit for each node that reaches it, itself left out.
    Bits { words: usize, rows: Vec<u64> },
}

impl Chains {
    /// Divides nodes into few chains, in this topological order.
    fn of(before: &Graph, order: &[u32]) -> Chains {
        let nodes = before.nodes();
        let (mut of, mut place) = (vec![0; nodes], vec![0; nodes]);
        let mut last: Vec<u32> = Vec::new();
        for node in order {
            let ends = |other: &&u32| last[of[**other as usize] as usize] == **other;
            match before.successors(*node).iter().find(ends) {
                Some(other) => {
                    let chain = of[*other as usize];
                    of[*node as usize] = chain;
                    place[*node as usize] = place[*other as usize] + 1;
                    last[chain as usize] = *node;
                }
                None => {
                    of[*node as usize] = last.len() as u32;
                    last.push(*node);
                }
            }
        }
        Chains { of, place, count: last.len() }
    }
}

impl Reach {
    /// Computes it for a graph, given the graph with all edges reversed and a topological order. A
    /// chain goes on from a node to one for which it is among the first edges, if it can.
    pub(super) fn of(
        before: &Graph,
        order: &[u32],
        budget: &mut Budget,
    ) -> Result<Reach, Exhausted> {
        budget.take(16 * before.nodes() as u64)?;
        let chains = Chains::of(before, order);
        let (nodes, words) = (before.nodes() as u64, before.nodes().div_ceil(64) as u64);
        let (as_clocks, as_bits) = (4 * nodes * chains.count as u64, 8 * nodes * words);
        let bytes = as_clocks.min(as_bits);
        budget.take(bytes)?;
        let known = match as_clocks <= as_bits {
            true => clocks(before, order, &chains, budget)?,
            false => bits(before, order, budget)?,
        };
        Ok(Reach { chains, known, bytes: bytes + 16 * nodes })
    }

    /// Whether one node reaches another one; no node reaches itself.
    #[inline]
    pub(super) fn reaches(&self, from: u32, to: u32) -> bool {
        match &self.known {
            Known::Clocks(clocks) => {
                let row = to as usize * self.chains.count;
                let chain = self.chains.of[from as usize] as usize;
                self.chains.place[from as usize] < clocks[row + chain]
            }
            Known::Bits { words, rows } => {
                let word = rows[to as usize * words + from as usize / 64];
                word >> (from % 64) & 1 == 1
            }
        }
    }

    /// The chains, and for each chain how many of it reach a node, if that is known.
    pub(super) fn chains(&self) -> Option<&Chains> {
        matches!(self.known, Known::Clocks(_)).then_some(&self.chains)
    }

    /// For each chain, how many of it reach a node; empty if that is not known.
    #[inline]
    pub(super) fn clock(&self, node: u32) -> &[u32] {
        match &self.known {
            Known::Clocks(clocks) => {
                &clocks[node as usize * self.chains.count..][..self.chains.count]
            }
            Known::Bits { .. } => &[],
        }
    }

    /// The memory that it takes, in bytes.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }
}

fn clocks(
    before: &Graph,
    order: &[u32],
    chains: &Chains,
    budget: &mut Budget,
) -> Result<Known, Exhausted> {
    let count = chains.count;
    let mut clocks = vec![0_u32; before.nodes() * count];
    let mut row = vec![0_u32; count];
    for node in order {
        row.fill(0);
        let mut steps = 0;
        for other in before.successors(*node) {
            let (chain, place) = (chains.of[*other as usize], chains.place[*other as usize]);
            if row[chain as usize] <= place {
                let theirs = &clocks[*other as usize * count..][..count];
                row.iter_mut().zip(theirs).for_each(|(mine, other)| *mine = (*mine).max(*other));
                row[chain as usize] = place + 1;
                steps += 1;
            }
        }
        budget.steps(1 + steps * count as u64 / 8)?;
        clocks[*node as usize * count..][..count].copy_from_slice(&row);
    }
    Ok(Known::Clocks(clocks))
}

fn bits(before: &Graph, order: &[u32], budget: &mut Budget) -> Result<Known, Exhausted> {
    let words = before.nodes().div_ceil(64);
    let mut rows = vec![0_u64; before.nodes() * words];
    let mut row = vec![0_u64; words];
    for node in order {
        row.fill(0);
        let mut steps = 0;
        for other in before.successors(*node) {
            let (word, bit) = (*other as usize / 64, 1 << (other % 64));
            if row[word] & bit == 0 {
                let theirs = &rows[*other as usize * words..][..words];
                row.iter_mut().zip(theirs).for_each(|(mine, other)| *mine |= other);
                row[word] |= bit;
                steps += 1;
            }
        }
        budget.steps(1 + steps * words as u64 / 4)?;
        rows[*node as usize * words..][..words].copy_from_slice(&row);
    }
    Ok(Known::Bits { words, rows })
}

#[cfg(test)]
mod tests {
    use super::super::limits::Limits;
    use super::*;

    /// Both forms agree with a search, on random graphs.
    #[test]
    fn reachability_is_that_of_a_search() {
        let mut random = 1_u64;
        let mut below = |bound: u32| {
            random = random.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (random >> 33) as u32 % bound
        };
        for nodes in [2_u32, 5, 70, 130] {
            let edges: Vec<_> = (0..2 * nodes)
                .map(|_| (below(nodes), below(nodes)))
                .filter(|(from, to)| from < to)
                .collect();
            let graph = Graph::of(nodes as usize, edges.iter().copied());
            let (before, order) = (graph.reversed(), graph.topological().expect("no cycle"));
            let mut budget = Budget::new(Limits::DEFAULT);
            let reach = Reach::of(&before, &order, &mut budget).expect("within limits");
            let chains = Chains::of(&before, &order);
            for known in [
                clocks(&before, &order, &chains, &mut budget).expect("within limits"),
                bits(&before, &order, &mut budget).expect("within limits"),
            ] {
                let reach = Reach { known, ..reach.clone() };
                for (from, to) in (0..nodes).flat_map(|from| (0..nodes).map(move |to| (from, to))) {
                    let expected = from != to && graph.path(from, to).is_some();
                    assert_eq!(reach.reaches(from, to), expected, "{from} {to} {edges:?}");
                }
            }
        }
    }
}
