//! A broken log: commits are forgotten.
//!
//! Mistake: committed offsets are kept in memory, and a crash takes them back.
//! Config: glomers/5a
//! --set duration=6s
//! --set max_writes_per_key=1000
//! --set client_timeout=500ms
//! --set nemesis.faults=[{ at = "2s", until = "3s", crash = ["n0"] }]
//! Caught by: committed-back

use super::{Build, Options};
use crate::glomers::{Caller, Cx, Request, Server};
use crate::solution::{LogRequest, Logs, Offsets};

#[derive(Debug, Default)]
pub(super) struct CommitForgotten {
    logs: Logs,
    committed: Offsets,
}

impl Build for CommitForgotten {
    fn build(_: &Options) -> CommitForgotten {
        CommitForgotten::default()
    }
}

impl Server for CommitForgotten {
    type Peer = ();

    fn start(&mut self, cx: &mut Cx<'_, ()>) {
        self.logs = Logs::restored(cx.disk());
    }

    fn request(&mut self, caller: Caller, request: Request, cx: &mut Cx<'_, ()>) {
        let Some((caller, request)) = LogRequest::decode(caller, request, cx) else { return };
        match request {
            LogRequest::Send(key, message) => {
                let offset = self.logs.end(&key);
                self.logs.add(&key, offset, message, cx.disk());
                cx.disk().sync();
                caller.sent(offset, cx);
            }
            LogRequest::Poll(offsets) => caller.polled(self.logs.poll(&offsets, i64::MAX), cx),
            LogRequest::Commit(offsets) => {
                for (key, offset) in offsets {
                    let known = self.committed.entry(key).or_insert(offset);
                    *known = offset.max(*known);
                }
                caller.committed(cx);
            }
            LogRequest::List(keys) => caller.listed(
                {
                    let known = |key: String| Some((key.clone(), *self.committed.get(&key)?));
                    keys.into_iter().filter_map(known).collect()
                },
                cx,
            ),
        }
    }
}
