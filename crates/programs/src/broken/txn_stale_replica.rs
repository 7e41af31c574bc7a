//! A broken transactional store: transactions that only read have an old copy.
//!
//! Mistake: the copy for readers receives commits later, and no reader waits for it.
//! Config: glomers/6a
//! --set concurrency=10
//! --set key_count=4
//! --set duration=5s
//! --set consistency_models=strong-session-snapshot-isolation
//! Caught by: G-single-item-process

use super::txn_engine::{Copies, Policy};

#[derive(Debug)]
pub(super) struct StaleReplica;

impl Policy for StaleReplica {
    const COPIES: Copies = Copies::OfReaders;
}
