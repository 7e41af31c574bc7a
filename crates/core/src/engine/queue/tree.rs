//! The queue for many nodes: their next ticks in a tournament tree.
//!
//! Each inner vertex holds the node that ticks first below it, so the next tick is at the root, and
//! moving one node's tick replays only the log₂(n) matches on its way up.
//!
//! ```text
//!            n2                 next ticks: n0 at 9, n1 at 4, n2 at 3, n3 at 7
//!         ┌───┴───┐
//!         n1      n2
//!        ┌┴─┐    ┌┴─┐
//!        n0 n1   n2 n3
//! ```

use super::events::Events;
use super::scan::{next_before, peek};
use super::{Key, Next, Order, Queue};
use crate::engine::time::Instant;

/// Ticks in a tournament tree, other events in lanes.
#[derive(Debug)]
pub struct TreeQueue<E> {
    /// Next tick of each node, padded with the end of time to fill the last level.
    ticks: Vec<Instant>,
    /// Winner of each vertex: `winners[1]` is the root; the children of vertex `i` are `2i` and
    /// `2i + 1`; the level below the last one are the nodes themselves.
    winners: Vec<u32>,
    events: Events<E>,
    order: Order,
}

impl<E> TreeQueue<E> {
    /// Returns which of two nodes ticks first.
    #[inline(always)]
    fn winner(&self, a: u32, b: u32) -> u32 {
        let (at_a, at_b) = (self.ticks[a as usize], self.ticks[b as usize]);
        if at_a != at_b {
            return if at_a < at_b { a } else { b };
        }
        if at_a < Instant::MAX && self.order.rank(at_b, b) < self.order.rank(at_a, a) {
            b
        } else {
            a
        }
    }

    #[inline(always)]
    fn first_tick(&self) -> (Instant, u32) {
        let node = self.winners[1];
        (self.ticks[node as usize], node)
    }
}

impl<E: std::fmt::Debug> Queue<E> for TreeQueue<E> {
    const DELIVERS_TO_INBOXES: bool = false;

    fn new(nodes: u32, order: Order) -> Self {
        let places = (nodes as usize).next_power_of_two().max(2);
        let mut winners = vec![0u32; places];
        for place in (1..places).rev() {
            // No node ticks yet, so the left one wins every match.
            winners[place] = match 2 * place {
                child if child >= places => (child - places) as u32,
                child => winners[child],
            };
        }
        let ticks = vec![Instant::MAX; places];
        TreeQueue { ticks, winners, events: Events::new(), order }
    }

    #[inline]
    fn push(&mut self, key: Key, event: E) {
        self.events.push(key, event);
    }

    #[inline(always)]
    fn set_tick(&mut self, node: u32, at: Instant) {
        self.ticks[node as usize] = at;
        let places = self.winners.len();
        let mut place = places + node as usize;
        let mut winner = node;
        while place > 1 {
            let sibling = place ^ 1;
            let rival =
                if sibling >= places { (sibling - places) as u32 } else { self.winners[sibling] };
            winner = self.winner(winner.min(rival), winner.max(rival));
            place /= 2;
            self.winners[place] = winner;
        }
    }

    fn peek(&mut self) -> Option<Instant> {
        peek(self.first_tick(), &self.events)
    }

    #[inline(always)]
    fn move_tick(&mut self, node: u32, at: Instant) -> (Instant, u32) {
        self.set_tick(node, at);
        self.first_tick()
    }

    #[inline]
    fn next_tick(&self) -> (Instant, u32) {
        self.first_tick()
    }

    #[inline(always)]
    fn only_ticks(&self) -> bool {
        self.events.is_empty()
    }

    #[inline(always)]
    fn next_before(&mut self, until: Instant) -> Option<(Instant, Next<E>)> {
        next_before(self.first_tick(), &mut self.events, &self.order, until)
    }

    fn holds_events(&self) -> bool {
        !self.events.is_empty()
    }

    fn drain(&mut self) -> Vec<(Key, E)> {
        self.events.drain()
    }
}

#[cfg(test)]
mod tests {
    use super::super::{HeapQueue, ScanQueue, Ties};
    use super::*;
    use crate::engine::rng::{Purpose, Seed};

    /// The order in which a queue pops ticks that are moved on by small random steps.
    fn ticks<Q: Queue<()>>(nodes: u32, ties: Ties, from: u64) -> Vec<(Instant, u32)> {
        let mut queue = Q::new(nodes, Order::new(ties, 99));
        let mut rng = Seed::new(5).expect("a seed").stream(Purpose::Node, 0);
        let mut step = |at: Instant| Instant::from_ns(at.as_ns() + 1 + rng.below(4));
        let first = |node| Instant::from_ns(from + u64::from(node % 3));
        (0..nodes).for_each(|node| queue.set_tick(node, first(node)));
        let mut given = Vec::new();
        while given.len() < 2_000 {
            let (at, next) = queue.next_before(Instant::MAX).expect("ticks never end");
            let Next::Tick(node) = next else { panic!("nothing but ticks was put in") };
            given.push((at, node));
            if given.len() % 3 == 0 {
                queue.set_tick(node, step(at));
            } else {
                let next = queue.move_tick(node, step(at));
                assert_eq!(next, queue.next_tick());
            }
        }
        given
    }

    #[test]
    fn every_queue_gives_the_order_of_the_reference() {
        for ties in [Ties::Id, Ties::After, Ties::Seeded] {
            for nodes in [1, 2, 3, 4, 5, 8, 33] {
                // The second time a few nodes pass the last instant that can be packed.
                for from in [0, (1 << 61) - 900] {
                    let reference = ticks::<HeapQueue<()>>(nodes, ties, from);
                    let case = format!("{ties:?}, {nodes} nodes from {from}");
                    assert_eq!(ticks::<ScanQueue<()>>(nodes, ties, from), reference, "{case}");
                    assert_eq!(ticks::<TreeQueue<()>>(nodes, ties, from), reference, "{case}");
                }
            }
        }
    }

    fn stop_a_tick<Q: Queue<()>>() {
        let mut queue = Q::new(3, Order::new(Ties::Id, 0));
        queue.set_tick(1, Instant::from_ns(5));
        queue.set_tick(1, Instant::MAX);
        assert!(queue.next_before(Instant::MAX).is_none());
        assert_eq!(queue.peek(), None);
    }

    #[test]
    fn a_stopped_tick_never_comes() {
        stop_a_tick::<HeapQueue<()>>();
        stop_a_tick::<ScanQueue<()>>();
        stop_a_tick::<TreeQueue<()>>();
    }
}
