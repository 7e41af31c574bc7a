//! A broken transactional store: two transactions each write what the other one has read.
//!
//! Mistake: only writes are validated at commit, which is snapshot isolation.
//! Config: glomers/6a
//! --set concurrency=10
//! --set key_count=4
//! --set duration=5s
//! --set consistency_models=repeatable-read
//! Caught by: G2-item

use super::txn_engine::{Policy, Validates};

#[derive(Debug)]
pub(super) struct WriteSkew;

impl Policy for WriteSkew {
    const VALIDATES: Validates = Validates::Written;
}
