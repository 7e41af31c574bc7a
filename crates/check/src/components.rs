//! Strongly connected components of a graph that is given by the predecessors of its nodes, and
//! the shortest cycle in one.

use std::collections::VecDeque;

/// No node.
const NONE: u32 = u32::MAX;

/// The components with more than one node, each in ascending order. `predecessor` is the n-th
/// predecessor of a node, for n from 0 on, as long as there are any. Nodes have no edge to
/// themselves. (Tarjan's algorithm, without recursion.)
pub(super) fn components(
    count: usize,
    predecessor: impl Fn(u32, usize) -> Option<u32>,
) -> Vec<Vec<u32>> {
    Search::run(count, predecessor).found
}

/// The number of the component of each node. `successor` is the n-th successor of a node, for n
/// from 0 on, as long as there are any. An edge between components goes from the higher number to
/// the lower one.
pub(super) fn component_numbers(
    count: usize,
    successor: impl Fn(u32, usize) -> Option<u32>,
) -> Vec<u32> {
    Search::run(count, successor).number
}

/// The search under way.
struct Search {
    /// When each node was reached, or [`NONE`].
    order: Vec<u32>,
    /// The earliest node of the component that is reached from each.
    low: Vec<u32>,
    is_open: Vec<bool>,
    next: u32,
    open: Vec<u32>,
    /// The way to the current node, each with the number of its next edge.
    path: Vec<(u32, usize)>,
    found: Vec<Vec<u32>>,
    /// The number of the component of each node, in the order in which they are closed.
    number: Vec<u32>,
    closed: u32,
}

impl Search {
    fn run(count: usize, next: impl Fn(u32, usize) -> Option<u32>) -> Search {
        let mut search = Search {
            order: vec![NONE; count],
            low: vec![0; count],
            is_open: vec![false; count],
            next: 0,
            open: Vec::new(),
            path: Vec::new(),
            found: Vec::new(),
            number: vec![0; count],
            closed: 0,
        };
        for root in 0..count as u32 {
            if search.order[root as usize] == NONE {
                search.from(root, &next);
            }
        }
        search
    }

    fn from(&mut self, root: u32, predecessor: &impl Fn(u32, usize) -> Option<u32>) {
        self.path.push((root, 0));
        self.enter(root);
        while let Some((node, edge)) = self.path.last_mut() {
            let node = *node;
            match predecessor(node, *edge) {
                Some(to) => {
                    *edge += 1;
                    if self.order[to as usize] == NONE {
                        self.enter(to);
                        self.path.push((to, 0));
                    } else if self.is_open[to as usize] {
                        self.lower(node, self.order[to as usize]);
                    }
                }
                None => {
                    self.path.pop();
                    self.leave(node);
                    if let Some((before, _)) = self.path.last().copied() {
                        self.lower(before, self.low[node as usize]);
                    }
                }
            }
        }
    }

    fn enter(&mut self, node: u32) {
        self.order[node as usize] = self.next;
        self.low[node as usize] = self.next;
        self.is_open[node as usize] = true;
        self.open.push(node);
        self.next += 1;
    }

    fn lower(&mut self, node: u32, to: u32) {
        let low = &mut self.low[node as usize];
        *low = (*low).min(to);
    }

    /// Closes the component of a node, if the node is the first one of it.
    fn leave(&mut self, node: u32) {
        if self.low[node as usize] != self.order[node as usize] {
            return;
        }
        let place = self.open.iter().rposition(|open| *open == node).expect("the node is open");
        for open in &self.open[place..] {
            self.is_open[*open as usize] = false;
            self.number[*open as usize] = self.closed;
        }
        self.closed += 1;
        if self.open.len() - place == 1 {
            self.open.pop();
            return;
        }
        let mut component = self.open.split_off(place);
        component.sort_unstable();
        self.found.push(component);
    }
}

/// A cycle with the fewest operations, each the predecessor of the next, from the first one on.
/// Nodes from `operations` on cost nothing and are left out. `predecessors` are those of each node;
/// every node lies on a cycle. The search ends with the best that it has found when it has made
/// this number of steps.
pub(super) fn shortest_cycle(
    operations: usize,
    predecessors: &[Vec<u32>],
    steps: &mut u64,
) -> Vec<u32> {
    let mut best: Vec<u32> = Vec::new();
    for start in 0..operations as u32 {
        // The first search is always made, so that there is a cycle.
        if *steps == 0 && !best.is_empty() {
            break;
        }
        let max = if best.is_empty() { usize::MAX } else { best.len() - 1 };
        if let Some(cycle) = cycle_through(start, operations, predecessors, max, steps) {
            best = cycle;
        }
    }
    best
}

/// A shortest cycle through a node of at most this number of operations.
fn cycle_through(
    start: u32,
    operations: usize,
    predecessors: &[Vec<u32>],
    max: usize,
    steps: &mut u64,
) -> Option<Vec<u32>> {
    let cost = |node: u32| usize::from((node as usize) < operations);
    let mut distance = vec![usize::MAX; predecessors.len()];
    let mut after = vec![NONE; predecessors.len()];
    let mut queue = VecDeque::from([(start, 0)]);
    while let Some((node, far)) = queue.pop_front() {
        if node != start && distance[node as usize] != far {
            continue;
        }
        for before in &predecessors[node as usize] {
            *steps = steps.saturating_sub(1);
            let farther = far + cost(*before);
            if farther > max || farther >= distance[*before as usize] {
                continue;
            }
            distance[*before as usize] = farther;
            after[*before as usize] = node;
            if *before == start {
                return Some(trace(start, operations, &after));
            }
            match cost(*before) {
                0 => queue.push_front((*before, farther)),
                _ => queue.push_back((*before, farther)),
            }
        }
    }
    None
}

/// The operations from a node on to itself.
fn trace(start: u32, operations: usize, after: &[u32]) -> Vec<u32> {
    let mut cycle = vec![start];
    let mut node = after[start as usize];
    while node != start {
        if (node as usize) < operations {
            cycle.push(node);
        }
        node = after[node as usize];
    }
    cycle
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn predecessors(count: usize, edges: &[(usize, usize)]) -> Vec<Vec<u32>> {
        let mut all = vec![Vec::new(); count];
        for (from, to) in edges.iter().filter(|(from, to)| from != to) {
            all[*to].push(*from as u32);
        }
        all
    }

    fn found(all: &[Vec<u32>]) -> Vec<Vec<u32>> {
        let mut found = components(all.len(), |node, n| all[node as usize].get(n).copied());
        found.sort();
        found
    }

    #[test]
    fn components_and_their_shortest_cycles_are_found() {
        let all = predecessors(7, &[(0, 1), (1, 2), (2, 0), (2, 3), (3, 4), (4, 3), (5, 6)]);
        assert_eq!(found(&all), [vec![0, 1, 2], vec![3, 4]]);
        let all = predecessors(5, &[(0, 1), (1, 2), (2, 3), (3, 0), (2, 4), (4, 1)]);
        assert_eq!(shortest_cycle(5, &all, &mut 1000), [1, 2, 4]);
        // The last node is none of the operations, so that the way through it is the shorter one.
        let all = predecessors(5, &[(0, 1), (1, 2), (2, 3), (3, 0), (1, 4), (4, 0)]);
        assert_eq!(shortest_cycle(4, &all, &mut 1000), [0, 1]);
    }

    proptest! {
        #[test]
        fn components_are_what_reaches_each_other(
            edges in prop::collection::vec((0..7usize, 0..7usize), 0..16),
        ) {
            let all = predecessors(7, &edges);
            let mut reaches = [[false; 7]; 7];
            for (from, to) in edges.iter().filter(|(from, to)| from != to) {
                reaches[*from][*to] = true;
            }
            for via in 0..7 {
                for from in 0..7 {
                    for to in 0..7 {
                        reaches[from][to] |= reaches[from][via] && reaches[via][to];
                    }
                }
            }
            let both = |a: usize, b: usize| reaches[a][b] && reaches[b][a];
            let mut expected: Vec<Vec<u32>> = (0..7)
                .filter(|a| both(*a, *a))
                .map(|a| (0..7).filter(|b| both(a, *b)).map(|b| b as u32).collect())
                .collect();
            expected.sort();
            expected.dedup();
            prop_assert_eq!(found(&all), expected);
        }
    }
}
