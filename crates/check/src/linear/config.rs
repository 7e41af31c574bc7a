//! A configuration: what may be the case at a point of a history.

use super::bits::Bits;
use super::model::State;
use super::used::Used;

/// What may be the case. Each open operation is *required* (it has not taken effect, and has to
/// before its end), *done* (it has taken effect), or *free*:
///
/// ```text
///              must take effect     may take effect
///   required         yes                  yes
///   free             no                   yes
///   done             no                   no
/// ```
///
/// A write is free once it may have been overwritten at once. So is an observation that was
/// possible: its effect is none.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Config<B> {
    pub(super) state: State,
    pub(super) done: B,
    pub(super) free: B,
    /// Crashed operations that have taken effect.
    pub(super) used: Used,
}

impl<B: Bits> Config<B> {
    /// Whether this allows all that the other one allows.
    pub(super) fn covers(&self, other: &Config<B>) -> bool {
        self.state == other.state
            && other.free.is_within(&self.free, &self.free)
            && other.done.is_within(&self.done, &self.free)
            && self.done.is_within(&other.done, &other.done)
            && self.used.is_at_most(&other.used)
    }

    /// Forgets an operation that has ended.
    pub(super) fn forget(&mut self, slot: usize) {
        self.done.remove(slot);
        self.free.remove(slot);
    }

    /// Lets a free or required operation take effect.
    pub(super) fn take(&mut self, slot: usize) {
        self.done.add(slot);
        self.free.remove(slot);
    }

    /// Memory in bytes.
    pub(super) fn bytes(&self) -> u64 {
        size_of::<Config<B>>() as u64 + self.done.bytes() + self.free.bytes() + self.used.bytes()
    }
}
