//! Challenge 5a, a log on a single node: logs in memory, and on the disk before anything is
//! acknowledged.
//!
//! Idea: the offset of a message is its place in the log of its key. A commit never moves an offset
//! back. Nothing is shared with other nodes: of several nodes each would have logs of its own.
//! Cost: no message between nodes; two per request.
//! Survives: crash, pause, slow, skew, loss, duplication.
//! With a single node there are no partitions. Not wipe: the only copy would be lost.

use super::log_request::LogRequest;
use super::logs::Logs;
use super::{Build, Options};
use crate::glomers::{Caller, Cx, Request, Server};

/// A node with all logs.
#[derive(Debug, Default)]
pub(super) struct LogSingle {
    logs: Logs,
}

impl Build for LogSingle {
    fn build(_: &Options) -> LogSingle {
        LogSingle::default()
    }
}

impl Server for LogSingle {
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
                self.logs.commit(&offsets, cx.disk());
                cx.disk().sync();
                caller.committed(cx);
            }
            LogRequest::List(keys) => caller.listed(self.logs.committed(&keys), cx),
        }
    }
}
