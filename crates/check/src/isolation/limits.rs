//! How far a check goes: limits of work and of memory, counted in the same way on all machines.

/// Limits of one check of one level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Maximum number of steps: a pair of transactions, an edge or a clause, each time it is looked
    /// at. A second is some 10⁸ of them.
    pub steps_max: u64,
    /// Maximum memory of the check in bytes, without that of the history.
    pub bytes_max: u64,
    /// Maximum number of steps in which a witness is made smaller.
    pub shrink_steps_max: u64,
}

impl Limits {
    /// Two or three minutes, 4 GiB, and twenty seconds for a witness.
    pub const DEFAULT: Limits =
        Limits { steps_max: 1 << 33, bytes_max: 4 << 30, shrink_steps_max: 1 << 30 };
}

impl Default for Limits {
    fn default() -> Limits {
        Limits::DEFAULT
    }
}

/// What is left of the limits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Budget {
    steps_max: u64,
    steps: u64,
    bytes_max: u64,
    bytes: u64,
}

/// A limit that was reached, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Exhausted(pub String);

impl Budget {
    pub(super) fn new(limits: Limits) -> Budget {
        Budget { steps_max: limits.steps_max, steps: 0, bytes_max: limits.bytes_max, bytes: 0 }
    }

    /// The budget of making a witness smaller.
    pub(super) fn of_shrinking(limits: Limits) -> Budget {
        Budget { steps_max: limits.shrink_steps_max, ..Budget::new(limits) }
    }

    /// Counts steps.
    #[inline]
    pub(super) fn steps(&mut self, count: u64) -> Result<(), Exhausted> {
        self.steps += count;
        if self.steps <= self.steps_max {
            return Ok(());
        }
        Err(Exhausted(format!("the limit of {} steps is reached", self.steps_max)))
    }

    /// Counts the steps of a copy of this budget as its own.
    pub(super) fn count_steps_of(&mut self, copy: &Budget) {
        self.steps = copy.steps;
    }

    /// Counts memory that is about to be taken.
    pub(super) fn take(&mut self, bytes: u64) -> Result<(), Exhausted> {
        self.bytes += bytes;
        if self.bytes <= self.bytes_max {
            return Ok(());
        }
        Err(Exhausted(format!("the limit of {} bytes of memory is reached", self.bytes_max)))
    }

    /// Counts memory that was given back.
    pub(super) fn give_back(&mut self, bytes: u64) {
        self.bytes = self.bytes.saturating_sub(bytes);
    }
}
