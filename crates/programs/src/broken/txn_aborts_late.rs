//! A broken transactional store: a transaction that took effect is answered as aborted.
//!
//! Mistake: one of fifty transactions ends with an error that says it was not carried out, after
//! its writes are in the registers and on their way.
//! Config: glomers/6c
//! Caught by: G1a

use crate::solution::TxnVariant;

#[derive(Debug)]
pub(super) struct AbortsLate;

impl TxnVariant for AbortsLate {
    const ABORTS_LATE: u64 = 50;
}
