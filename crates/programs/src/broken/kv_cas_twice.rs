//! A broken key-value store: a compare-and-set that is retried is carried out again.
//!
//! Mistake: the reply to a request is remembered, so that a retry has the same one; but a
//! compare-and-set is carried out before that is looked up. If the key has the expected value
//! again, it is replaced a second time.
//! Config: glomers/lin-kv-primary
//! --set nemesis.kinds=[]
//! --set network.loss=0.1
//! Caught by: not-linearizable

use crate::solution::Variant;

#[derive(Debug)]
pub(super) struct CasTwice;

impl Variant for CasTwice {
    const REPEATS_CAS: bool = true;
}
