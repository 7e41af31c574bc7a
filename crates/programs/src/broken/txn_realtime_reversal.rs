//! A broken transactional store: transactions that only read miss what others have done.
//!
//! Mistake: the copy for readers receives commits later; a client waits for its own, and for what
//! it has seen, and for nothing else.
//! Config: glomers/6a
//! --set concurrency=10
//! --set key_count=4
//! --set duration=5s
//! --set consistency_models=strong-snapshot-isolation
//! Caught by: G-single-item-realtime

use super::txn_engine::{Copies, Policy};

#[derive(Debug)]
pub(super) struct RealtimeReversal;

impl Policy for RealtimeReversal {
    const COPIES: Copies = Copies::OfReadersInOrder;
}
