//! Challenge 6a, transactions on a single node: one after the other, in memory, and on the disk
//! before anything is acknowledged.
//!
//! Idea: a request is handled in one piece, so transactions are serial. Nothing is shared with
//! other nodes: of several nodes each would have registers of its own.
//! Cost: no message between nodes; two per transaction.
//! Allows: nothing, on a single node: every history is strictly serializable.
//! Survives: crash, pause, slow, skew, loss, duplication.
//! With a single node there are no partitions. Not wipe: the only copy would be lost.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::txn_request::{MicroOp, TxnCaller};
use super::{Build, Options};
use crate::glomers::{Caller, Cx, Request, Server};

/// The disk key of all writes, a line of JSON for each.
const WRITES: &[u8] = b"writes";

/// A node with all registers.
#[derive(Debug, Default)]
pub(super) struct TxnSingle {
    registers: BTreeMap<String, Value>,
}

impl Build for TxnSingle {
    fn build(_: &Options) -> TxnSingle {
        TxnSingle::default()
    }
}

impl Server for TxnSingle {
    type Peer = ();

    fn start(&mut self, cx: &mut Cx<'_, ()>) {
        let text = String::from_utf8_lossy(cx.disk().read(WRITES).unwrap_or_default()).into_owned();
        for line in text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok()) {
            let key = line[0].as_str().unwrap_or_default().to_owned();
            self.registers.insert(key, line[1].clone());
        }
    }

    fn request(&mut self, caller: Caller, request: Request, cx: &mut Cx<'_, ()>) {
        let Some((caller, ops)) = TxnCaller::decode(caller, request, cx) else { return };
        let mut completed = Vec::new();
        for op in &ops {
            let key = op.key();
            let read = self.registers.get(&key).cloned();
            completed.push(op.completed(read));
            if let MicroOp::Write(_, value) | MicroOp::Append(_, value) = op {
                cx.disk().append(WRITES, format!("{}\n", json!([key, value])).as_bytes());
                self.registers.insert(key, value.clone());
            }
        }
        cx.disk().sync();
        caller.takes_effect(&ops, cx);
        caller.completed(completed, cx);
    }
}
