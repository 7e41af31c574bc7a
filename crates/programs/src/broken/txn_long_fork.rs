//! A broken transactional store: two copies receive commits in different orders.
//!
//! Mistake: clients have one of two copies, and commits of the other one arrive later, in the order
//! of its causes.
//! Config: glomers/6a
//! --set concurrency=10
//! --set key_count=4
//! --set duration=10s
//! --set consistency_models=snapshot-isolation
//! Caught by: long-fork

use super::txn_engine::{Copies, Policy, Validates};

#[derive(Debug)]
pub(super) struct LongFork;

impl Policy for LongFork {
    const COPIES: Copies = Copies::OfClients(2);
    const VALIDATES: Validates = Validates::Written;
}
