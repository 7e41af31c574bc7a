//! A node: a machine or process under test, as a function of its input.
//!
//! A node hears of its start, of messages and of timers, and answers through its [`Context`]: what
//! it sends, when it wants to be woken, what it wants on record. It sees neither the engine nor the
//! network nor the wall clock, so the same node runs wherever a context can be made for it.

mod context;
mod disk;
mod inbox;

use std::fmt;

pub use context::{Context, Effects, NodeState, Outgoing, TimerRequest};
pub use disk::{Change, Disk};
pub use inbox::{Delivery, Inbox};

/// Who a node is: its place in the simulation, counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub u32);

impl NodeId {
    /// The id as an index.
    #[inline]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

impl fmt::Display for NodeId {
    /// As people count: the first node is `n1`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "n{}", u64::from(self.0) + 1)
    }
}

/// A message's number: the sends of a run count from 1, and all copies share it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageId(pub u64);

/// A timer, by the number under which its node set it: it is handed back when the time has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timer(pub u64);

/// A machine or process under test.
///
/// A node takes its messages in one of two styles. It either **reacts**: each message is handled
/// when it arrives ([`Node::on_message`]). Or it keeps an **inbox** ([`Node::POLLS_INBOX`]), which
/// it reads in turns of its own ([`Context::take_message`]), as a program does that polls its
/// queue.
///
/// Everything a node decides by chance comes from [`Context::rng`]; everything it wants to survive
/// a crash goes to [`Context::disk`].
pub trait Node: Sized {
    /// What nodes tell each other.
    type Message: Clone + fmt::Debug;
    /// What a node puts on record for the trace; `()` if nothing.
    type Record: fmt::Debug;

    /// Whether messages wait in an inbox until the node takes them; otherwise it reacts to each.
    const POLLS_INBOX: bool = false;

    /// Memory that one message takes while it waits or is under way, in bytes: what a limit of
    /// memory counts. A constant that stands here, and not a size that a compiler chooses.
    const MESSAGE_BYTES: u64 = 64;

    /// The node starts, at the beginning of the run or again after a crash.
    fn on_start(&mut self, cx: &mut Context<'_, Self>);

    /// Handles one message. Never called for a node that keeps an inbox.
    fn on_message(&mut self, from: NodeId, message: Self::Message, cx: &mut Context<'_, Self>) {
        let _ = (from, message, cx);
    }

    /// A tick or a timer of this node has come.
    fn on_timer(&mut self, timer: Timer, cx: &mut Context<'_, Self>);
}
