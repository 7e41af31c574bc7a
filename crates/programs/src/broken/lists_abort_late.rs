//! A broken store of lists: a transaction that took effect is answered as aborted.
//!
//! Mistake: one of ten transactions ends with an error that says it was not carried out, after the
//! root has its lists.
//! Config: glomers/list-append
//! Caught by: G1a

use crate::solution::TxnVariant;

#[derive(Debug)]
pub(super) struct ListsAbortLate;

impl TxnVariant for ListsAbortLate {
    const ABORTS_LATE: u64 = 10;
}
