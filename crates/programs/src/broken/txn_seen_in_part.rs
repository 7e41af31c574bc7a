//! A broken causal store: others see some writes of a transaction and not the rest.
//!
//! Mistake: each write is shipped by itself, so that another node reads a value that the
//! transaction has replaced before its end. It is the node of challenge 6b, which is right there.
//! Config: glomers/6c
//! --set key_count=2
//! --set nodes=3
//! Caught by: G1b

pub(super) use crate::solution::TxnByWrite as SeenInPart;
