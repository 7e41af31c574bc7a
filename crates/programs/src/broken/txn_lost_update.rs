//! A broken transactional store: the last of two transactions that update a register wins.
//!
//! Mistake: nothing is validated at commit.
//! Config: glomers/6a
//! --set concurrency=10
//! --set key_count=4
//! --set duration=5s
//! --set consistency_models=cursor-stability
//! Caught by: lost-update

use super::txn_engine::{Policy, Validates};

#[derive(Debug)]
pub(super) struct LostUpdate;

impl Policy for LostUpdate {
    const VALIDATES: Validates = Validates::Nothing;
}
