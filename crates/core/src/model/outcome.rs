//! The outcome of a run of a model: its end, unhandled events, and violations.

use crate::engine::limits::End;
use crate::engine::time::{Duration, Instant};
use crate::node::NodeId;

/// State of a model after a run, counted from the beginning.
#[non_exhaustive]
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Instant of the last event.
    pub now: Instant,
    /// Reason why the run has ended, or `None` if it stopped where it was asked to and can go on.
    pub end: Option<End>,
    /// Number of callbacks.
    pub events: u64,
    /// Number of messages that nodes have sent; a message to all counts once.
    pub messages: u64,
    /// Number of unhandled messages and timers.
    pub unhandled_count: u64,
    /// The first ten unhandled messages and timers.
    pub unhandled: Vec<Unhandled>,
    /// The violation that stopped the run, if a checker found one.
    pub violation: Option<Violation>,
}

impl Outcome {
    /// Returns the outcome itself, if no checker found a violation, nothing was left unhandled and
    /// no limit was reached.
    ///
    /// # Errors
    /// The first of these that holds, in this order.
    pub fn ok(self) -> Result<Outcome, RunError> {
        if let Some(violation) = self.violation {
            return Err(RunError::Violated(violation));
        }
        if let Some(first) = self.unhandled.into_iter().next() {
            return Err(RunError::Unhandled { count: self.unhandled_count, first });
        }
        match self.end {
            Some(end) if end.is_limit() => Err(RunError::Limit(end)),
            _ => Ok(Outcome { unhandled: vec![], violation: None, ..self }),
        }
    }
}

/// A message or timer without a handler.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{node} has no handler for {kind} {what} (its clock shows {uptime})")]
pub struct Unhandled {
    /// The node that has no handler.
    pub node: NodeId,
    /// What the node's own clock showed.
    pub uptime: Instant,
    /// Whether it is a message or a timer.
    pub kind: UnhandledKind,
    /// The message or the payload, in its debug format.
    pub what: String,
}

/// Kind of an unhandled event.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnhandledKind {
    /// A message.
    Message {
        /// Its sender.
        from: NodeId,
    },
    /// A timer.
    Timer,
}

impl std::fmt::Display for UnhandledKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            UnhandledKind::Message { from } => write!(f, "the message from {from}:"),
            UnhandledKind::Timer => write!(f, "the timer"),
        }
    }
}

/// Violation of a property that a checker found.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{checker} violated at {at}: {reason}")]
pub struct Violation {
    /// Name of the checker.
    pub checker: String,
    /// Instant of the event after which the property does not hold.
    pub at: Instant,
    /// The checker's reason.
    pub reason: String,
}

/// Reason why a run of a model failed.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RunError {
    /// A checker found a violation.
    #[error(transparent)]
    Violated(Violation),
    /// Messages or timers were unhandled.
    #[error("{count} unhandled, first: {first}")]
    Unhandled {
        /// Number of them.
        count: u64,
        /// The first one.
        first: Unhandled,
    },
    /// A limit ended the run.
    #[error("the run ended early: {0}")]
    Limit(End),
    /// An injection names a node that does not exist.
    #[error("{node} does not exist: the model has {nodes} nodes")]
    UnknownNode {
        /// The node.
        node: NodeId,
        /// Number of nodes.
        nodes: u32,
    },
    /// An injection into a run that has ended: it would never be delivered.
    #[error("the run has ended: {0}")]
    Ended(End),
    /// An injection at an instant that has passed.
    #[error("{at} is in the past")]
    InThePast {
        /// The instant.
        at: Instant,
    },
}

impl Outcome {
    /// Returns the time from the beginning to the last event.
    pub fn elapsed(&self) -> Duration {
        self.now.saturating_since(Instant::ZERO)
    }
}
