//! Priority queue of events other than ticks: FIFO lanes for common delays, a heap for the rest.
//!
//! Most events are scheduled with the same delay as others before them: a latency, a timeout. Each
//! such delay has a lane, where events are pushed at the back and popped from the front, since
//! their keys rise. Events that fit no lane go into a heap of keys. Events pop in the order of
//! their keys alone: the lane has no influence.
//!
//! ```text
//!   lane of 1 ms     front ◄─ 5.0 ─ 5.2 ─ 5.9 ◄─ back   (keys rise)
//!   lane of 60 ms    front ◄─ 5.1 ─ 64.8 ◄─ back        the first event is the smallest front
//!   heap             7.3, 5.4, …
//! ```

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use super::Key;
use crate::engine::time::Instant;

/// Maximum number of delays that have a lane.
const LANES: usize = 6;
/// Index of the heap, after those of the lanes.
const HEAP: usize = LANES;

/// Events in the order of their keys.
#[derive(Debug)]
pub(super) struct Events<E> {
    /// In each lane the keys rise from front to back.
    lanes: [VecDeque<(Key, E)>; LANES],
    /// Keys of the other events, with the index of each event in `places`.
    heap: BinaryHeap<Reverse<(Key, u32)>>,
    places: Vec<Option<E>>,
    free: Vec<u32>,
    count: usize,
    /// Instant of the first event of each lane and of the heap; the end of time if it is empty.
    /// They are contiguous in memory and almost always enough to find the first event.
    fronts: [Instant; LANES + 1],
    /// Instant of the last event of each lane; meaningless if it is empty.
    backs: [Instant; LANES],
    /// For each lane the delay of the last event that found no lane of its own and was put there.
    ahead: [u64; LANES],
    /// Instant of the last event that was popped.
    now: Instant,
    /// Lane of the first event, and its instant; the end of time if there is none.
    first: usize,
    first_at: Instant,
}

impl<E> Events<E> {
    pub(super) fn new() -> Events<E> {
        Events {
            lanes: std::array::from_fn(|_| VecDeque::new()),
            heap: BinaryHeap::new(),
            places: vec![],
            free: vec![],
            count: 0,
            fronts: [Instant::MAX; LANES + 1],
            backs: [Instant::ZERO; LANES],
            ahead: [u64::MAX; LANES],
            now: Instant::ZERO,
            first: HEAP,
            first_at: Instant::MAX,
        }
    }

    #[inline(always)]
    pub(super) fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Instant of the first event; the end of time if there is none.
    #[inline(always)]
    pub(super) fn first_at(&self) -> Instant {
        self.first_at
    }

    /// Key of the first event.
    #[inline]
    pub(super) fn first(&self) -> Option<&Key> {
        self.front(self.first)
    }

    #[inline]
    pub(super) fn push(&mut self, key: Key, event: E) {
        let place = self.lane(&key);
        let at = key.at();
        let is_first = at < self.first_at
            || (at == self.first_at && self.first().is_none_or(|first| key < *first));
        if is_first {
            (self.first, self.first_at) = (place, at);
        }
        self.count += 1;
        match self.lanes.get_mut(place) {
            Some(lane) => {
                if lane.is_empty() {
                    self.fronts[place] = at;
                }
                self.backs[place] = at;
                lane.push_back((key, event));
            }
            None => self.push_to_heap(key, event),
        }
    }

    /// Returns the lane of events with the same delay, if this one fits there; else any other.
    #[inline]
    fn lane(&mut self, key: &Key) -> usize {
        let ahead = key.at().saturating_since(self.now).as_ns();
        let mut own = HEAP;
        for place in 0..LANES {
            own = if self.ahead[place] == ahead { place } else { own };
        }
        if own < HEAP && (self.backs[own] < key.at() || self.fits(own, key)) {
            return own;
        }
        let place = self.any_lane(key);
        if let Some(last) = self.ahead.get_mut(place) {
            *last = ahead;
        }
        place
    }

    /// Whether a lane is empty or its last key is not after `key`.
    fn fits(&self, place: usize, key: &Key) -> bool {
        self.lanes[place].back().is_none_or(|(last, _)| last <= key)
    }

    /// Returns the lane whose last event is the latest that is not after `key`; else an empty lane;
    /// else the heap.
    #[inline(never)]
    fn any_lane(&self, key: &Key) -> usize {
        let fitting = (0..LANES).filter(|place| self.fits(*place, key));
        let last = |place: &usize| self.lanes[*place].back().map(|(last, _)| *last);
        fitting.max_by_key(last).unwrap_or(HEAP)
    }

    fn push_to_heap(&mut self, key: Key, event: E) {
        let place = match self.free.pop() {
            Some(place) => {
                self.places[place as usize] = Some(event);
                place
            }
            None => {
                self.places.push(Some(event));
                u32::try_from(self.places.len() - 1).expect("memory ends before that")
            }
        };
        self.fronts[HEAP] = self.fronts[HEAP].min(key.at());
        self.heap.push(Reverse((key, place)));
    }

    /// Pops the first event.
    #[inline(always)]
    pub(super) fn pop(&mut self) -> Option<(Key, E)> {
        let place = self.first;
        let taken = match self.lanes.get_mut(place) {
            Some(lane) => {
                let taken = lane.pop_front();
                self.fronts[place] = lane.front().map_or(Instant::MAX, |(key, _)| key.at());
                taken
            }
            None => self.pop_from_heap(),
        };
        self.now = self.first_at;
        self.count -= usize::from(taken.is_some());
        self.find_first();
        taken
    }

    fn pop_from_heap(&mut self) -> Option<(Key, E)> {
        let Reverse((key, place)) = self.heap.pop()?;
        self.fronts[HEAP] = self.heap.peek().map_or(Instant::MAX, |Reverse((key, _))| key.at());
        self.free.push(place);
        Some((key, self.places[place as usize].take()?))
    }

    #[inline(always)]
    fn find_first(&mut self) {
        let (mut first, mut first_at, mut is_tied) = (HEAP, self.fronts[HEAP], false);
        for place in 0..LANES {
            let at = self.fronts[place];
            is_tied = if at < first_at { false } else { is_tied | (at == first_at) };
            first = if at < first_at { place } else { first };
            first_at = first_at.min(at);
        }
        (self.first, self.first_at) = (first, first_at);
        if is_tied {
            self.find_first_of_tied();
        }
    }

    /// Finds the smallest key among the lanes whose first events are at the first instant.
    #[inline(never)]
    fn find_first_of_tied(&mut self) {
        let tied = (0..=LANES).filter(|place| self.fronts[*place] == self.first_at);
        let keys = tied.filter_map(|place| Some((*self.front(place)?, place)));
        if let Some((_, first)) = keys.min() {
            self.first = first;
        }
    }

    /// Returns the first key of a lane or of the heap.
    #[inline]
    fn front(&self, place: usize) -> Option<&Key> {
        match self.lanes.get(place) {
            Some(lane) => lane.front().map(|(key, _)| key),
            None => self.heap.peek().map(|Reverse((key, _))| key),
        }
    }

    /// Removes all events, in no particular order.
    pub(super) fn drain(&mut self) -> Vec<(Key, E)> {
        let mut all: Vec<(Key, E)> = vec![];
        self.lanes.iter_mut().for_each(|lane| all.extend(lane.drain(..)));
        // Not by popping one after the other, which is slow for very many events.
        let places = &mut self.places;
        let event = |Reverse((key, place)): Reverse<(Key, u32)>| {
            Some((key, places[place as usize].take()?))
        };
        all.extend(self.heap.drain().filter_map(event));
        *self = Events::new();
        all
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Class, Order, Ties};
    use super::*;
    use crate::engine::rng::{Purpose, Seed};

    #[test]
    fn events_come_in_the_order_of_their_keys_whatever_way_they_took() {
        let order = Order::new(Ties::Id, 0);
        let mut rng = Seed::new(3).expect("a seed").stream(Purpose::Node, 0);
        // Delays that have lanes, and some that have not.
        let ahead = [0, 5, 100, 100, 5_000, 70, 33];
        let (mut events, mut all) = (Events::new(), Vec::new());
        let (mut now, mut given, mut number) = (0, Vec::new(), 0u64);
        for _ in 0..20_000 {
            if rng.below(2) == 0 || events.is_empty() {
                let more = match rng.below(10) {
                    0 => rng.below(9_000),
                    kind => ahead[kind as usize % ahead.len()],
                };
                number += 1;
                let key = order.timer(Instant::from_ns(now + more), rng.below(4) as u32, number);
                events.push(key, number);
                all.push((key, number));
            } else {
                let first = *events.first().expect("not empty");
                let (key, value) = events.pop().expect("not empty");
                assert_eq!((key, key.class()), (first, Class::Timer));
                now = key.at().as_ns();
                given.push((key, value));
            }
        }
        let mut left = events.drain();
        assert!(events.is_empty() && events.pop().is_none());
        // No event was pushed before one already popped, so they are in order, and all are there.
        assert!(given.is_sorted_by(|(a, _), (b, _)| a.at() <= b.at()));
        given.append(&mut left);
        given.sort();
        all.sort();
        assert_eq!(given, all);
    }

    #[test]
    fn what_is_pushed_at_once_is_given_in_order() {
        let order = Order::new(Ties::Id, 0);
        let mut events = Events::new();
        let times = [9, 3, 7, 1, 8, 2, 6, 4, 5, 0, 3, 7];
        for (number, time) in (0..).zip(times) {
            events.push(order.timer(Instant::from_ns(time), 0, number), number);
        }
        let mut keys = Vec::new();
        while let Some((key, _)) = events.pop() {
            keys.push(key);
        }
        assert!(keys.is_sorted() && keys.len() == times.len());
    }
}
