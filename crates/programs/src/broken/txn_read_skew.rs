//! A broken transactional store: a transaction reads parts of two states.
//!
//! Mistake: each read is of the latest commit; only what a transaction reads and then writes is
//! guarded, so that no update is lost.
//! Config: glomers/6a
//! --set concurrency=10
//! --set key_count=4
//! --set duration=5s
//! --set consistency_models=consistent-view
//! Caught by: G-single-item

use super::txn_engine::{Policy, Reads, Validates};

#[derive(Debug)]
pub(super) struct ReadSkew;

impl Policy for ReadSkew {
    const READS: Reads = Reads::Statement;
    const VALIDATES: Validates = Validates::Updated;
}
