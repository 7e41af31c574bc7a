//! The queue for a handful of nodes: their next ticks in an array that is scanned.
//!
//! With three machines a scan costs about a nanosecond, a heap ten times that.

use std::hint;

use super::events::Events;
use super::{Key, Next, Order, Queue, Ties};
use crate::engine::time::Instant;

/// Ticks in an array, other events in lanes.
#[derive(Debug)]
pub struct ScanQueue<E> {
    ticks: Vec<Instant>,
    events: Events<E>,
    order: Order,
}

impl<E> ScanQueue<E> {
    /// The first tick: by time, then by the tie rule.
    #[inline(always)]
    fn first_tick(&self) -> (Instant, u32) {
        if self.order.ties() == Ties::Seeded {
            return self.first_tick_by_rank();
        }
        // Of equal ones the first wins, as by id it should. No branch depends on the times.
        let mut first = (Instant::MAX, 0);
        for (node, &at) in (0..).zip(&self.ticks) {
            let earlier = at < first.0;
            first = (
                hint::select_unpredictable(earlier, at, first.0),
                hint::select_unpredictable(earlier, node, first.1),
            );
        }
        first
    }

    fn first_tick_by_rank(&self) -> (Instant, u32) {
        let key = |(node, at): &(u32, &Instant)| (**at, self.order.rank(**at, *node));
        let first = (0..).zip(&self.ticks).min_by_key(key);
        first.map_or((Instant::MAX, 0), |(node, at)| (*at, node))
    }
}

impl<E: std::fmt::Debug> Queue<E> for ScanQueue<E> {
    const DELIVERS_TO_INBOXES: bool = false;

    fn new(nodes: u32, order: Order) -> Self {
        ScanQueue { ticks: vec![Instant::MAX; nodes as usize], events: Events::new(), order }
    }

    #[inline]
    fn push(&mut self, key: Key, event: E) {
        self.events.push(key, event);
    }

    #[inline(always)]
    fn set_tick(&mut self, node: u32, at: Instant) {
        self.ticks[node as usize] = at;
    }

    fn peek(&mut self) -> Option<Instant> {
        peek(self.first_tick(), &self.events)
    }

    #[inline(always)]
    fn next_tick_before(&mut self, until: Instant) -> Option<(Instant, u32)> {
        if !self.events.is_empty() {
            return None;
        }
        let (at, node) = self.first_tick();
        (at < until).then_some((at, node))
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

/// When the first of a tick and other events happens.
pub(super) fn peek<E>(tick: (Instant, u32), events: &Events<E>) -> Option<Instant> {
    Some(tick.0.min(events.first_at())).filter(|at| *at < Instant::MAX)
}

/// The first of a tick and other events, if it is before `until`.
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
