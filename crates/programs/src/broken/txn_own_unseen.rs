//! A broken transactional store: a transaction does not see its own writes.
//!
//! Mistake: all reads of a transaction are from the state before it.
//! Config: glomers/6c
//! Caught by: internal-own-write

use crate::solution::TxnVariant;

#[derive(Debug)]
pub(super) struct OwnUnseen;

impl TxnVariant for OwnUnseen {
    const IS_BLIND_TO_ITSELF: bool = true;
}
