//! The event queue: a priority queue of events in virtual time, with a total order.
//!
//! Events pop by a key that comes from the model:
//!
//! ```text
//!   (instant, class, ids)      class: fault < start < resumed < early tick < delivery
//!                                     < client operation < timer or tick
//! ```
//!
//! The order of insertion never matters, so every queue gives the same run. The order of keys is
//! part of the trace format: changing it changes every golden hash.
//!
//! Ticks are not pushed as events: each node has at most one next tick, and a queue may store these
//! separately. [`HeapQueue`] is the reference: one binary heap for all, ticks and deliveries to
//! inboxes included. The others store ticks in an array ([`ScanQueue`]), in a tournament tree
//! ([`TreeQueue`]) or in a lane for each rate ([`RateQueue`]), and other events in lanes of rising
//! keys, and need no delivery events for inboxes. Not here: cancelling (the simulation ignores a
//! cancelled timer when it pops).

mod events;
mod heap;
mod rates;
mod scan;
mod tree;

pub use heap::HeapQueue;
pub use rates::{LANES_MAX, RateQueue};
pub use scan::ScanQueue;
pub use tree::TreeQueue;

use super::rng;
use super::time::{Duration, Instant};

/// Order of the events of one instant, and whether a tick sees a message of the same instant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ties {
    /// Deliveries, then ticks in the order of node ids.
    #[default]
    Id,
    /// All ticks of an instant before its deliveries: no tick sees a message of the same instant.
    After,
    /// Like `Id`, with nodes in a fresh order at each instant, drawn from the seed.
    Seeded,
}

/// A tie rule with the salt that it needs.
#[derive(Clone, Copy, Debug)]
pub struct Order {
    ties: Ties,
    /// 1 if a tick sees messages that arrive at its own instant, else 0.
    tick_visibility_ns: u64,
    salt: u64,
}

impl Order {
    /// Creates the order under `ties`; only [`Ties::Seeded`] uses `salt`.
    pub fn new(ties: Ties, salt: u64) -> Order {
        Order { ties, tick_visibility_ns: u64::from(ties != Ties::After), salt }
    }

    /// The tie rule.
    pub fn ties(&self) -> Ties {
        self.ties
    }

    /// Returns the rank of a node among the nodes of one instant.
    #[inline]
    pub fn rank(&self, at: Instant, node: u32) -> u64 {
        match self.ties {
            Ties::Id | Ties::After => u64::from(node),
            Ties::Seeded => rng::hash(self.salt, at, u64::from(node)),
        }
    }

    /// Returns the key of a node's tick.
    pub fn tick(&self, at: Instant, node: u32) -> Key {
        let class = match self.ties {
            Ties::After => Class::EarlyTick,
            Ties::Id | Ties::Seeded => Class::Timer,
        };
        Key { at, class, a: self.rank(at, node), b: u64::from(node), c: 0, d: 0 }
    }

    /// Returns the key of a node's timer, by the number that it was set with.
    pub fn timer(&self, at: Instant, node: u32, number: u64) -> Key {
        Key { at, class: Class::Timer, a: self.rank(at, node), b: u64::from(node), c: number, d: 0 }
    }

    /// Returns the key of the `turn`-th callback of a node that resumes and handles what waited.
    pub fn catch_up(&self, at: Instant, node: u32, turn: u64) -> Key {
        let a = self.rank(at, node);
        Key { at, class: Class::Resumed, a, b: u64::from(node), c: turn, d: 0 }
    }

    /// Returns the key of a delivery.
    pub fn delivery(&self, at: Instant, delivery: DeliveryKey) -> Key {
        let DeliveryKey { sent, from, message, copy, to } = delivery;
        let d = u64::from(copy) << 32 | u64::from(to);
        Key { at, class: Class::Delivery, a: sent.as_ns(), b: self.rank(at, from), c: message, d }
    }

    /// Returns the key of the `number`-th external event, of a class without a rule of its own.
    pub fn external(&self, at: Instant, class: Class, number: u64) -> Key {
        Key { at, class, a: number, b: 0, c: 0, d: 0 }
    }

    /// Returns the instant before which a message must arrive to be seen by a tick at `at`, which
    /// is not the end of time.
    #[inline]
    pub fn seen_by_tick(&self, at: Instant) -> Instant {
        Instant::from_ns(at.as_ns() + self.tick_visibility_ns)
    }
}

/// Order of the deliveries of one instant. Messages are numbered over the whole run, so the
/// numbers of one sender rise.
#[derive(Clone, Copy, Debug)]
pub struct DeliveryKey {
    /// Instant of the send.
    pub sent: Instant,
    /// Sender.
    pub from: u32,
    /// Number of the message.
    pub message: u64,
    /// Number of the copy: 1, or more for a duplicate.
    pub copy: u32,
    /// Addressee.
    pub to: u32,
}

/// Kind of an event, in the order of one instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// A crash, a restart, a pause or its end.
    Fault,
    /// A node's start.
    Start,
    /// A callback that waited for a node that resumes.
    Resumed,
    /// A tick, if ticks come before deliveries ([`Ties::After`]).
    EarlyTick,
    /// The arrival of a message.
    Delivery,
    /// An operation of a client.
    ClientOperation,
    /// A timer or a tick.
    Timer,
}

/// Key of an event in the total order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    at: Instant,
    class: Class,
    a: u64,
    b: u64,
    c: u64,
    d: u64,
}

impl Key {
    /// Instant of the event.
    pub fn at(&self) -> Instant {
        self.at
    }

    /// Class of the event.
    pub fn class(&self) -> Class {
        self.class
    }

    /// For a delivery: the instant at which the message was sent.
    pub fn sent(&self) -> Instant {
        debug_assert_eq!(self.class, Class::Delivery);
        Instant::from_ns(self.a)
    }

    /// For a delivery: the number of the message.
    pub fn message(&self) -> u64 {
        debug_assert_eq!(self.class, Class::Delivery);
        self.c
    }

    /// For a delivery: the number of the copy.
    pub fn copy(&self) -> u32 {
        debug_assert_eq!(self.class, Class::Delivery);
        (self.d >> 32) as u32
    }

    /// For a delivery: the addressee.
    pub fn addressee(&self) -> u32 {
        debug_assert_eq!(self.class, Class::Delivery);
        self.d as u32
    }
}

/// What a queue pops.
#[derive(Debug)]
pub enum Next<E> {
    /// A node's tick. It remains the node's next tick until [`Queue::set_tick`] replaces it.
    Tick(u32),
    /// Any other event.
    Event(Key, E),
}

/// Event queue for events of type `E` and the nodes' ticks.
pub trait Queue<E>: std::fmt::Debug {
    /// Whether a message to an inbox travels as an event (the reference queue), or is put into the
    /// inbox when it is sent.
    const DELIVERS_TO_INBOXES: bool;

    /// Creates an empty queue for nodes `0..nodes`.
    fn new(nodes: u32, order: Order) -> Self;

    /// Adds an event.
    fn push(&mut self, key: Key, event: E);

    /// Sets the next tick of `node`, whose ticks then follow each other by this period, give or
    /// take a nanosecond; `None` if they do not.
    fn begin_ticks(&mut self, node: u32, at: Instant, period: Option<Duration>) {
        let _ = period;
        self.set_tick(node, at);
    }

    /// Sets the next tick of `node`; [`Instant::MAX`] means that it ticks no more.
    fn set_tick(&mut self, node: u32, at: Instant);

    /// Returns the instant of the next event, if there is one before the end of time.
    fn peek(&mut self) -> Option<Instant>;

    /// Sets the next tick of `node`, whose tick must be the first of all, and returns the same as
    /// [`Queue::next_tick`] after that, but faster. For any other node the queue is corrupt
    /// afterwards.
    fn move_tick(&mut self, node: u32, at: Instant) -> (Instant, u32);

    /// Returns nodes that will tick soon, now and then some at once, so that the host can load what
    /// it needs for them. Empty for a queue that does not look ahead.
    #[inline(always)]
    fn soon(&mut self) -> &[u32] {
        &[]
    }

    /// Returns the first tick and its node; [`Instant::MAX`] if there is none. Meaningful only for
    /// a queue that implements [`Queue::only_ticks`].
    fn next_tick(&self) -> (Instant, u32);

    /// Whether only ticks are left, in constant time; `false` for a queue that cannot tell.
    fn only_ticks(&self) -> bool;

    /// Pops the first event before `until`, if there is one.
    fn next_before(&mut self, until: Instant) -> Option<(Instant, Next<E>)>;

    /// Whether any event other than a tick is left, even at the end of time.
    fn holds_events(&self) -> bool;

    /// Removes all events other than ticks, in no particular order.
    fn drain(&mut self) -> Vec<(Key, E)>;
}
