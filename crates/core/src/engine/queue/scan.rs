//! The queue for a handful of nodes: their next ticks in an array.
//!
//! The ticks of up to four nodes are sorted, which costs about a nanosecond for each tick, against
//! ten in a heap. The cost is the length of the chain of data dependencies, not the number of
//! instructions: the first tick of all is known one comparison after the next tick of this node.

use super::events::Events;
use super::{Key, Next, Order, Queue, Ties};
use crate::engine::time::Instant;

/// Ticks in an array, other events in lanes.
#[derive(Debug)]
pub struct ScanQueue<E> {
    /// Sorted ticks of up to four nodes.
    few: Option<Few>,
    /// All ticks, unsorted, if `few` is `None`.
    ticks: Vec<Instant>,
    events: Events<E>,
    order: Order,
}

/// Sorted next ticks of up to four nodes, with ties by id. Each is one number:
///
/// ```text
///   bit 63                    2 1    0
///   | instant in nanoseconds  | node |
/// ```
#[derive(Clone, Copy, Debug)]
struct Few([u64; Few::MAX]);

impl Few {
    const MAX: usize = 4;

    /// No node ticks.
    const NONE: Few = Few([u64::MAX - 3, u64::MAX - 2, u64::MAX - 1, u64::MAX]);

    /// Packs a tick into a number. `None` from 2⁶¹ nanoseconds (73 years) on, except for the end of
    /// time itself, which can be unpacked again.
    #[inline(always)]
    fn pack(node: u32, at: Instant) -> Option<u64> {
        if at.as_ns() >> 61 > 0 && at < Instant::MAX {
            return None;
        }
        Some(at.as_ns() << 2 | u64::from(node))
    }

    #[inline(always)]
    fn unpack(tick: u64) -> (Instant, u32) {
        // The shift extends the sign: all ones, the end of time, stay all ones.
        let at = (tick.cast_signed() >> 2).cast_unsigned();
        (Instant::from_ns(at), (tick & 3) as u32)
    }

    #[inline(always)]
    fn first(&self) -> (Instant, u32) {
        Few::unpack(self.0[0])
    }

    /// Replaces a node's tick.
    fn set(&mut self, tick: u64) {
        let of_node = self.0.iter_mut().filter(|other| **other & 3 == tick & 3);
        of_node.for_each(|former| *former = tick);
        self.0.sort_unstable();
    }

    /// Replaces the tick of the first node.
    #[inline(always)]
    fn set_first(&mut self, tick: u64) {
        debug_assert_eq!(self.0[0] & 3, tick & 3, "another node ticks first");
        let [_, a, b, c] = self.0;
        let (first, rest) = in_order(tick, a);
        let (second, rest) = in_order(rest, b);
        let (third, fourth) = in_order(rest, c);
        self.0 = [first, second, third, fourth];
    }
}

/// Returns two numbers in rising order, without a branch.
#[inline(always)]
fn in_order(a: u64, b: u64) -> (u64, u64) {
    (a.min(b), a.max(b))
}

impl<E> ScanQueue<E> {
    /// Returns the first tick: by time, then by the tie rule.
    #[inline(always)]
    fn first_tick(&self) -> (Instant, u32) {
        match &self.few {
            Some(few) => few.first(),
            None => self.first_of_all(),
        }
    }

    #[inline(never)]
    fn first_of_all(&self) -> (Instant, u32) {
        let key = |(node, at): &(u32, &Instant)| (**at, self.order.rank(**at, *node));
        let first = (0..).zip(&self.ticks).min_by_key(key);
        first.map_or((Instant::MAX, 0), |(node, at)| (*at, node))
    }

    /// Falls back to the unsorted array, for an instant that cannot be packed.
    #[cold]
    fn take_as_they_are(&mut self) {
        for (at, node) in self.few.take().iter().flat_map(|few| few.0.map(Few::unpack)) {
            if let Some(tick) = self.ticks.get_mut(node as usize) {
                *tick = at;
            }
        }
    }

    #[inline(never)]
    fn set_any_tick(&mut self, node: u32, at: Instant) {
        if let (Some(few), Some(tick)) = (&mut self.few, Few::pack(node, at)) {
            return few.set(tick);
        }
        if self.few.is_some() {
            self.take_as_they_are();
        }
        self.ticks[node as usize] = at;
    }
}

impl<E: std::fmt::Debug> Queue<E> for ScanQueue<E> {
    const DELIVERS_TO_INBOXES: bool = false;

    fn new(nodes: u32, order: Order) -> Self {
        let is_few = nodes as usize <= Few::MAX && order.ties() != Ties::Seeded;
        let few = is_few.then_some(Few::NONE);
        ScanQueue { few, ticks: vec![Instant::MAX; nodes as usize], events: Events::new(), order }
    }

    #[inline]
    fn push(&mut self, key: Key, event: E) {
        self.events.push(key, event);
    }

    fn set_tick(&mut self, node: u32, at: Instant) {
        self.set_any_tick(node, at);
    }

    #[inline(always)]
    fn move_tick(&mut self, node: u32, at: Instant) -> (Instant, u32) {
        match (&mut self.few, Few::pack(node, at)) {
            (Some(few), Some(tick)) => few.set_first(tick),
            _ => self.set_any_tick(node, at),
        }
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

/// Returns the instant of the first of a tick and other events.
pub(super) fn peek<E>(tick: (Instant, u32), events: &Events<E>) -> Option<Instant> {
    Some(tick.0.min(events.first_at())).filter(|at| *at < Instant::MAX)
}

/// Returns the first of a tick and other events, if it is before `until`; only an event is popped.
#[inline(always)]
pub(super) fn next_before<E>(
    (at, node): (Instant, u32),
    events: &mut Events<E>,
    order: &Order,
    until: Instant,
) -> Option<(Instant, Next<E>)> {
    let first = events.first_at();
    let is_tied = || events.first().is_some_and(|key| *key < order.tick(at, node));
    if first < at || (first == at && is_tied()) {
        if first >= until {
            return None;
        }
        let (key, event) = events.pop()?;
        return Some((first, Next::Event(key, event)));
    }
    (at < until).then_some((at, Next::Tick(node)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::rng::{Purpose, Seed};

    /// Ticks that are set in any order, stopped and moved on, against a plain list.
    #[test]
    fn a_few_are_what_a_plain_list_says() {
        let mut rng = Seed::new(8).expect("a seed").stream(Purpose::Node, 0);
        for case in 0..400 {
            let nodes = 1 + case % 5;
            // Near the beginning, the last instant that can be packed, and the end of time.
            let from = [0, (1 << 61) - 8, u64::MAX - 15][case as usize / 5 % 3];
            let mut queue = ScanQueue::<()>::new(nodes, Order::new(Ties::Id, 0));
            let mut list = vec![Instant::MAX; nodes as usize];
            for _ in 0..40 {
                let at = match rng.below(4) {
                    0 => Instant::MAX,
                    _ => Instant::from_ns(from + rng.below(16)),
                };
                let node = rng.below(nodes.into()) as u32;
                let first = queue.next_tick();
                if rng.below(2) == 0 {
                    queue.set_tick(node, at);
                    list[node as usize] = at;
                } else if first.0 < Instant::MAX {
                    let next = queue.move_tick(first.1, at);
                    list[first.1 as usize] = at;
                    assert_eq!(next, queue.next_tick());
                }
                let expected = (0..).zip(&list).min_by_key(|(node, at)| (**at, *node));
                let (at, node) = queue.next_tick();
                assert_eq!(Some(at), expected.map(|(_, at)| *at), "case {case}");
                assert!(at == Instant::MAX || Some(node) == expected.map(|(node, _)| node));
            }
        }
    }
}
