//! A broken transactional store: others see a commit in part while it is written.
//!
//! Mistake: the writes of a commit are put into the copy one after the other; what is being written
//! can be read.
//! Config: glomers/6a
//! --set concurrency=10
//! --set key_count=4
//! --set duration=5s
//! --set consistency_models=read-atomic
//! Caught by: fractured-read

use super::txn_engine::{Policy, Validates};

#[derive(Debug)]
pub(super) struct FracturedRead;

impl Policy for FracturedRead {
    const VALIDATES: Validates = Validates::Written;
    const WRITES_APART: bool = true;
}
