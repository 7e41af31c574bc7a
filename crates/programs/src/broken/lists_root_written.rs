//! A broken store of lists: two nodes replace each other's root.
//!
//! Mistake: the root is written, and not compared and set: what another node appended meanwhile is
//! lost.
//! Config: glomers/list-append
//! Caught by: incompatible-order

use crate::solution::TxnVariant;

#[derive(Debug)]
pub(super) struct RootWritten;

impl TxnVariant for RootWritten {
    const WRITES_ROOT: bool = true;
}
