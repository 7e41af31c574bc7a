//! A broken key-value store: reads from backups.
//!
//! Mistake: a backup replies to reads by itself, from its own copy. Another replica may have newer
//! values, and another client may have read them.
//! Config: glomers/lin-kv-primary
//! --set nemesis.kinds=[]
//! --set network.loss=0.1
//! Caught by: not-linearizable

use crate::solution::Variant;

#[derive(Debug)]
pub(super) struct ReadAtBackup;

impl Variant for ReadAtBackup {
    const BACKUPS_READ: bool = true;
}
