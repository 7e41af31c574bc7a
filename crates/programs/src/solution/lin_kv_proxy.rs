//! A linearizable key-value store without a store: every request is forwarded to `lin-kv`.
//!
//! Idea: the service is linearizable, and a request takes effect there between its forwarding and
//! the service's reply, which both lie between the client's request and its reply. Nothing is
//! retried: a write or a compare-and-set whose reply was lost may have been carried out, and a
//! second one could undo what came after the first. The client times out instead, and counts the
//! outcome as unknown.
//!
//! ```text
//!   client  write ├───────────────────────────────┤ ok
//!   node           └► write ──┐          ┌─► reply
//!   lin-kv                    └─ effect ─┘
//! ```
//!
//! Cost: two messages per operation besides those of the client.
//! Survives: every fault.
//! A node keeps nothing. Faults reach messages between nodes (`network.scope = "nodes"`, the
//! default), and there are none. Where the network duplicates requests to services, it repeats
//! writes on its own, which no node can prevent.

use std::collections::BTreeMap;

use super::kv_request::{KvCaller, KvReply, KvRequest};
use super::{Build, Options};
use crate::glomers::{Call, Caller, Cx, Request, Server};
use crate::glomers::{ErrorCode, Service, ServiceReply, ServiceRequest};

/// Maximum number of requests that wait for the service: the oldest give way.
const WAITING_MAX: usize = 10_000;

/// A node that forwards requests.
#[derive(Debug, Default)]
pub(super) struct LinKvProxy {
    waiting: BTreeMap<Call, KvCaller>,
}

impl Build for LinKvProxy {
    fn build(_: &Options) -> LinKvProxy {
        LinKvProxy::default()
    }
}

impl Server for LinKvProxy {
    type Peer = ();

    fn request(&mut self, caller: Caller, request: Request, cx: &mut Cx<'_, ()>) {
        let Some((caller, request)) = KvRequest::decode(caller, request, cx) else { return };
        let request = match request {
            KvRequest::Read { key } => ServiceRequest::Read { key },
            KvRequest::Write { key, value } => ServiceRequest::Write { key, value },
            KvRequest::Cas { key, from, to } => {
                ServiceRequest::Cas { key, from, to, create: false }
            }
        };
        let call = cx.call(Service::LinKv, request);
        self.waiting.insert(call, caller);
        if self.waiting.len() > WAITING_MAX {
            self.waiting.pop_first();
        }
    }

    fn answer(&mut self, call: Call, answer: ServiceReply, cx: &mut Cx<'_, ()>) {
        // Any other reply is a duplicate.
        let Some(caller) = self.waiting.remove(&call) else { return };
        match answer {
            ServiceReply::Value(value) => caller.reply(KvReply::Value(value), cx),
            ServiceReply::Written => caller.reply(KvReply::Written, cx),
            ServiceReply::Swapped => caller.reply(KvReply::Swapped, cx),
            ServiceReply::Error(error) => caller.fail(error.code, error.text, cx),
            ServiceReply::Ts(_) => {
                caller.fail(ErrorCode::CRASH, "lin-kv replied with a timestamp", cx);
            }
        }
    }
}
