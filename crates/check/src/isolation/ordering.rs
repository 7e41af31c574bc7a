//! An order of the nodes of a graph to which edges are added and removed: Pearce and Kelly's
//! dynamic topological sort (J. Exp. Algorithmics 2006).
//!
//! When an edge goes back in the order, only nodes between its ends move. An order stays one when
//! edges are removed.

use std::collections::VecDeque;

use super::graph::{Edge, Graph};

/// What an edge follows from: nothing, or a choice.
pub(super) const KNOWN: u32 = u32::MAX;

/// A graph of known edges and of edges that follow from choices, with a topological order.
#[derive(Debug)]
pub(super) struct Ordering<'a> {
    known: &'a Graph,
    before: Graph,
    after_chosen: Vec<Vec<(u32, u32)>>,
    before_chosen: Vec<Vec<(u32, u32)>>,
    added: Vec<Edge>,
    place: Vec<u32>,
    /// How a node was reached: from which one, by which choice.
    parent: Vec<(u32, u32)>,
    seen: Vec<u32>,
    round: u32,
    /// Number of nodes and edges that were looked at.
    pub steps: u64,
}

/// A cycle: its nodes, and for each of them the choice of the edge to the next one, or [`KNOWN`].
pub(super) type Cycle = Vec<(u32, u32)>;

impl<'a> Ordering<'a> {
    /// The order of a graph without cycles, `order` being one.
    pub(super) fn new(known: &'a Graph, order: &[u32]) -> Ordering<'a> {
        let nodes = known.nodes();
        let mut place = vec![0; nodes];
        (0..).zip(order).for_each(|(at, node)| place[*node as usize] = at);
        Ordering {
            known,
            before: known.reversed(),
            after_chosen: vec![vec![]; nodes],
            before_chosen: vec![vec![]; nodes],
            added: vec![],
            place,
            parent: vec![(0, 0); nodes],
            seen: vec![0; nodes],
            round: 0,
            steps: 0,
        }
    }

    /// The place of a node.
    #[inline]
    pub(super) fn place(&self, node: u32) -> u32 {
        self.place[node as usize]
    }

    /// The number of edges that were added.
    pub(super) fn added(&self) -> usize {
        self.added.len()
    }

    /// Adds an edge that follows from a choice.
    ///
    /// # Errors
    ///
    /// The cycle that it would close; then it is not added.
    pub(super) fn add(&mut self, (from, to): Edge, choice: u32) -> Result<(), Cycle> {
        self.steps += 1;
        if self.place(from) > self.place(to) {
            let ahead = self.forward(from, to, choice)?;
            let behind = self.backward(from, to);
            self.reorder(behind, ahead);
        }
        self.after_chosen[from as usize].push((to, choice));
        self.before_chosen[to as usize].push((from, choice));
        self.added.push((from, to));
        Ok(())
    }

    /// Removes the edges that were added last, until this many are left.
    pub(super) fn remove_to(&mut self, count: usize) {
        for (from, to) in self.added.drain(count..).rev() {
            self.after_chosen[from as usize].pop();
            self.before_chosen[to as usize].pop();
        }
    }

    /// The nodes that `to` reaches and that are not behind `from`.
    fn forward(&mut self, from: u32, to: u32, choice: u32) -> Result<Vec<u32>, Cycle> {
        self.round += 1;
        let last = self.place(from);
        let mut found = vec![];
        let mut open = VecDeque::from([to]);
        self.seen[to as usize] = self.round;
        // Known edges first, so that a cycle has few choices.
        while let Some(node) = open.pop_front() {
            found.push(node);
            let known = self.known.successors(node).iter().map(|next| (*next, KNOWN));
            let chosen = self.after_chosen[node as usize].iter().copied();
            for (next, by) in known.chain(chosen) {
                self.steps += 1;
                let at = next as usize;
                if self.place[at] > last || self.seen[at] == self.round {
                    continue;
                }
                self.seen[at] = self.round;
                self.parent[at] = (node, by);
                if next == from {
                    return Err(self.cycle(from, to, choice));
                }
                if by == KNOWN { open.push_front(next) } else { open.push_back(next) }
            }
        }
        Ok(found)
    }

    /// The cycle of the path that was found from `to` to `from`.
    fn cycle(&self, from: u32, to: u32, choice: u32) -> Cycle {
        let mut cycle = vec![(from, choice)];
        let mut node = from;
        while node != to {
            let (before, by) = self.parent[node as usize];
            cycle.push((before, by));
            node = before;
        }
        cycle[1..].reverse();
        cycle
    }

    /// The nodes that reach `from` and that are not before `to`.
    fn backward(&mut self, from: u32, to: u32) -> Vec<u32> {
        self.round += 1;
        let first = self.place(to);
        let mut found = vec![];
        let mut open = vec![from];
        self.seen[from as usize] = self.round;
        while let Some(node) = open.pop() {
            found.push(node);
            let chosen = self.before_chosen[node as usize].iter().map(|(before, _)| before);
            for before in self.before.successors(node).iter().chain(chosen) {
                self.steps += 1;
                let at = *before as usize;
                if self.place[at] >= first && self.seen[at] != self.round {
                    self.seen[at] = self.round;
                    open.push(*before);
                }
            }
        }
        found
    }

    /// Gives the places of both sets to those behind the new edge first.
    fn reorder(&mut self, mut behind: Vec<u32>, mut ahead: Vec<u32>) {
        behind.sort_unstable_by_key(|node| self.place[*node as usize]);
        ahead.sort_unstable_by_key(|node| self.place[*node as usize]);
        behind.append(&mut ahead);
        let mut places: Vec<u32> = behind.iter().map(|node| self.place[*node as usize]).collect();
        places.sort_unstable();
        for (node, place) in behind.iter().zip(places) {
            self.place[*node as usize] = place;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edge_is_added_unless_it_closes_a_cycle() {
        let known = Graph::of(5, [(0, 1), (2, 3)].into_iter());
        let mut ordering = Ordering::new(&known, &[0, 1, 2, 3, 4]);
        assert_eq!(ordering.add((3, 0), 7), Ok(()));
        assert_eq!(ordering.add((4, 2), 8), Ok(()));
        let places: Vec<u32> = [4, 2, 3, 0, 1].iter().map(|node| ordering.place(*node)).collect();
        assert!(places.is_sorted(), "{places:?}");
        let cycle = vec![(1, 9), (4, 8), (2, KNOWN), (3, 7), (0, KNOWN)];
        assert_eq!(ordering.add((1, 4), 9), Err(cycle));
        ordering.remove_to(1);
        assert_eq!(ordering.add((1, 4), 9), Ok(()));
        assert_eq!(ordering.added(), 2);
    }
}
