//! Limits of a run, and the reason why it ended.
//!
//! A run that reaches a limit ends there, keeps its results so far, and reports the limit: it never
//! hangs or aborts.

use std::fmt;

use super::time::Instant;

/// Limits of a run.
///
/// ```
/// use sim_core::engine::limits::Limits;
///
/// let mut limits = Limits::default();
/// limits.events = 1_000;
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Maximum number of callbacks (starts, ticks, timers, messages), all nodes together.
    pub events: u64,
    /// Maximum number of messages in flight or waiting in inboxes, all nodes together.
    pub queued_messages: u64,
    /// Maximum memory for these messages, and for the history of a run, in MiB each. It is counted
    /// in fixed sizes, so that a run ends at the same event on every machine.
    pub memory_mib: u64,
    /// Maximum number of callbacks of one node at one instant, without ticks: stops a loop that
    /// takes no virtual time.
    pub same_instant_events: u64,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            events: 10_000_000_000,
            queued_messages: 100_000_000,
            memory_mib: Limits::MEMORY_MIB,
            same_instant_events: 10_000,
        }
    }
}

impl Limits {
    /// Default of [`Limits::memory_mib`]: an ordinary machine has it for each of its cores.
    pub const MEMORY_MIB: u64 = 1024;

    /// Returns [`Limits::memory_mib`] in bytes.
    pub fn memory(&self) -> u64 {
        self.memory_mib.saturating_mul(1 << 20)
    }
}

/// Why a run ended.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The duration was over: the normal end.
    Duration,
    /// No event was left.
    Quiescent,
    /// The next event would lie beyond the last representable instant.
    EndOfTime,
    /// [`Limits::events`] was reached.
    EventLimit {
        /// Instant of the end.
        at: Instant,
    },
    /// [`Limits::queued_messages`] was reached.
    QueueLimit {
        /// Instant of the end.
        at: Instant,
    },
    /// [`Limits::same_instant_events`] was reached.
    SameInstantLimit {
        /// Instant of the end.
        at: Instant,
        /// Node that reached the limit, counted from 0.
        node: u32,
    },
    /// [`Limits::memory_mib`] was reached, or a limit of the host on memory.
    MemoryLimit {
        /// Instant of the end.
        at: Instant,
    },
    /// The host could not start a hosted process: no descriptors, processes or memory.
    HostFailure {
        /// Instant of the end.
        at: Instant,
    },
    /// The caller interrupted it.
    Interrupted {
        /// Instant of the end.
        at: Instant,
    },
}

impl End {
    /// Whether a limit ended the run early (exit code 3).
    pub fn is_limit(self) -> bool {
        !matches!(self, End::Duration | End::Quiescent) && !self.is_from_outside()
    }

    /// Whether the run ended for a reason outside of it, so that it has no verdict.
    pub fn is_from_outside(self) -> bool {
        matches!(self, End::HostFailure { .. } | End::Interrupted { .. })
    }

    /// Name in manifests: one word.
    pub fn name(self) -> &'static str {
        match self {
            End::Duration => "duration",
            End::Quiescent => "quiescent",
            End::EndOfTime => "end_of_time",
            End::EventLimit { .. } => "events",
            End::QueueLimit { .. } => "queued_messages",
            End::SameInstantLimit { .. } => "same_instant_events",
            End::MemoryLimit { .. } => "memory",
            End::HostFailure { .. } => "host",
            End::Interrupted { .. } => "interrupted",
        }
    }
}

impl End {
    /// Returns the reason as text, with the node's name from `name`.
    pub fn in_words<'a>(self, name: impl FnOnce(u32) -> &'a str) -> String {
        match self {
            End::SameInstantLimit { at, node } => {
                format!("limits.same_instant_events was reached by {} at {at}", name(node))
            }
            end => end.to_string(),
        }
    }
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            End::Duration => write!(f, "its duration was over"),
            End::Quiescent => write!(f, "nothing was left to happen"),
            End::EndOfTime => write!(f, "virtual time itself ended, 584 years on"),
            End::EventLimit { at } => write!(f, "limits.events was reached at {at}"),
            End::QueueLimit { at } => write!(f, "limits.queued_messages was reached at {at}"),
            End::SameInstantLimit { at, node } => {
                write!(f, "limits.same_instant_events was reached by node {} at {at}", node + 1)
            }
            End::MemoryLimit { at } => {
                write!(f, "the limit of memory (limits.memory_mib) was reached at {at}")
            }
            End::HostFailure { at } => {
                write!(f, "this machine could not start another process at {at}")
            }
            End::Interrupted { at } => write!(f, "it was interrupted at {at}"),
        }
    }
}
