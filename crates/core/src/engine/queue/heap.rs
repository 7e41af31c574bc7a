//! The reference queue: one plain binary heap of all events, ticks and deliveries included.
//!
//! It is obviously correct; the faster queues are tested against it.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

use super::{Key, Next, Order, Queue};
use crate::engine::time::Instant;

/// One binary heap for all events.
#[derive(Debug)]
pub struct HeapQueue<E> {
    heap: BinaryHeap<Reverse<Entry<Item<E>>>>,
    order: Order,
    /// Next tick of each node. A tick in the heap with another instant is stale.
    ticks: Vec<Instant>,
}

#[derive(Debug)]
enum Item<E> {
    Tick(u32),
    Event(E),
}

/// A value ordered by its key alone.
#[derive(Debug)]
struct Entry<T> {
    key: Key,
    value: T,
}

impl<T> PartialEq for Entry<T> {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl<T> Eq for Entry<T> {}

impl<T> PartialOrd for Entry<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> Ord for Entry<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key.cmp(&other.key)
    }
}

impl<E> HeapQueue<E> {
    /// Drops stale ticks from the top: those that were moved or stopped since they were pushed.
    fn drop_stale(&mut self) {
        while let Some(Reverse(Entry { key, value: Item::Tick(node) })) = self.heap.peek()
            && self.ticks[*node as usize] != key.at()
        {
            self.heap.pop();
        }
    }
}

impl<E: std::fmt::Debug> Queue<E> for HeapQueue<E> {
    const DELIVERS_TO_INBOXES: bool = true;

    fn new(nodes: u32, order: Order) -> Self {
        HeapQueue { heap: BinaryHeap::new(), order, ticks: vec![Instant::MAX; nodes as usize] }
    }

    fn push(&mut self, key: Key, event: E) {
        self.heap.push(Reverse(Entry { key, value: Item::Event(event) }));
    }

    fn set_tick(&mut self, node: u32, at: Instant) {
        self.ticks[node as usize] = at;
        if at < Instant::MAX {
            let key = self.order.tick(at, node);
            self.heap.push(Reverse(Entry { key, value: Item::Tick(node) }));
        }
    }

    fn peek(&mut self) -> Option<Instant> {
        self.drop_stale();
        self.heap.peek().map(|Reverse(entry)| entry.key.at()).filter(|at| *at < Instant::MAX)
    }

    fn move_tick(&mut self, node: u32, at: Instant) -> (Instant, u32) {
        self.set_tick(node, at);
        self.next_tick()
    }

    fn next_tick(&self) -> (Instant, u32) {
        (Instant::MAX, 0)
    }

    fn only_ticks(&self) -> bool {
        false
    }

    fn next_before(&mut self, until: Instant) -> Option<(Instant, Next<E>)> {
        let at = self.peek().filter(|at| *at < until)?;
        let Reverse(Entry { key, value }) = self.heap.pop()?;
        Some(match value {
            Item::Tick(node) => (at, Next::Tick(node)),
            Item::Event(event) => (at, Next::Event(key, event)),
        })
    }

    fn holds_events(&self) -> bool {
        self.heap.iter().any(|Reverse(entry)| matches!(entry.value, Item::Event(_)))
    }

    fn drain(&mut self) -> Vec<(Key, E)> {
        let event = |Reverse(entry): Reverse<Entry<Item<E>>>| match entry.value {
            Item::Tick(_) => None,
            Item::Event(event) => Some((entry.key, event)),
        };
        std::mem::take(&mut self.heap).into_iter().filter_map(event).collect()
    }
}
