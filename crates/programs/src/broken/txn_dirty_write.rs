//! A broken transactional store: transactions overwrite each other before they end.
//!
//! Mistake: all reads and writes take effect at once, in one copy that nothing guards.
//! Config: glomers/6a
//! --set concurrency=20
//! --set key_count=8
//! --set max_txn_length=8
//! --set duration=8s
//! --set consistency_models=read-uncommitted
//! Caught by: G0

use super::txn_engine::{Policy, Reads};

#[derive(Debug)]
pub(super) struct DirtyWrite;

impl Policy for DirtyWrite {
    const READS: Reads = Reads::Dirty;
}
