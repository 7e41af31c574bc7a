//! The event queue: what happens next, and in which order.
//!
//! Events pop by a key that comes from the model: time, then class, then who and which. The order
//! of insertion never matters, so every queue gives the same run. That order is part of the trace
//! format: changing it changes every golden hash.
//!
//! A node's ticks are the queue's own business: each node has at most one next tick, and a queue
//! may keep these apart from the rest. [`HeapQueue`] is the reference: one binary heap for all,
//! ticks and deliveries to inboxes included. The others keep ticks in an array ([`ScanQueue`]) or
//! in a tournament ([`TreeQueue`]) and other events in lanes of rising keys, and need no delivery
//! events for inboxes. Not here: cancelling (a node that no longer wants a timer ignores it when it
//! comes up).

mod events;
mod heap;
mod scan;
mod tree;

pub use heap::HeapQueue;
pub use scan::ScanQueue;
pub use tree::TreeQueue;

use super::rng;
use super::time::Instant;

/// Who goes first at one instant, and who sees a message of the same instant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ties {
    /// Deliveries, then ticks in the order of node ids.
    #[default]
    Id,
    /// All ticks of an instant before its deliveries: nobody sees a message of the same instant.
    After,
    /// Like `Id`, with nodes in a fresh order at each instant, drawn from the seed.
    Seeded,
}

/// A tie rule with what it needs to decide.
#[derive(Clone, Copy, Debug)]
pub struct Order {
    ties: Ties,
    /// One nanosecond where a tick sees what arrives at its instant, and none where it does not.
    tick_visibility_ns: u64,
    salt: u64,
}

impl Order {
    /// The order of events under `ties`; `salt` is used by [`Ties::Seeded`] alone.
    pub fn new(ties: Ties, salt: u64) -> Order {
        Order { ties, tick_visibility_ns: u64::from(ties != Ties::After), salt }
    }

    /// The rule.
    pub fn ties(&self) -> Ties {
        self.ties
    }

    /// The place of a node among those of one instant.
    #[inline]
    pub fn rank(&self, at: Instant, node: u32) -> u64 {
        match self.ties {
            Ties::Id | Ties::After => u64::from(node),
            Ties::Seeded => rng::hash(self.salt, at, u64::from(node)),
        }
    }

    /// The key of a node's tick.
    pub fn tick(&self, at: Instant, node: u32) -> Key {
        let class = match self.ties {
            Ties::After => Class::EarlyTick,
            Ties::Id | Ties::Seeded => Class::Timer,
        };
        Key { at, class, a: self.rank(at, node), b: u64::from(node), c: 0, d: 0 }
    }

    /// The key of a node's timer, by the number it was set under.
    pub fn timer(&self, at: Instant, node: u32, number: u64) -> Key {
        Key { at, class: Class::Timer, a: self.rank(at, node), b: u64::from(node), c: number, d: 0 }
    }

    /// The key of the `turn`-th turn in which a node that resumes handles what has waited.
    pub fn catch_up(&self, at: Instant, node: u32, turn: u64) -> Key {
        let a = self.rank(at, node);
        Key { at, class: Class::Resumed, a, b: u64::from(node), c: turn, d: 0 }
    }

    /// The key of a delivery.
    pub fn delivery(&self, at: Instant, delivery: DeliveryKey) -> Key {
        let DeliveryKey { sent, from, message, copy, to } = delivery;
        let d = u64::from(copy) << 32 | u64::from(to);
        Key { at, class: Class::Delivery, a: sent.as_ns(), b: self.rank(at, from), c: message, d }
    }

    /// The key of the `number`-th event that came from outside, of a class without a rule of its
    /// own.
    pub fn external(&self, at: Instant, class: Class, number: u64) -> Key {
        Key { at, class, a: number, b: 0, c: 0, d: 0 }
    }

    /// The instant before which a tick at `at`, which is not the end of time, sees what has
    /// arrived.
    #[inline]
    pub fn seen_by_tick(&self, at: Instant) -> Instant {
        Instant::from_ns(at.as_ns() + self.tick_visibility_ns)
    }
}

/// What orders the deliveries of one instant. Messages are numbered over the whole run, so the
/// numbers of one sender rise.
#[derive(Clone, Copy, Debug)]
pub struct DeliveryKey {
    /// When it was sent.
    pub sent: Instant,
    /// By whom.
    pub from: u32,
    /// The message's number.
    pub message: u64,
    /// Which copy of it: 1, or more for a duplicate.
    pub copy: u32,
    /// For whom.
    pub to: u32,
}

/// What kind of event: the order of one instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// A crash, a restart, a pause or its end.
    Fault,
    /// A node's start.
    Start,
    /// What has waited for a node that resumes.
    Resumed,
    /// A tick, where ticks go before deliveries ([`Ties::After`]).
    EarlyTick,
    /// A message that arrives.
    Delivery,
    /// What a client does.
    ClientOperation,
    /// A timer or a tick.
    Timer,
}

/// The place of an event in the total order.
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
    /// When.
    pub fn at(&self) -> Instant {
        self.at
    }

    /// What kind.
    pub fn class(&self) -> Class {
        self.class
    }

    /// Of a delivery: when the message was sent.
    pub fn sent(&self) -> Instant {
        debug_assert_eq!(self.class, Class::Delivery);
        Instant::from_ns(self.a)
    }

    /// Of a delivery: the message's number.
    pub fn message(&self) -> u64 {
        debug_assert_eq!(self.class, Class::Delivery);
        self.c
    }

    /// Of a delivery: which copy of the message.
    pub fn copy(&self) -> u32 {
        debug_assert_eq!(self.class, Class::Delivery);
        (self.d >> 32) as u32
    }

    /// Of a delivery: the node for which it is.
    pub fn addressee(&self) -> u32 {
        debug_assert_eq!(self.class, Class::Delivery);
        self.d as u32
    }
}

/// What a queue gives out.
#[derive(Debug)]
pub enum Next<E> {
    /// A node's tick. It stays the node's next tick until [`Queue::set_tick`] moves it on.
    Tick(u32),
    /// Any other event.
    Event(Key, E),
}

/// A queue of events of type `E` and of the nodes' ticks.
pub trait Queue<E>: std::fmt::Debug {
    /// Whether a message to an inbox has to travel as an event (the reference queue), or is put
    /// into the inbox when it is sent.
    const DELIVERS_TO_INBOXES: bool;

    /// An empty queue for nodes `0..nodes`.
    fn new(nodes: u32, order: Order) -> Self;

    /// Adds an event.
    fn push(&mut self, key: Key, event: E);

    /// Sets the next tick of `node`; [`Instant::MAX`] means that it ticks no more.
    fn set_tick(&mut self, node: u32, at: Instant);

    /// When the next event happens, if one does before the end of time.
    fn peek(&mut self) -> Option<Instant>;

    /// Sets the next tick of `node`, whose tick has to be the first of all, and says which node
    /// ticks first after that, and when: what [`Queue::next_tick`] says, sooner. For another node
    /// the queue is of no use afterwards.
    fn move_tick(&mut self, node: u32, at: Instant) -> (Instant, u32);

    /// The first tick, and whose it is; [`Instant::MAX`] if there is none. It means something only
    /// with a queue that can tell that [`Queue::only_ticks`] are left.
    fn next_tick(&self) -> (Instant, u32);

    /// Whether nothing but ticks is left, told at a glance; a queue that cannot tell says no.
    fn only_ticks(&self) -> bool;

    /// The first event before `until`, if there is one.
    fn next_before(&mut self, until: Instant) -> Option<(Instant, Next<E>)>;

    /// Whether any event but ticks is left, be it at the end of time.
    fn holds_events(&self) -> bool;

    /// Takes out all events but ticks, in no particular order.
    fn drain(&mut self) -> Vec<(Key, E)>;
}
