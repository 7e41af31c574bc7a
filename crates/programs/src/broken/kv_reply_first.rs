//! A broken key-value store: acknowledged first, replicated later.
//!
//! Mistake: the primary replies as soon as it has applied a batch, and sends the batch to its
//! backups with the next tick. If it crashes before, the next primary lacks what was acknowledged.
//! Config: glomers/lin-kv-primary
//! --set duration=10s
//! --set rate=1000
//! --set concurrency=20n
//! --set client_timeout=10s
//! --set nemesis.kinds=[]
//! --set nemesis.faults=[{ at = "3s", until = "5s", crash = ["n0"] }]
//! Caught by: not-linearizable

use crate::solution::Variant;

#[derive(Debug)]
pub(super) struct ReplyFirst;

impl Variant for ReplyFirst {
    const REPLIES_FIRST: bool = true;
}
