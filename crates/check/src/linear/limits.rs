//! How far a search goes: limits of work and of memory, counted in the same way on all machines.

/// Limits of the check of one history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Maximum number of steps: a configuration, each time it is extended or compared with another
    /// one. A second is some 10⁸ of them.
    pub steps_max: u64,
    /// Maximum memory of the configurations and states in bytes.
    pub bytes_max: u64,
    /// Maximum number of steps that are spent on making a witness smaller, and on its drawing.
    pub witness_steps_max: u64,
}

impl Limits {
    /// Limits that no history of 10⁷ operations reaches whose clients wait for their replies:
    /// about two minutes, and 4 GiB; some 10 s for a witness.
    pub const DEFAULT: Limits =
        Limits { steps_max: 1 << 33, bytes_max: 4 << 30, witness_steps_max: 1 << 30 };
}

/// What is left of the limits.
#[derive(Clone, Copy, Debug)]
pub struct Budget {
    steps_left: u64,
    steps_max: u64,
    bytes_max: u64,
}

/// A limit that was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exhausted {
    /// The limit of steps.
    Steps(u64),
    /// The limit of memory, in bytes.
    Bytes(u64),
}

impl std::fmt::Display for Exhausted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Exhausted::Steps(max) => write!(f, "the limit of {max} steps"),
            Exhausted::Bytes(max) => write!(f, "the limit of {max} bytes of memory"),
        }
    }
}

impl Budget {
    /// Creates the budget of a check.
    pub fn new(limits: &Limits) -> Budget {
        Budget::of(limits.steps_max, limits.bytes_max)
    }

    /// Creates the budget of a witness.
    pub fn for_witness(limits: &Limits) -> Budget {
        Budget::of(limits.witness_steps_max, limits.bytes_max)
    }

    fn of(steps_max: u64, bytes_max: u64) -> Budget {
        Budget { steps_left: steps_max, steps_max, bytes_max }
    }

    /// Counts steps that were made.
    pub(super) fn spend(&mut self, steps: u64) -> Result<(), Exhausted> {
        match self.steps_left.checked_sub(steps) {
            Some(left) => self.steps_left = left,
            None => return Err(Exhausted::Steps(self.steps_max)),
        }
        Ok(())
    }

    /// Does something within a part of the steps that are left. Their use counts here, too.
    pub(super) fn within<T>(&mut self, steps: u64, act: impl FnOnce(&mut Budget) -> T) -> T {
        let part = steps.min(self.steps_left);
        let mut budget = Budget { steps_left: part, ..*self };
        let result = act(&mut budget);
        self.steps_left -= part - budget.steps_left;
        result
    }

    /// Checks how much memory is in use.
    pub(super) fn hold(&self, bytes: u64) -> Result<(), Exhausted> {
        if bytes > self.bytes_max { Err(Exhausted::Bytes(self.bytes_max)) } else { Ok(()) }
    }
}
