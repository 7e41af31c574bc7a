//! A broken counter: one key for all, without compare-and-set.
//!
//! Mistake: a node reads the counter from `lin-kv`, adds, and writes the sum. Of two nodes that
//! read before either has written, one loses its update.
//! Config: glomers/4-g-counter
//! Caught by: out-of-range

use std::collections::BTreeMap;

use serde_json::json;

use super::{Build, Options};
use crate::glomers::{Call, Caller, Cx, Server};
use crate::glomers::{Reply, Request, Service, ServiceReply, ServiceRequest};

#[derive(Debug, Default)]
pub(super) struct Shared {
    /// The callers that wait for the counter, each with what is to be added then, if anything.
    reading: BTreeMap<Call, (Caller, Option<i64>)>,
    writing: BTreeMap<Call, Caller>,
}

impl Build for Shared {
    fn build(_: &Options) -> Shared {
        Shared::default()
    }
}

impl Server for Shared {
    type Peer = ();

    fn request(&mut self, caller: Caller, request: Request, cx: &mut Cx<'_, ()>) {
        let delta = match request {
            Request::Add(delta) => Some(delta),
            Request::Read => None,
            _ => return cx.refuse(caller),
        };
        let call = cx.call(Service::LinKv, ServiceRequest::Read { key: json!("counter") });
        self.reading.insert(call, (caller, delta));
    }

    fn answer(&mut self, call: Call, answer: ServiceReply, cx: &mut Cx<'_, ()>) {
        if let Some(caller) = self.writing.remove(&call) {
            return cx.reply(caller, Reply::AddOk);
        }
        let Some((caller, delta)) = self.reading.remove(&call) else { return };
        let counter = match answer {
            ServiceReply::Value(value) => value.as_i64().unwrap_or(0),
            _ => 0,
        };
        match delta {
            None => cx.reply(caller, Reply::CountOk(counter)),
            Some(delta) => {
                let (key, value) = (json!("counter"), json!(counter + delta));
                let call = cx.call(Service::LinKv, ServiceRequest::Write { key, value });
                self.writing.insert(call, caller);
            }
        }
    }
}
