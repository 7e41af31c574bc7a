//! Variants of the transactional nodes: the right one, and what broken ones do differently.

use std::fmt::Debug;

/// A variant of a transactional node.
pub(crate) trait TxnVariant: Debug + 'static {
    /// One of this many transactions is answered as aborted, though it took effect; none if 0.
    const ABORTS_LATE: u64 = 0;
    /// Whether a transaction does not see its own writes.
    const IS_BLIND_TO_ITSELF: bool = false;
    /// Whether a transaction that only reads is answered from the last root that the node has seen.
    const READS_OLD_ROOT: bool = false;
    /// Whether the root is written, whatever it has become meanwhile.
    const WRITES_ROOT: bool = false;
}

/// The right variant.
#[derive(Debug)]
pub(super) struct RightTxn;

impl TxnVariant for RightTxn {}
