//! A broken log: two nodes give one offset to two messages.
//!
//! Mistake: each node counts offsets by what it knows, and sends its messages to the other only
//! afterwards.
//! Config: glomers/5b
//! --set duration=5s
//! Caught by: inconsistent-offsets

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Build, Options};
use crate::glomers::{Caller, Cx, Peer, Request, Server};
use crate::node::NodeId;
use crate::solution::{LogRequest, Logs};

#[derive(Debug, Default)]
pub(super) struct OffsetReused {
    logs: Logs,
}

/// A message of a log, with its key and its offset.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Entry(String, i64, Value);

impl Peer for Entry {}

impl Build for OffsetReused {
    fn build(_: &Options) -> OffsetReused {
        OffsetReused::default()
    }
}

impl Server for OffsetReused {
    type Peer = Entry;

    fn request(&mut self, caller: Caller, request: Request, cx: &mut Cx<'_, Entry>) {
        let Some((caller, request)) = LogRequest::decode(caller, request, cx) else { return };
        match request {
            LogRequest::Send(key, message) => {
                let offset = self.logs.end(&key);
                self.logs.insert(&key, offset, message.clone());
                cx.send_to_each(cx.peers(), Entry(key, offset, message));
                caller.sent(offset, cx);
            }
            LogRequest::Poll(offsets) => caller.polled(self.logs.poll(&offsets, i64::MAX), cx),
            LogRequest::Commit(offsets) => {
                self.logs.commit(&offsets, cx.disk());
                caller.committed(cx);
            }
            LogRequest::List(keys) => caller.listed(self.logs.committed(&keys), cx),
        }
    }

    fn peer(&mut self, _: NodeId, Entry(key, offset, message): Entry, _: &mut Cx<'_, Entry>) {
        if offset >= self.logs.end(&key) {
            self.logs.insert(&key, offset, message);
        }
    }
}
