//! An inbox: messages that wait until their node takes them, in the documented order.
//!
//! A message is put here when it is sent and becomes visible at its arrival time, so an inbox needs
//! no delivery events. With constant latency messages come in order and this is a plain queue;
//! those that overtake others pass through a heap. One that a node could already see is never
//! overtaken.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use super::{MessageId, NodeId};
use crate::engine::queue::{DeliveryKey, Key, Order};
use crate::engine::time::Instant;

/// A copy of a message on its way to a node, or waiting there.
#[derive(Clone, Debug)]
pub struct Delivery<M> {
    /// When it arrives.
    pub arrives: Instant,
    /// When it was sent.
    pub sent: Instant,
    /// The message's number.
    pub id: MessageId,
    /// By whom it was sent.
    pub from: NodeId,
    /// Which copy: 1, or more for a duplicate made by the network.
    pub copy: u32,
    /// What it says.
    pub message: M,
}

impl<M> Delivery<M> {
    /// Its place in the total order.
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

/// The messages that wait for one node, or are on their way to it.
#[derive(Debug)]
pub struct Inbox<M> {
    /// In the order of arrival. Those before `head` have been taken; the next `visible` ones have
    /// arrived. A plain vector costs half of a ring's instructions; it is tidied now and then.
    queue: Vec<Delivery<M>>,
    head: usize,
    visible: usize,
    /// Those that will overtake one of `queue`.
    overtaking: BinaryHeap<Overtaking<M>>,
}

#[derive(Debug)]
struct Overtaking<M> {
    key: Key,
    delivery: Delivery<M>,
}

impl<M> Ord for Overtaking<M> {
    /// The earliest is the greatest, as a max-heap wants it.
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
        Inbox { queue: Vec::new(), head: 0, visible: 0, overtaking: BinaryHeap::new() }
    }
}

/// So many taken messages may stay in the queue, and as many as there are others.
const TAKEN_MAX: usize = 8;

impl<M: Clone> Inbox<M> {
    /// Puts in a message that will arrive at its time. `to` is the inbox's owner.
    #[inline(always)]
    pub fn push(&mut self, delivery: Delivery<M>, to: NodeId, order: &Order) {
        // Mostly a message arrives after all others, which one comparison tells. It goes to the end
        // in any case, so that on this path it is written once, and straight to its place.
        let is_last = self.queue.last().is_none_or(|last| last.arrives < delivery.arrives);
        self.queue.push(delivery);
        if !is_last {
            self.order_last(to, order);
        }
    }

    /// Finds the right place for the message at the end, if it does not arrive after all others.
    #[cold]
    #[inline(never)]
    fn order_last(&mut self, to: NodeId, order: &Order) {
        let Some(last) = self.queue.pop() else { return };
        let key = last.key(to, order);
        let all_visible = self.queue.len() == self.head + self.visible;
        if all_visible || self.queue.last().is_none_or(|other| other.key(to, order) < key) {
            self.queue.push(last);
        } else {
            self.overtaking.push(Overtaking { key, delivery: last });
        }
    }

    /// How many messages have arrived before `before` and wait.
    #[inline(always)]
    pub fn len(&mut self, before: Instant, to: NodeId, order: &Order) -> usize {
        if !self.overtaking.is_empty() {
            self.let_overtake(before, to, order);
        }
        while self.queue.get(self.head + self.visible).is_some_and(|next| next.arrives < before) {
            self.visible += 1;
        }
        self.visible
    }

    /// Takes the first message that has arrived before `before`.
    #[inline(always)]
    pub fn take(&mut self, before: Instant, to: NodeId, order: &Order) -> Option<Delivery<M>> {
        if self.len(before, to, order) == 0 {
            return None;
        }
        let first = self.queue.get(self.head)?.clone();
        self.visible -= 1;
        self.head += 1;
        if self.head >= TAKEN_MAX {
            self.tidy();
        }
        Some(first)
    }

    /// Removes taken messages once they are half of the queue, so that each is moved once at most.
    #[inline(never)]
    fn tidy(&mut self) {
        if self.head * 2 >= self.queue.len() {
            self.queue.drain(..self.head);
            self.head = 0;
        }
    }

    /// Moves what has arrived out of order to its place in the queue.
    #[cold]
    fn let_overtake(&mut self, before: Instant, to: NodeId, order: &Order) {
        loop {
            let overtaking = self.overtaking.peek().map(|o| o.key).filter(|key| key.at() < before);
            let queued = self.queue.get(self.head + self.visible).filter(|d| d.arrives < before);
            match (overtaking, queued) {
                (None, _) => return,
                (Some(key), Some(next)) if next.key(to, order) < key => {}
                (Some(_), _) => {
                    let Some(first) = self.overtaking.pop() else { return };
                    self.queue.insert(self.head + self.visible, first.delivery);
                }
            }
            self.visible += 1;
        }
    }

    /// Removes all that has arrived before `before`, in order.
    pub fn take_all(&mut self, before: Instant, to: NodeId, order: &Order) -> Vec<Delivery<M>> {
        std::iter::from_fn(|| self.take(before, to, order)).collect()
    }

    /// How many messages are here or on their way.
    pub fn total(&self) -> usize {
        self.queue.len() - self.head + self.overtaking.len()
    }

    /// The arrival times of all that waits or is on its way, in no particular order.
    pub fn arrivals(&self) -> impl Iterator<Item = Instant> {
        let overtaking = self.overtaking.iter().map(|o| o.delivery.arrives);
        self.queue[self.head..].iter().map(|d| d.arrives).chain(overtaking)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::queue::Ties;

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

    /// The message numbers that are taken before `before`, one after the other.
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

    #[test]
    fn what_was_visible_is_not_overtaken() {
        let order = Order::new(Ties::Id, 0);
        let mut inbox = inbox(&[delivery(10, 5, 2, 1)]);
        assert_eq!(inbox.len(Instant::from_ns(11), OWNER, &order), 1);
        inbox.push(delivery(10, 5, 1, 2), OWNER, &order);
        assert_eq!(taken(&mut inbox, 11), [1, 2]);
    }
}
