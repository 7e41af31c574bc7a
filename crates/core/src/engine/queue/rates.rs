//! The queue for very many nodes of few rates: nodes of one period share a lane.
//!
//! Nodes with the same exact period tick in the same order for ever, so a node that has ticked goes
//! to the back of its lane, and only the first node of each lane takes part in a tournament. A
//! million nodes of a hundred rates are a hundred players: seven comparisons a tick, in memory that
//! stays in the cache. A tick that does not fit at the back of its lane waits in a heap, which is
//! one more player; first ticks do, too. The lane has no influence on the order.
//!
//! ```text
//!   rate 3    front ◄─ n7 at 4.1 ─ n2 at 4.2 ─ n5 at 4.3 ◄─ back ─┐
//!   rate 5    front ◄─ n1 at 4.0 ─ n9 at 4.1 ◄─ back              ├─ tournament ─▶ n1 at 4.0
//!   heap      n4 at 6.3, …                                       ─┘
//! ```
//!
//! A node whose tick is replaced leaves its former one behind, which is ignored: from then on the
//! queue knows the next tick of each node.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, VecDeque};
use std::hint::select_unpredictable;

use super::events::Events;
use super::scan::{next_before, peek};
use super::{Key, Next, Order, Queue, Ties};
use crate::engine::time::{Duration, Instant};

/// Maximum number of periods that have a lane.
pub const LANES_MAX: usize = 1_023;

/// Number of nodes whose state is loaded at once, before they tick.
const SOON: usize = 8;
/// Number of nodes of a lane between its first and the one that is loaded.
const AHEAD: usize = 2;
/// Number of nodes from which on it is worth while to look ahead.
const NODES_AHEAD: u32 = 2_000;

/// The player of the heap; those of the lanes are counted from 1.
const HEAP: u32 = 0;

/// Ticks in a lane for each period, other events in lanes of their own.
#[derive(Debug)]
pub struct RateQueue<E> {
    /// Player of each period that has a lane.
    periods: BTreeMap<Duration, u32>,
    /// In each lane the ticks rise from front to back. The first is that of the heap: never used.
    lanes: Vec<VecDeque<(Instant, u32)>>,
    /// Other ticks: instant, rank of the node, node, and the player of its lane.
    heap: BinaryHeap<Reverse<(Instant, u64, u32, u32)>>,
    /// Loser of each match of the tournament: the children of match `i` are `2i` and `2i + 1`; the
    /// level below the last one are the players.
    losers: Vec<Tick>,
    first: Tick,
    /// Whether a node has a tick in the queue, or had one.
    has_ticked: Vec<bool>,
    /// Next tick of each node, once one was replaced. A tick with another instant is stale.
    current: Option<Vec<Instant>>,
    /// Nodes that will tick soon; once there are [`SOON`] of them, the host hears of them.
    soon: Vec<u32>,
    /// Whether the state of all nodes is too large to stay in the cache.
    looks_ahead: bool,
    /// Those that the host heard of last.
    told: Vec<u32>,
    events: Events<E>,
    order: Order,
}

/// A player's first tick, as one number for each half of a comparison.
#[derive(Clone, Copy, Debug)]
struct Tick {
    at: Instant,
    /// Node in the upper half, player in the lower half.
    who: u64,
}

impl Tick {
    /// No tick.
    const NONE: Tick = Tick { at: Instant::MAX, who: u64::MAX };

    #[inline(always)]
    fn new(at: Instant, node: u32, player: u32) -> Tick {
        Tick { at, who: u64::from(node) << 32 | u64::from(player) }
    }

    #[inline(always)]
    fn node(self) -> u32 {
        (self.who >> 32) as u32
    }

    #[inline(always)]
    fn player(self) -> u32 {
        self.who as u32
    }
}

/// Whether tick `a` comes before tick `b`.
#[inline(always)]
fn is_before(order: &Order, a: Tick, b: Tick) -> bool {
    if order.ties() == Ties::Seeded && a.at == b.at && a.at < Instant::MAX {
        let rank = |tick: Tick| (order.rank(tick.at, tick.node()), tick.node());
        return rank(a) < rank(b);
    }
    // Without a branch: which of two players is first is a matter of chance.
    (a.at < b.at) | ((a.at == b.at) & (a.who < b.who))
}

impl<E> RateQueue<E> {
    #[inline(always)]
    fn first_tick(&self) -> (Instant, u32) {
        (self.first.at, self.first.node())
    }

    /// Returns the first tick of a player.
    #[inline(always)]
    fn front(&self, player: u32) -> Tick {
        if player == HEAP {
            return self.front_of_heap();
        }
        let front = self.lanes.get(player as usize).and_then(VecDeque::front);
        front.map_or(Tick::NONE, |(at, node)| Tick::new(*at, *node, player))
    }

    #[inline(never)]
    fn front_of_heap(&self) -> Tick {
        let front = self.heap.peek();
        front.map_or(Tick::NONE, |Reverse((at, _, node, _))| Tick::new(*at, *node, HEAP))
    }

    /// Plays the matches again of the player who was first.
    #[inline(always)]
    fn replay(&mut self, player: u32) {
        let mut winner = self.front(player);
        let mut place = (self.losers.len() + player as usize) / 2;
        while place > 0 {
            let other = self.losers[place];
            let loses = is_before(&self.order, other, winner);
            self.losers[place] = Tick {
                at: select_unpredictable(loses, winner.at, other.at),
                who: select_unpredictable(loses, winner.who, other.who),
            };
            winner = Tick {
                at: select_unpredictable(loses, other.at, winner.at),
                who: select_unpredictable(loses, other.who, winner.who),
            };
            place /= 2;
        }
        self.first = winner;
    }

    /// Plays all matches.
    #[cold]
    #[inline(never)]
    fn replay_all(&mut self) {
        let places = self.lanes.len().next_power_of_two().max(2);
        let mut winners = vec![Tick::NONE; 2 * places];
        self.losers = vec![Tick::NONE; places];
        for player in 0..self.lanes.len() {
            winners[places + player] = self.front(player as u32);
        }
        for place in (1..places).rev() {
            let (a, b) = (winners[2 * place], winners[2 * place + 1]);
            let (winner, loser) = if is_before(&self.order, b, a) { (b, a) } else { (a, b) };
            (winners[place], self.losers[place]) = (winner, loser);
        }
        self.first = winners[1];
    }

    /// Pushes a tick to the back of a lane, if it fits there; returns whether it did.
    #[inline(always)]
    fn push_to_lane(&mut self, at: Instant, node: u32, player: u32) -> bool {
        let Some(lane) = self.lanes.get_mut(player as usize) else { return false };
        if let Some((last, other)) = lane.back()
            && (at < *last || (at == *last && !follows(&self.order, at, *other, node)))
        {
            return false;
        }
        lane.push_back((at, node));
        true
    }

    /// Adds a tick that fits in no lane; the tournament is played again if it is the first there.
    #[inline(never)]
    fn push_to_heap(&mut self, at: Instant, node: u32, player: u32) {
        let rank = self.order.rank(at, node);
        let tick = (at, rank, node, player);
        let is_first = self.heap.peek().is_none_or(|Reverse(first)| tick < *first);
        self.heap.push(Reverse(tick));
        if is_first {
            self.replay_all();
        }
    }

    /// Moves on a tick that is first of the heap: mostly to its lane, where it remains.
    #[inline(never)]
    fn move_tick_of_heap(&mut self, node: u32, at: Instant) {
        let Some(Reverse((.., player))) = self.heap.pop() else { return };
        self.replay(HEAP);
        if at == Instant::MAX {
            return;
        }
        let is_new = self.lanes.get(player as usize).is_some_and(VecDeque::is_empty);
        if player == HEAP || !self.push_to_lane(at, node, player) {
            self.push_to_heap(at, node, player);
        } else if is_new {
            self.replay_all();
        }
    }

    /// Drops stale ticks until the first one is not.
    #[cold]
    #[inline(never)]
    fn drop_stale(&mut self) {
        let Some(current) = self.current.take() else { return };
        while self.first.at < Instant::MAX && current[self.first.node() as usize] != self.first.at {
            let player = self.first.player();
            match player {
                HEAP => drop(self.heap.pop()),
                lane => drop(self.lanes[lane as usize].pop_front()),
            }
            self.replay(player);
        }
        self.current = Some(current);
    }

    /// Remembers the next tick of each node from now on.
    #[cold]
    fn remember(&mut self) -> &mut Vec<Instant> {
        let nodes = self.has_ticked.len();
        let (lanes, heap) = (&self.lanes, &self.heap);
        self.current.get_or_insert_with(|| {
            let mut current = vec![Instant::MAX; nodes];
            let waiting = heap.iter().map(|Reverse((at, _, node, _))| (*at, *node));
            for (at, node) in lanes.iter().flatten().copied().chain(waiting) {
                current[node as usize] = at;
            }
            current
        })
    }

    /// Sets the next tick of a node, with the player of its lane.
    fn set(&mut self, node: u32, at: Instant, player: u32) {
        let had = std::mem::replace(&mut self.has_ticked[node as usize], true);
        if had || self.current.is_some() {
            self.remember()[node as usize] = at;
        }
        if at < Instant::MAX {
            self.push_to_heap(at, node, player);
        }
        self.drop_stale();
    }

    /// Returns the player of the lane for a period; that of the heap if there is none.
    fn player(&mut self, period: Duration) -> u32 {
        if let Some(player) = self.periods.get(&period) {
            return *player;
        }
        if self.lanes.len() > LANES_MAX {
            return HEAP;
        }
        let player = self.lanes.len() as u32; // at most LANES_MAX
        self.lanes.push(VecDeque::new());
        self.periods.insert(period, player);
        self.replay_all();
        player
    }
}

/// Whether node `b` ticks after node `a` at the same instant.
#[inline(never)]
fn follows(order: &Order, at: Instant, a: u32, b: u32) -> bool {
    (order.rank(at, a), a) < (order.rank(at, b), b)
}

impl<E: std::fmt::Debug> Queue<E> for RateQueue<E> {
    const DELIVERS_TO_INBOXES: bool = false;

    fn new(nodes: u32, order: Order) -> Self {
        let mut queue = RateQueue {
            periods: BTreeMap::new(),
            lanes: vec![VecDeque::new()],
            heap: BinaryHeap::new(),
            losers: vec![],
            first: Tick::NONE,
            has_ticked: vec![false; nodes as usize],
            current: None,
            soon: vec![],
            told: vec![],
            looks_ahead: nodes >= NODES_AHEAD,
            events: Events::new(),
            order,
        };
        queue.replay_all();
        queue
    }

    #[inline]
    fn push(&mut self, key: Key, event: E) {
        self.events.push(key, event);
    }

    fn begin_ticks(&mut self, node: u32, at: Instant, period: Option<Duration>) {
        let player = period.map_or(HEAP, |period| self.player(period));
        self.set(node, at, player);
    }

    fn set_tick(&mut self, node: u32, at: Instant) {
        self.set(node, at, HEAP);
    }

    #[inline(always)]
    fn move_tick(&mut self, node: u32, at: Instant) -> (Instant, u32) {
        debug_assert_eq!(self.first.node(), node, "another node ticks first");
        if let Some(current) = &mut self.current {
            current[node as usize] = at;
        }
        let player = self.first.player();
        if player == HEAP {
            self.move_tick_of_heap(node, at);
        } else {
            self.lanes[player as usize].pop_front();
            if self.looks_ahead
                && let Some((_, node)) = self.lanes[player as usize].get(AHEAD)
            {
                self.soon.push(*node);
            }
            let fits = at < Instant::MAX && self.push_to_lane(at, node, player);
            self.replay(player);
            if !fits && at < Instant::MAX {
                self.push_to_heap(at, node, player);
            }
        }
        if self.current.is_some() {
            self.drop_stale();
        }
        self.first_tick()
    }

    #[inline(always)]
    fn soon(&mut self) -> &[u32] {
        if self.soon.len() < SOON {
            return &[];
        }
        std::mem::swap(&mut self.soon, &mut self.told);
        self.soon.clear();
        &self.told
    }

    #[inline]
    fn next_tick(&self) -> (Instant, u32) {
        self.first_tick()
    }

    #[inline(always)]
    fn only_ticks(&self) -> bool {
        self.events.is_empty()
    }

    fn peek(&mut self) -> Option<Instant> {
        peek(self.first_tick(), &self.events)
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
    use super::super::HeapQueue;
    use super::*;
    use crate::engine::rng::{Purpose, Seed};

    /// The order in which a queue pops ticks of a few periods, some of which are replaced, stopped
    /// or moved on by another step than their period.
    fn ticks<Q: Queue<()>>(ties: Ties, nodes: u32, disturbed: u64) -> Vec<(Instant, u32)> {
        let mut queue = Q::new(nodes, Order::new(ties, 99));
        let mut rng = Seed::new(5).expect("a seed").stream(Purpose::Node, 0);
        let period = |node: u32| 20 + u64::from(node % 4);
        for node in 0..nodes {
            let at = Instant::from_ns(rng.below(20));
            let known = (node % 5 > 0).then(|| Duration::from_ns(period(node)));
            queue.begin_ticks(node, at, known);
        }
        let mut given = Vec::new();
        while given.len() < 3_000 {
            let (at, next) = queue.next_before(Instant::MAX).expect("some always tick");
            let Next::Tick(node) = next else { panic!("nothing but ticks was put in") };
            given.push((at, node));
            let after = |ns| Instant::from_ns(at.as_ns() + ns);
            // A fraction of a nanosecond is carried now and then.
            let step = period(node) + rng.below(2);
            if disturbed == 0 || rng.below(100) >= disturbed {
                queue.move_tick(node, after(step));
                continue;
            }
            let other = rng.below(nodes.into()) as u32;
            match rng.below(5) {
                0 => drop(queue.move_tick(node, after(1 + rng.below(60)))),
                1 => queue.set_tick(node, after(step)),
                2 => {
                    queue.move_tick(node, after(step));
                    queue.begin_ticks(node, at, Some(Duration::from_ns(step)));
                }
                3 => {
                    queue.move_tick(node, after(step));
                    queue.set_tick(other, after(1 + rng.below(9)));
                }
                _ => {
                    queue.move_tick(node, after(step));
                    // One that ticks no more begins again soon.
                    queue.set_tick(other, Instant::MAX);
                    queue.begin_ticks(other, after(rng.below(30)), Some(Duration::from_ns(21)));
                }
            }
        }
        given
    }

    #[test]
    fn ticks_come_in_the_order_of_the_reference() {
        for ties in [Ties::Id, Ties::After, Ties::Seeded] {
            for nodes in [1, 2, 7, 40] {
                for disturbed in [0, 1, 30] {
                    let reference = ticks::<HeapQueue<()>>(ties, nodes, disturbed);
                    let found = ticks::<RateQueue<()>>(ties, nodes, disturbed);
                    assert_eq!(found, reference, "{ties:?}, {nodes} nodes, {disturbed} %");
                }
            }
        }
    }

    #[test]
    fn a_node_that_stops_leaves_nothing_behind() {
        let mut queue = RateQueue::<()>::new(2, Order::new(Ties::Id, 0));
        let second = Some(Duration::from_secs(1));
        queue.begin_ticks(1, Instant::from_ns(5), second);
        assert_eq!(queue.move_tick(1, Instant::MAX).0, Instant::MAX);
        queue.begin_ticks(1, Instant::from_ns(9), second);
        queue.set_tick(1, Instant::MAX);
        assert_eq!(queue.peek(), None);
        assert!(queue.next_before(Instant::MAX).is_none());
    }

    #[test]
    fn more_periods_than_lanes_are_no_harm() {
        let nodes = LANES_MAX as u32 + 50;
        let mut queue = RateQueue::<()>::new(nodes, Order::new(Ties::Id, 0));
        let period = |node: u32| Duration::from_ns(5_000 + u64::from(node));
        (0..nodes).for_each(|node| queue.begin_ticks(node, Instant::ZERO, Some(period(node))));
        let mut last = (Instant::ZERO, 0);
        for _ in 0..4 * nodes {
            let (at, node) = queue.next_tick();
            assert!((at, node) >= last);
            last = (at, node);
            queue.move_tick(node, at.saturating_add(period(node)));
        }
    }
}
