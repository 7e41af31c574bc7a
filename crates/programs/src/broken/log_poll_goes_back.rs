//! A broken log: a poll begins with a message that was read before.
//!
//! Mistake: the offset of a poll is taken for that of the last message that was read.
//! Config: glomers/5a
//! --set duration=5s
//! Caught by: nonmonotonic-poll

use super::{Build, Options};
use crate::glomers::{Caller, Cx, Request, Server};
use crate::solution::{LogRequest, Logs};

#[derive(Debug, Default)]
pub(super) struct PollGoesBack {
    logs: Logs,
}

impl Build for PollGoesBack {
    fn build(_: &Options) -> PollGoesBack {
        PollGoesBack::default()
    }
}

impl Server for PollGoesBack {
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
                offsets.values_mut().for_each(|offset| *offset -= 1);
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
