//! One event of a machine: a send, a receive or an internal step.

use crate::engine::time::Instant;
use crate::node::NodeId;

/// Kind of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EventKind {
    /// A message was sent.
    Send,
    /// A message was taken from the queue.
    Receive,
    /// Neither: an internal step.
    Internal,
}

impl EventKind {
    /// Returns the name in traces.
    pub fn name(self) -> &'static str {
        match self {
            EventKind::Send => "send",
            EventKind::Receive => "receive",
            EventKind::Internal => "internal",
        }
    }
}

/// The other end of a send or a receive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Peer {
    /// None: an internal event.
    None,
    /// One machine: the sender of a received message, or the addressee of a sent one.
    One(NodeId),
    /// All other machines: the addressees of a broadcast.
    All,
}

/// One event of a machine. Fields that its kind does not use are zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// Kind of the event.
    pub kind: EventKind,
    /// Lamport clock of the machine after the event.
    pub clock: u64,
    /// Number of messages that wait in the machine's queue after the event.
    pub queue_len: u64,
    /// The other end.
    pub peer: Peer,
    /// Number of the message; the sends of a run count from 1.
    pub message: u64,
    /// Lamport timestamp that the message carries.
    pub stamp: u64,
    /// On a receive: number of the copy of the message, 1, or more for a duplicate.
    pub copy: u32,
    /// On a receive: instant of the send. Not in the trace.
    pub sent: Instant,
    /// On a receive: instant of the arrival. Not in the trace.
    pub arrived: Instant,
}

impl Event {
    /// Creates an internal event.
    pub fn internal(clock: u64, queue_len: u64) -> Event {
        Event {
            kind: EventKind::Internal,
            clock,
            queue_len,
            peer: Peer::None,
            message: 0,
            stamp: 0,
            copy: 0,
            sent: Instant::ZERO,
            arrived: Instant::ZERO,
        }
    }
}
