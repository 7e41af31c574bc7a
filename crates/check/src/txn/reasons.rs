//! Why one transaction comes before another: the micro-operations that show it.

use super::graph::Kind;

/// The reason of a dependency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reason {
    pub(super) key: u32,
    /// The version that the first transaction writes or reads; none is the initial state.
    pub(super) version: Option<u32>,
    /// The version that the second transaction writes, if it writes one.
    pub(super) next: Option<u32>,
    /// The micro-operations of both, by their places.
    pub(super) ops: [u32; 2],
}

/// Finds reasons.
pub(super) trait Reasons {
    /// Returns the reason why one transaction depends on another, by a dependency of this kind.
    fn reason(&self, from: u32, to: u32, kind: Kind) -> Option<Reason>;
}
