//! A broken transactional store: an effect is seen before its cause.
//!
//! Mistake: clients have one of three copies, which receive commits whole, in any order.
//! Config: glomers/6a
//! --set concurrency=10
//! --set key_count=4
//! --set duration=20s
//! --set consistency_models=causal-cerone
//! Caught by: causality-violation

use super::txn_engine::{Copies, Policy, Validates};

#[derive(Debug)]
pub(super) struct CausalReversal;

impl Policy for CausalReversal {
    const COPIES: Copies = Copies::OfClientsUnordered(3);
    const VALIDATES: Validates = Validates::Written;
}
