//! Directed graphs: a topological order, components, and a short cycle.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::limits::{Budget, Exhausted};
use super::rows::Rows;

/// An edge.
pub(super) type Edge = (u32, u32);

/// A directed graph; its nodes are numbers.
#[derive(Clone, Debug)]
pub(super) struct Graph {
    successors: Rows<u32>,
}

/// Maximum number of steps in which a cycle is searched for that is shorter than one that is known.
const CYCLE_STEPS_MAX: u64 = 1 << 24;

impl Graph {
    /// The graph of these edges; `edges` may be gone through twice.
    pub(super) fn of(nodes: usize, edges: impl Iterator<Item = Edge> + Clone) -> Graph {
        Graph { successors: Rows::of(nodes, edges) }
    }

    /// The graph of these edges reversed, in which the first edges of a node are those given first.
    pub(super) fn before(nodes: usize, edges: impl Iterator<Item = Edge> + Clone) -> Graph {
        Graph::of(nodes, edges.map(|(from, to)| (to, from)))
    }

    /// The graph with all edges reversed, in which the first edges of a node are from small
    /// numbers.
    pub(super) fn reversed(&self) -> Graph {
        let nodes = 0..self.successors.len() as u32;
        let of = |from: u32| self.successors(from).iter().map(move |to| (*to, from));
        Graph::of(self.successors.len(), nodes.flat_map(of))
    }

    /// The targets of a node's edges, in the order in which the edges were given.
    #[inline]
    pub(super) fn successors(&self, node: u32) -> &[u32] {
        self.successors.row(node)
    }

    /// The number of nodes.
    pub(super) fn nodes(&self) -> usize {
        self.successors.len()
    }

    /// The number of edges.
    pub(super) fn edges(&self) -> usize {
        self.successors.items()
    }

    /// An order in which all edges go ahead; `None` if there is a cycle.
    pub(super) fn topological(&self) -> Option<Vec<u32>> {
        let nodes = self.nodes();
        let mut open = vec![0_u32; nodes];
        (0..nodes as u32).for_each(|node| {
            self.successors(node).iter().for_each(|to| open[*to as usize] += 1);
        });
        let mut order = Vec::with_capacity(nodes);
        order.extend((0..nodes as u32).filter(|node| open[*node as usize] == 0));
        let mut next = 0;
        while next < order.len() {
            for to in self.successors(order[next]) {
                open[*to as usize] -= 1;
                if open[*to as usize] == 0 {
                    order.push(*to);
                }
            }
            next += 1;
        }
        (order.len() == nodes).then_some(order)
    }

    /// The order in which all edges go ahead and, of the nodes that may come next, always the one
    /// of the smallest rank does; shorter if there is a cycle.
    pub(super) fn topological_by(&self, rank: &[u64]) -> Vec<u32> {
        let mut open = vec![0_u32; self.nodes()];
        (0..self.nodes() as u32).for_each(|node| {
            self.successors(node).iter().for_each(|to| open[*to as usize] += 1);
        });
        let entry = |node: u32| Reverse((rank[node as usize], node));
        let free = (0..self.nodes() as u32).filter(|node| open[*node as usize] == 0);
        let mut next: BinaryHeap<Reverse<(u64, u32)>> = free.map(entry).collect();
        let mut order = Vec::with_capacity(self.nodes());
        while let Some(Reverse((_, node))) = next.pop() {
            order.push(node);
            for to in self.successors(node) {
                open[*to as usize] -= 1;
                if open[*to as usize] == 0 {
                    next.push(entry(*to));
                }
            }
        }
        order
    }

    /// The strongly connected component of each node, by number.
    fn components(&self) -> Vec<u32> {
        const NEW: u32 = u32::MAX;
        let nodes = self.nodes();
        let (mut component, mut index) = (vec![NEW; nodes], vec![NEW; nodes]);
        let mut low = vec![0_u32; nodes];
        let (mut stack, mut path, mut count, mut next) = (vec![], vec![], 0, 0);
        for root in 0..nodes as u32 {
            if index[root as usize] != NEW {
                continue;
            }
            path.push((root, 0));
            while let Some((node, place)) = path.pop() {
                let at = node as usize;
                if place == 0 {
                    (index[at], low[at]) = (next, next);
                    next += 1;
                    stack.push(node);
                }
                if let Some(to) = self.successors(node).get(place) {
                    path.push((node, place + 1));
                    if index[*to as usize] == NEW {
                        path.push((*to, 0));
                    } else if component[*to as usize] == NEW {
                        low[at] = low[at].min(index[*to as usize]);
                    }
                    continue;
                }
                if low[at] == index[at] {
                    while let Some(member) = stack.pop() {
                        component[member as usize] = count;
                        if member == node {
                            break;
                        }
                    }
                    count += 1;
                }
                if let Some((parent, _)) = path.last() {
                    low[*parent as usize] = low[*parent as usize].min(low[at]);
                }
            }
        }
        component
    }

    /// A short cycle, as the nodes on it: the shortest one of the smallest component, unless the
    /// search for it takes too long. `None` if there is none.
    pub(super) fn short_cycle(&self, budget: &mut Budget) -> Result<Option<Vec<u32>>, Exhausted> {
        budget.take(24 * self.nodes() as u64)?;
        budget.steps(2 * self.edges() as u64)?;
        let component = self.components();
        let mut sizes = vec![0_u32; self.nodes()];
        component.iter().for_each(|of| sizes[*of as usize] += 1);
        let smallest = (0..self.nodes()).filter(|of| sizes[*of] > 1).min_by_key(|of| sizes[*of]);
        let Some(smallest) = smallest else { return Ok(None) };
        let is_in = |node: u32| component[node as usize] == smallest as u32;
        let mut search = Search::new(self.nodes());
        let mut best: Option<Vec<u32>> = None;
        for start in (0..self.nodes() as u32).filter(|node| is_in(*node)) {
            let longest = best.as_ref().map_or(usize::MAX, |cycle| cycle.len() - 1);
            best = search.cycle(self, start, &is_in, longest).or(best);
            if search.steps > CYCLE_STEPS_MAX || best.as_ref().is_some_and(|c| c.len() == 2) {
                break;
            }
        }
        budget.steps(search.steps)?;
        Ok(best)
    }

    /// A shortest path from one node to another one over edges that pass a filter: all its nodes.
    pub(super) fn path(&self, from: u32, to: u32) -> Option<Vec<u32>> {
        let mut search = Search::new(self.nodes());
        search.path(self, from, to, &|_| true, usize::MAX)
    }
}

/// A breadth-first search that can be repeated.
struct Search {
    parent: Vec<u32>,
    seen: Vec<u32>,
    round: u32,
    steps: u64,
}

impl Search {
    fn new(nodes: usize) -> Search {
        Search { parent: vec![0; nodes], seen: vec![0; nodes], round: 0, steps: 0 }
    }

    /// The shortest cycle through a node that has at most this many nodes.
    fn cycle(
        &mut self,
        graph: &Graph,
        start: u32,
        is_in: &dyn Fn(u32) -> bool,
        nodes_max: usize,
    ) -> Option<Vec<u32>> {
        let mut path = self.path(graph, start, start, is_in, nodes_max)?;
        path.pop();
        Some(path)
    }

    /// A shortest path of at least one and at most `edges_max` edges.
    fn path(
        &mut self,
        graph: &Graph,
        from: u32,
        to: u32,
        is_in: &dyn Fn(u32) -> bool,
        edges_max: usize,
    ) -> Option<Vec<u32>> {
        self.round += 1;
        let (mut layer, mut next) = (vec![from], vec![]);
        let mut edges = 0;
        while !layer.is_empty() && edges < edges_max {
            edges += 1;
            for node in layer.drain(..) {
                for target in graph.successors(node) {
                    self.steps += 1;
                    if *target == to {
                        return Some(self.back(from, node, to));
                    }
                    let seen = &mut self.seen[*target as usize];
                    if *seen != self.round && *target != from && is_in(*target) {
                        *seen = self.round;
                        self.parent[*target as usize] = node;
                        next.push(*target);
                    }
                }
            }
            std::mem::swap(&mut layer, &mut next);
        }
        None
    }

    /// The path that was found.
    fn back(&self, from: u32, last: u32, to: u32) -> Vec<u32> {
        let mut path = vec![to, last];
        let mut node = last;
        while node != from {
            node = self.parent[node as usize];
            path.push(node);
        }
        path.reverse();
        path
    }
}

#[cfg(test)]
mod tests {
    use super::super::limits::Limits;
    use super::*;

    #[test]
    fn a_short_cycle_is_found_in_the_smallest_component() {
        let long = [(0, 1), (1, 2), (2, 3), (3, 0), (0, 4), (4, 5), (5, 6), (6, 5)];
        let graph = Graph::of(7, long.into_iter());
        assert_eq!(graph.topological(), None);
        let mut budget = Budget::new(Limits::DEFAULT);
        assert_eq!(graph.short_cycle(&mut budget), Ok(Some(vec![5, 6])));
        let chord = Graph::of(5, long[..5].iter().copied().chain([(2, 0)]));
        assert_eq!(chord.short_cycle(&mut budget), Ok(Some(vec![0, 1, 2])));
        let line = Graph::of(4, long[..3].iter().copied());
        assert_eq!(line.topological(), Some(vec![0, 1, 2, 3]));
        assert_eq!(line.short_cycle(&mut budget), Ok(None));
        assert_eq!(line.path(0, 2), Some(vec![0, 1, 2]));
        assert_eq!(line.reversed().path(2, 0), Some(vec![2, 1, 0]));
    }
}
