//! How far the check goes: limits of work and of memory, counted in the same way on all machines.

/// Limits of the check of one history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Maximum number of steps: a micro-operation, a key of a poll or a message of it, each time it
    /// is looked at. A second is some 10⁸ of them.
    pub steps_max: u64,
    /// Maximum memory of the check in bytes, without that of the history.
    pub bytes_max: u64,
    /// Maximum number of steps of the search for the shortest cycle.
    pub cycle_steps_max: u64,
}

impl Limits {
    /// Limits that no history of 10⁷ operations reaches: about a minute, and 4 GiB.
    pub const DEFAULT: Limits =
        Limits { steps_max: 1 << 33, bytes_max: 4 << 30, cycle_steps_max: 1 << 26 };
}

/// What is left of the limits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Budget {
    limits: Limits,
    steps: u64,
    bytes: u64,
}

/// Why a check ended before it was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Exhausted {
    /// The limit, in words.
    pub limit: String,
    /// The entry of the history at which it ended, where it went through them.
    pub entry: Option<usize>,
}

impl Budget {
    pub(super) fn new(limits: Limits) -> Budget {
        Budget { limits, steps: 0, bytes: 0 }
    }

    /// Counts steps that were made.
    pub(super) fn steps(&mut self, count: u64, entry: usize) -> Result<(), Exhausted> {
        self.steps += count;
        if self.steps <= self.limits.steps_max {
            return Ok(());
        }
        let limit = format!("the limit of {} steps", self.limits.steps_max);
        Err(Exhausted { limit, entry: Some(entry) })
    }

    /// Counts memory that is about to be taken, at an entry if the check goes through them.
    pub(super) fn bytes(&mut self, count: u64, entry: Option<usize>) -> Result<(), Exhausted> {
        self.bytes += count;
        if self.bytes <= self.limits.bytes_max {
            return Ok(());
        }
        let limit = format!("the limit of {} bytes of memory", self.limits.bytes_max);
        Err(Exhausted { limit, entry })
    }

    /// How many steps the search for a shortest cycle may make.
    pub(super) fn cycle_steps_max(&self) -> u64 {
        self.limits.cycle_steps_max
    }
}
