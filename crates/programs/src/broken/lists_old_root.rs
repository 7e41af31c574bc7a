//! A broken store of lists: reads are from the past.
//!
//! Mistake: a transaction that only reads is answered from the last root that the node has seen.
//! Config: glomers/list-append
//! --set duration=60s
//! Caught by: G-single-item-process

use crate::solution::TxnVariant;

#[derive(Debug)]
pub(super) struct OldRoot;

impl TxnVariant for OldRoot {
    const READS_OLD_ROOT: bool = true;
}
