//! A span of time of a run.

use crate::engine::time::Instant;

/// A span of time, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Its begin.
    pub from: Instant,
    /// Its end.
    pub until: Instant,
}

impl Window {
    /// All of a run.
    pub const ALL: Window = Window { from: Instant::ZERO, until: Instant::MAX };

    /// Whether an instant is in it.
    pub fn contains(self, at: Instant) -> bool {
        self.from <= at && at <= self.until
    }
}
