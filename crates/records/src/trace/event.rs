//! One event of a machine: a send, a receive or an internal step.

use crate::engine::time::Instant;
use crate::node::NodeId;

/// What kind of event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EventKind {
    /// A message was sent.
    Send,
    /// A message was taken from the queue.
    Receive,
    /// Neither.
    Internal,
}

impl EventKind {
    /// The word in traces.
    pub fn name(self) -> &'static str {
        match self {
            EventKind::Send => "send",
            EventKind::Receive => "receive",
            EventKind::Internal => "internal",
        }
    }
}

/// The other side of a send or a receive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Peer {
    /// Nobody: an internal event.
    None,
    /// One machine: the sender of what was received, or the addressee of what was sent.
    One(NodeId),
    /// All other machines: the addressees of a broadcast.
    All,
}

/// One event of a machine. Fields that its kind does not use are zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// What kind.
    pub kind: EventKind,
    /// The machine's Lamport clock after the event.
    pub clock: u64,
    /// How many messages wait in its queue after the event.
    pub queue_len: u64,
    /// The other side.
    pub peer: Peer,
    /// The message's number; the sends of a run count from 1.
    pub message: u64,
    /// The clock that the message carries.
    pub stamp: u64,
    /// On a receive which copy of the message it is: 1, or more for a duplicate.
    pub copy: u32,
    /// On a receive when the message was sent. Not in the trace.
    pub sent: Instant,
    /// On a receive when the message arrived. Not in the trace.
    pub arrived: Instant,
}

impl Event {
    /// An internal event.
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
