//! Limits with outcomes: how far a run may go, and why it ended.
//!
//! A run that reaches a limit ends there, with what it has, and says so: it never hangs or aborts.

use std::fmt;

use super::time::Instant;

/// How far a run may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Turns that nodes take (starts, ticks, timers, handled messages), all nodes together.
    pub events: u64,
    /// Messages under way or waiting in inboxes, all nodes together.
    pub queued_messages: u64,
    /// Memory for these messages, and for the history of a run, in MiB each. It is counted in fixed
    /// sizes, so that a run ends at the same event on every machine.
    pub memory_mib: u64,
    /// Turns of one node at one instant, ticks aside: what stops a loop that takes no time.
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
    /// Memory of a run by default, in MiB: an ordinary machine has it for each of its cores.
    pub const MEMORY_MIB: u64 = 1024;

    /// The memory in bytes.
    pub fn memory(&self) -> u64 {
        self.memory_mib.saturating_mul(1 << 20)
    }
}

/// Why a run ended.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Its duration was over: the normal end.
    Duration,
    /// Nothing was left to happen.
    Quiescent,
    /// The next event would lie beyond the last representable instant.
    EndOfTime,
    /// [`Limits::events`] was reached.
    EventLimit {
        /// When.
        at: Instant,
    },
    /// [`Limits::queued_messages`] was reached.
    QueueLimit {
        /// When.
        at: Instant,
    },
    /// [`Limits::same_instant_events`] was reached.
    SameInstantLimit {
        /// When.
        at: Instant,
        /// The node that went round in circles, counted from 0.
        node: u32,
    },
    /// [`Limits::memory_mib`] was reached, or a limit of the host on memory.
    MemoryLimit {
        /// When.
        at: Instant,
    },
    /// The host could not start a process that takes part: no descriptors, processes or memory.
    HostFailure {
        /// When.
        at: Instant,
    },
    /// The caller stopped it.
    Interrupted {
        /// When.
        at: Instant,
    },
}

impl End {
    /// Whether a limit cut the run short (exit code 3).
    pub fn is_limit(self) -> bool {
        !matches!(self, End::Duration | End::Quiescent) && !self.is_from_outside()
    }

    /// Whether the run ended for a reason that is not its own, so that it shows nothing.
    pub fn is_from_outside(self) -> bool {
        matches!(self, End::HostFailure { .. } | End::Interrupted { .. })
    }

    /// The name in manifests: one word.
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
    /// Why a run ended, with the name that a node has.
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
