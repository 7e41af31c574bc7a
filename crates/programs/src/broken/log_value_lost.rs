//! A broken log: old messages are dropped before they are read.
//!
//! Mistake: a log keeps its last four messages; earlier ones are gone, whether they were read or
//! not.
//! Config: glomers/5a
//! --set duration=5s
//! Caught by: lost-write

use super::{Build, Options};
use crate::glomers::{Caller, Cx, Request, Server};
use crate::solution::{LogRequest, Logs};

#[derive(Debug, Default)]
pub(super) struct ValueLost {
    logs: Logs,
}

impl Build for ValueLost {
    fn build(_: &Options) -> ValueLost {
        ValueLost::default()
    }
}

impl Server for ValueLost {
    type Peer = ();

    fn request(&mut self, caller: Caller, request: Request, cx: &mut Cx<'_, ()>) {
        let Some((caller, request)) = LogRequest::decode(caller, request, cx) else { return };
        match request {
            LogRequest::Send(key, message) => {
                let offset = self.logs.end(&key);
                self.logs.insert(&key, offset, message);
                caller.sent(offset, cx);
            }
            LogRequest::Poll(mut offsets) => {
                for (key, offset) in &mut offsets {
                    *offset = (self.logs.end(key) - 4).max(*offset);
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
