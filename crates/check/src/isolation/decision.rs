//! The answer for one level of linked transactions.

/// The answer for one level.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Decision {
    /// The level holds.
    Holds,
    /// These transactions by themselves break it.
    Broken(Vec<u32>),
}
