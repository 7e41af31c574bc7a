//! Variants of the replicated key-value store: the right one, and what broken ones do differently.

use std::fmt::Debug;

/// A variant of the store.
pub(crate) trait Variant: Debug + 'static {
    /// Whether a backup replies to reads by itself.
    const BACKUPS_READ: bool = false;
    /// Whether the primary replies as soon as it has applied a batch, and sends it to the members
    /// with the next tick.
    const REPLIES_FIRST: bool = false;
    /// Whether a compare-and-set that is retried is carried out again.
    const REPEATS_CAS: bool = false;
}

/// The right variant.
#[derive(Debug)]
pub(super) struct Right;

impl Variant for Right {}
