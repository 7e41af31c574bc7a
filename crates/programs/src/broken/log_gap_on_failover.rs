//! A broken log: a node continues behind messages that it has lost.
//!
//! Mistake: the end of each log is on the disk at once, its messages only with every 500th
//! send. After a crash the newest messages are gone, and the next ones follow behind the gap.
//! Config: glomers/5a
//! --set duration=6s
//! --set max_writes_per_key=1000
//! --set client_timeout=500ms
//! --set nemesis.faults=[{ at = "2s", until = "3s", crash = ["n0"] }]
//! Caught by: lost-write

use serde_json::Value;

use super::{Build, Options};
use crate::glomers::{Caller, Cx, Request, Server};
use crate::solution::{LogRequest, Logs, Offsets};

/// The disk key of the ends of all logs.
const ENDS: &[u8] = b"ends";
/// Number of messages that are written together.
const BATCH: usize = 500;

#[derive(Debug, Default)]
pub(super) struct GapOnFailover {
    logs: Logs,
    ends: Offsets,
    /// Messages that are not on the disk yet.
    unwritten: Vec<(String, i64, Value)>,
}

impl Build for GapOnFailover {
    fn build(_: &Options) -> GapOnFailover {
        GapOnFailover::default()
    }
}

impl Server for GapOnFailover {
    type Peer = ();

    fn start(&mut self, cx: &mut Cx<'_, ()>) {
        self.logs = Logs::restored(cx.disk());
        let ends = cx.disk().read(ENDS).unwrap_or_default();
        self.ends = serde_json::from_slice(ends).unwrap_or_default();
    }

    fn request(&mut self, caller: Caller, request: Request, cx: &mut Cx<'_, ()>) {
        let Some((caller, request)) = LogRequest::decode(caller, request, cx) else { return };
        match request {
            LogRequest::Send(key, message) => {
                let end = self.ends.entry(key.clone()).or_default();
                let offset = *end;
                *end += 1;
                cx.disk().write(ENDS, serde_json::to_vec(&self.ends).unwrap_or_default());
                self.logs.insert(&key, offset, message.clone());
                self.unwritten.push((key, offset, message));
                if self.unwritten.len() >= BATCH {
                    for (key, offset, message) in self.unwritten.drain(..) {
                        self.logs.add(&key, offset, message, cx.disk());
                    }
                }
                cx.disk().sync();
                caller.sent(offset, cx);
            }
            LogRequest::Poll(offsets) => caller.polled(self.logs.poll(&offsets, i64::MAX), cx),
            LogRequest::Commit(offsets) => {
                self.logs.commit(&offsets, cx.disk());
                cx.disk().sync();
                caller.committed(cx);
            }
            LogRequest::List(keys) => caller.listed(self.logs.committed(&keys), cx),
        }
    }
}
