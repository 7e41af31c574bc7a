//! An inbox: a queue of messages that wait until their node takes them, in the order of deliveries.
//!
//! A message is pushed when it is sent and becomes visible at its arrival time, so an inbox needs
//! no delivery events. With constant latency messages arrive in order and this is a FIFO queue;
//! messages that overtake others pass through a heap. A message that its node could already see is
//! never overtaken.

use std::cmp::Ordering;
use std::collections::{BinaryHeap, VecDeque};

use super::{MessageId, NodeId};
use crate::engine::queue::{DeliveryKey, Key, Order};
use crate::engine::time::Instant;

/// A copy of a message on its way to a node, or waiting there.
#[derive(Clone, Debug)]
pub struct Delivery<M> {
    /// Instant of the arrival.
    pub arrives: Instant,
    /// Instant of the send.
    pub sent: Instant,
    /// Number of the message.
    pub id: MessageId,
    /// Sender.
    pub from: NodeId,
    /// Number of the copy: 1, or more for a duplicate made by the network.
    pub copy: u32,
    /// The message itself.
    pub message: M,
}

impl<M> Delivery<M> {
    /// Returns the key in the total order.
    pub fn key(&self, to: NodeId, order: &Order) -> Key {
        let key = DeliveryKey {
            sent: self.sent,
            from: self.from.0,
            message: self.id.0,
            copy: self.copy,
            to: to.0,
        };
        order.delivery(self.arrives, key)
    }
}

/// Messages that wait for one node or are on their way to it.
///
/// Messages in order are in two vectors: pushed to the back and taken from the front, and once the
/// front is used up the back becomes the front. A long backlog lies in segments between the two. So
/// no message is ever moved, and memory is proportional to the backlog.
///
/// ```text
///   taken ◄─ front ◄─ segment ◄─ … ◄─ segment ◄─ back ◄─ push     in order
///                       ▲ when they arrive
///                   overtaking (heap)                             out of order
/// ```
#[derive(Debug)]
pub struct Inbox<M> {
    /// First messages; those before `head` have been taken.
    front: Vec<Delivery<M>>,
    head: usize,
    back: Vec<Delivery<M>>,
    /// Number of messages that have been put in order since the beginning, that the owner could
    /// have taken when it last looked, and that it has taken. Each counts messages one by one: no
    /// run is long enough to overflow it.
    ordered: u64,
    seen: u64,
    taken: u64,
    /// Latest arrival of the messages in order; the end of time while some are out of order.
    last: Instant,
    /// Parts that most inboxes never need.
    far: Option<Box<Far<M>>>,
}

/// Messages between front and back, and messages out of order.
#[derive(Debug)]
struct Far<M> {
    /// Each of [`SEGMENT`] messages.
    segments: VecDeque<Vec<Delivery<M>>>,
    /// Messages that will overtake one that is in order.
    overtaking: BinaryHeap<Overtaking<M>>,
}

impl<M> Default for Far<M> {
    fn default() -> Self {
        Far { segments: VecDeque::new(), overtaking: BinaryHeap::new() }
    }
}

/// Number of messages in a segment.
const SEGMENT: usize = 64;

#[derive(Debug)]
struct Overtaking<M> {
    key: Key,
    delivery: Delivery<M>,
}

impl<M> Ord for Overtaking<M> {
    /// The earliest is the greatest, since `BinaryHeap` is a max-heap.
    fn cmp(&self, other: &Self) -> Ordering {
        other.key.cmp(&self.key)
    }
}

impl<M> PartialOrd for Overtaking<M> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<M> PartialEq for Overtaking<M> {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl<M> Eq for Overtaking<M> {}

impl<M> Default for Inbox<M> {
    fn default() -> Self {
        Inbox {
            front: Vec::new(),
            head: 0,
            back: Vec::new(),
            ordered: 0,
            seen: 0,
            taken: 0,
            last: Instant::ZERO,
            far: None,
        }
    }
}

impl<M> Inbox<M> {
    /// Reads from each cache line of its own and from the first message, and returns something of
    /// it.
    #[inline(always)]
    pub(super) fn touch(&self) -> u64 {
        let first = self.front.get(self.head).map_or(0, |first| first.arrives.as_ns());
        self.last.as_ns() ^ self.ordered ^ self.back.len() as u64 ^ first
    }
}

impl<M: Clone> Inbox<M> {
    /// Pushes a message, which becomes visible when it arrives. `to` is the inbox's owner.
    pub fn push(&mut self, delivery: Delivery<M>, to: NodeId, order: &Order) {
        self.push_with(delivery.arrives, to, order, || delivery);
    }

    /// Pushes a message that arrives at `arrives`. The closure builds it in place, from registers:
    /// copying it from the stack costs the hot path a tenth.
    #[inline(always)]
    pub fn push_with(
        &mut self,
        arrives: Instant,
        to: NodeId,
        order: &Order,
        delivery: impl FnOnce() -> Delivery<M>,
    ) {
        // A message mostly arrives after all others: one comparison.
        if self.last < arrives {
            self.push_last(arrives, delivery);
        } else {
            self.push_anywhere(delivery(), to, order);
        }
    }

    #[inline(always)]
    fn push_last(&mut self, arrives: Instant, delivery: impl FnOnce() -> Delivery<M>) {
        self.last = arrives;
        let is_empty = self.ordered == self.taken;
        self.ordered = self.ordered.wrapping_add(1);
        if is_empty {
            // In the memory of the last message that was taken, which is in the cache.
            self.front.clear();
            self.head = 0;
            return self.front.push(delivery());
        }
        if self.back.len() == self.back.capacity() {
            self.make_room();
        }
        self.back.push(delivery());
    }

    /// Makes room in the back: it grows up to a segment, and is then appended to the segments.
    #[inline(never)]
    fn make_room(&mut self) {
        if self.back.len() < SEGMENT {
            return self.back.reserve(1);
        }
        // Inserted messages, which overtook others, may have made it longer than a segment.
        let segments = &mut self.far.get_or_insert_default().segments;
        while self.back.len() >= SEGMENT {
            let mut rest = Vec::with_capacity(SEGMENT);
            rest.extend(self.back.drain(SEGMENT..));
            segments.push_back(std::mem::replace(&mut self.back, rest));
        }
    }

    /// Pushes a message that may not be the last one.
    #[cold]
    #[inline(never)]
    fn push_anywhere(&mut self, delivery: Delivery<M>, to: NodeId, order: &Order) {
        let key = delivery.key(to, order);
        let is_last = self.last_in_order().is_none_or(|last| last.key(to, order) < key);
        if is_last || self.seen == self.ordered {
            let out_of_order = self.last == Instant::MAX;
            self.push_last(delivery.arrives, || delivery);
            self.last = if out_of_order { Instant::MAX } else { self.last };
        } else {
            self.last = Instant::MAX;
            let far = self.far.get_or_insert_default();
            far.overtaking.push(Overtaking { key, delivery });
        }
    }

    /// Number of messages in order.
    fn in_order(&self) -> usize {
        (self.ordered - self.taken) as usize
    }

    /// Last message in order.
    fn last_in_order(&self) -> Option<&Delivery<M>> {
        self.at((self.head + self.in_order()).checked_sub(1)?)
    }

    /// Index of the first message that the owner has not seen.
    fn unseen(&self) -> usize {
        self.head + (self.seen - self.taken) as usize
    }

    /// Returns the message at an index of the order, counted from the beginning of the front.
    fn at(&self, place: usize) -> Option<&Delivery<M>> {
        let Some(place) = place.checked_sub(self.front.len()) else {
            return self.front.get(place);
        };
        let segments = self.far.as_ref().map(|far| &far.segments);
        match segments.and_then(|segments| segments.get(place / SEGMENT)) {
            Some(segment) => segment.get(place % SEGMENT),
            None => self.back.get(place - SEGMENT * segments.map_or(0, VecDeque::len)),
        }
    }

    /// Returns the number of waiting messages that arrived before `before`.
    #[inline(always)]
    pub fn len(&mut self, before: Instant, to: NodeId, order: &Order) -> usize {
        // Mostly all messages have arrived: one comparison.
        if self.last < before {
            self.seen = self.ordered;
        } else {
            self.let_arrive(before, to, order);
        }
        self.seen.wrapping_sub(self.taken) as usize
    }

    /// Makes messages that arrived before `before` visible, while others are still on their way.
    #[inline(never)]
    fn let_arrive(&mut self, before: Instant, to: NodeId, order: &Order) {
        if self.last == Instant::MAX {
            self.let_overtake(before, to, order);
        }
        while self.at(self.unseen()).is_some_and(|next| next.arrives < before) {
            self.seen += 1;
        }
    }

    /// Takes the first message that arrived before `before`.
    #[inline(always)]
    pub fn take(&mut self, before: Instant, to: NodeId, order: &Order) -> Option<Delivery<M>> {
        if self.len(before, to, order) == 0 {
            return None;
        }
        let first = match self.front.get(self.head) {
            Some(first) => first,
            None => self.renew_front()?,
        };
        let first = first.clone();
        self.taken = self.taken.wrapping_add(1);
        self.head = self.head.wrapping_add(1);
        Some(first)
    }

    /// Replaces the front, which is used up, by what comes next and returns its first message.
    #[inline(always)]
    fn renew_front(&mut self) -> Option<&Delivery<M>> {
        self.head = 0;
        self.front.clear();
        match self.far.as_mut().and_then(|far| far.segments.pop_front()) {
            Some(segment) => self.front = segment,
            None => std::mem::swap(&mut self.front, &mut self.back),
        }
        self.front.first()
    }

    /// Inserts messages that arrived out of order where they belong.
    #[cold]
    #[inline(never)]
    fn let_overtake(&mut self, before: Instant, to: NodeId, order: &Order) {
        loop {
            let overtaking = self.far.as_ref().and_then(|far| far.overtaking.peek());
            let Some(overtaking) = overtaking.map(|o| o.key) else {
                self.last = self.last_in_order().map_or(Instant::ZERO, |last| last.arrives);
                return;
            };
            let queued = self.at(self.unseen()).filter(|d| d.arrives < before);
            match queued {
                Some(next) if next.key(to, order) < overtaking => {}
                _ if overtaking.at() >= before => return,
                _ => {
                    let first = self.far.as_mut().and_then(|far| far.overtaking.pop());
                    let Some(first) = first else { return };
                    self.insert(self.unseen(), first.delivery);
                }
            }
            self.seen += 1;
        }
    }

    /// Inserts a message at an index of the order.
    fn insert(&mut self, place: usize, delivery: Delivery<M>) {
        self.ordered += 1;
        let Some(mut place) = place.checked_sub(self.front.len()) else {
            return self.front.insert(place, delivery);
        };
        let mut moved = delivery;
        for segment in self.far.iter_mut().flat_map(|far| &mut far.segments) {
            if place >= SEGMENT {
                place -= SEGMENT;
                continue;
            }
            // The last message of a full segment moves to the beginning of the next one.
            segment.insert(place, moved);
            place = 0;
            let Some(last) = segment.pop() else { return };
            moved = last;
        }
        self.back.insert(place, moved);
    }

    /// Takes all messages that arrived before `before`, in order.
    pub fn take_all(&mut self, before: Instant, to: NodeId, order: &Order) -> Vec<Delivery<M>> {
        std::iter::from_fn(|| self.take(before, to, order)).collect()
    }

    /// Number of messages that wait or are on their way.
    pub fn total(&self) -> usize {
        self.in_order() + self.far.as_ref().map_or(0, |far| far.overtaking.len())
    }

    /// Arrival times of all messages that wait or are on their way, in no particular order.
    pub fn arrivals(&self) -> impl Iterator<Item = Instant> {
        let far = self.far.iter().flat_map(|far| {
            let overtaking = far.overtaking.iter().map(|o| &o.delivery);
            far.segments.iter().flatten().chain(overtaking)
        });
        let near = self.front[self.head..].iter().chain(&self.back);
        near.chain(far).map(|delivery| delivery.arrives)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::queue::Ties;
    use crate::engine::rng::{Purpose, Seed};

    const OWNER: NodeId = NodeId(9);

    fn delivery(arrives: u64, sent: u64, from: u32, id: u64) -> Delivery<()> {
        Delivery {
            arrives: Instant::from_ns(arrives),
            sent: Instant::from_ns(sent),
            id: MessageId(id),
            from: NodeId(from),
            copy: 1,
            message: (),
        }
    }

    /// Numbers of the messages that are taken before `before`, in the order of taking.
    fn taken(inbox: &mut Inbox<()>, before: u64) -> Vec<u64> {
        let order = Order::new(Ties::Id, 0);
        let before = Instant::from_ns(before);
        inbox.take_all(before, OWNER, &order).iter().map(|d| d.id.0).collect()
    }

    fn inbox(deliveries: &[Delivery<()>]) -> Inbox<()> {
        let mut inbox = Inbox::default();
        let order = Order::new(Ties::Id, 0);
        deliveries.iter().for_each(|d| inbox.push(d.clone(), OWNER, &order));
        inbox
    }

    #[test]
    fn messages_become_visible_when_they_arrive() {
        let mut inbox = inbox(&[delivery(10, 0, 0, 1), delivery(20, 0, 0, 2)]);
        assert_eq!(taken(&mut inbox, 10), [] as [u64; 0]);
        assert_eq!(taken(&mut inbox, 11), [1]);
        assert_eq!(taken(&mut inbox, 21), [2]);
    }

    #[test]
    fn a_faster_message_overtakes() {
        let slow_first = [delivery(30, 0, 0, 1), delivery(10, 5, 0, 2), delivery(20, 6, 0, 3)];
        assert_eq!(taken(&mut inbox(&slow_first), 100), [2, 3, 1]);
    }

    #[test]
    fn arrivals_of_one_instant_go_by_send_time_then_sender_then_number() {
        let same = [
            delivery(10, 5, 2, 4),
            delivery(10, 5, 1, 3),
            delivery(10, 4, 3, 2),
            delivery(10, 5, 1, 5),
        ];
        assert_eq!(taken(&mut inbox(&same), 100), [2, 3, 5, 4]);
    }

    /// Compares a long backlog, with overtaking messages anywhere in it, with a sorted list.
    #[test]
    fn any_order_of_arrival_comes_out_sorted() {
        for (seed, spread) in [(1, 1), (2, 40), (3, 4_000), (4, 1_000_000)] {
            let mut rng = Seed::new(seed).expect("a seed").stream(Purpose::Latency, 0);
            let mut inbox = Inbox::default();
            let order = Order::new(Ties::Id, 0);
            let (mut sorted, mut found) = (Vec::new(), Vec::new());
            for sent in 0..4_000 {
                let delivery = delivery(sent * 10 + rng.below(spread), sent * 10, 0, sent);
                sorted.push((delivery.arrives, sent));
                inbox.push(delivery, OWNER, &order);
                // Phases of growth and decline, with a backlog of up to a thousand.
                let now = Instant::from_ns(sent * 10 + 1);
                for _ in 0..(if sent % 1_000 < 600 { sent % 2 } else { 3 }) {
                    let arrived = sorted.iter().filter(|(at, _)| *at < now).count();
                    assert_eq!(inbox.len(now, OWNER, &order), arrived - found.len());
                    assert_eq!(inbox.total(), sorted.len() - found.len());
                    assert_eq!(inbox.arrivals().count(), inbox.total());
                    found.extend(inbox.take(now, OWNER, &order).map(|d| (d.arrives, d.id.0)));
                }
            }
            let rest = inbox.take_all(Instant::MAX, OWNER, &order);
            found.extend(rest.iter().map(|d| (d.arrives, d.id.0)));
            sorted.sort_unstable();
            assert_eq!(found, sorted, "seed {seed}");
        }
    }

    #[test]
    fn what_was_visible_is_not_overtaken() {
        let order = Order::new(Ties::Id, 0);
        let mut inbox = inbox(&[delivery(10, 5, 2, 1)]);
        assert_eq!(inbox.len(Instant::from_ns(11), OWNER, &order), 1);
        inbox.push(delivery(10, 5, 1, 2), OWNER, &order);
        assert_eq!(taken(&mut inbox, 11), [1, 2]);
    }
}
