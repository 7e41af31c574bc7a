//! A broken log: a poll returns the newest messages.
//!
//! Mistake: a reply to a poll has the last two messages of a log, not the next ones.
//! Config: glomers/5a
//! --set duration=5s
//! Caught by: poll-skip

use super::{Build, Options};
use crate::glomers::{Caller, Cx, Request, Server};
use crate::solution::{LogRequest, Logs};

#[derive(Debug, Default)]
pub(super) struct PollSkips {
    logs: Logs,
}

impl Build for PollSkips {
    fn build(_: &Options) -> PollSkips {
        PollSkips::default()
    }
}

impl Server for PollSkips {
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
            LogRequest::Poll(mut offsets) => {
                for (key, offset) in &mut offsets {
                    *offset = (self.logs.end(key) - 2).max(*offset);
                }
                caller.polled(self.logs.poll(&offsets, i64::MAX), cx)
            }
            LogRequest::Commit(offsets) => {
                self.logs.commit(&offsets, cx.disk());
                cx.disk().sync();
                caller.committed(cx);
            }
            LogRequest::List(keys) => caller.listed(self.logs.committed(&keys), cx),
        }
    }
}
