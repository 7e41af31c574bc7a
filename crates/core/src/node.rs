//! A node: a machine or process under test, as a deterministic state machine.
//!
//! A node has handlers for its start, for messages and for timers. Its [`Context`] is its only
//! effect on the world: it sends messages, sets timers and records lines of the trace. A node sees
//! neither the engine nor the network nor the wall clock, so the same node runs under any host that
//! provides a context.

mod context;
mod disk;
mod inbox;

use std::fmt;

pub use context::{Context, Effects, NodeState, Outgoing, TimerRequest};
pub use disk::{Change, Disk};
pub use inbox::{Delivery, Inbox};

/// Id of a node: its index in the simulation, counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub u32);

impl NodeId {
    /// Returns the id as an index.
    #[inline]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

impl fmt::Display for NodeId {
    /// Formats the id counted from 1: the first node is `n1`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "n{}", u64::from(self.0) + 1)
    }
}

/// Number of a message: the sends of a run count from 1, and all copies share it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageId(pub u64);

/// Id of a timer, chosen when its node sets it and passed to [`Node::on_timer`] when it goes off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timer(pub u64);

/// A machine or process under test.
///
/// A node receives its messages in one of two styles. It either **reacts**: each message is handled
/// when it arrives ([`Node::on_message`]). Or it **polls an inbox** ([`Node::POLLS_INBOX`]) in its
/// timer callbacks ([`Context::take_message`]), like a program that polls a queue.
///
/// All randomness of a node comes from [`Context::rng`]; all state that must survive a crash goes
/// to [`Context::disk`].
pub trait Node: Sized {
    /// Message between nodes.
    type Message: Clone + fmt::Debug;
    /// Record for the trace; `()` if there are none.
    type Record: fmt::Debug;

    /// Whether messages wait in an inbox until the node takes them, instead of being handled one by
    /// one on arrival.
    const POLLS_INBOX: bool = false;

    /// Memory of one message that waits or is in flight, in bytes, as the memory limit counts it.
    /// A constant and not `size_of`, so that a run ends at the same event with every compiler.
    const MESSAGE_BYTES: u64 = 64;

    /// Handles the start, at the beginning of the run or again after a crash.
    fn on_start(&mut self, cx: &mut Context<'_, Self>);

    /// Handles one message. Never called for a node that polls an inbox.
    fn on_message(&mut self, from: NodeId, message: Self::Message, cx: &mut Context<'_, Self>) {
        let _ = (from, message, cx);
    }

    /// Handles a tick or a timer of this node.
    fn on_timer(&mut self, timer: Timer, cx: &mut Context<'_, Self>);
}
