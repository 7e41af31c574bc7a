//! A broken key-value store: a compare-and-set that is retried is carried out again.
//!
//! Mistake: a node sends a compare-and-set again under a new number, so that the primary takes it
//! for another one. The client is told of the second, which mostly fails, since the first one has
//! replaced the expected value.
//! Config: glomers/lin-kv-primary
//! --set nemesis.kinds=[]
//! --set network.loss=0.1
//! Caught by: not-linearizable

use crate::solution::Variant;

#[derive(Debug)]
pub(super) struct CasTwice;

impl Variant for CasTwice {
    const RENUMBERS_CAS: bool = true;
}
