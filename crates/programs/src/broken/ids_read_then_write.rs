//! Broken unique ids: a common counter without compare-and-set.
//!
//! Mistake: the counter is in `lin-kv`; a node reads it, and writes one more. Two nodes that read
//! before either has written make the same id.
//! Config: glomers/2-unique-ids
//! --set duration=5s
//! Caught by: duplicate-id

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Build, Options};
use crate::glomers::{Call, Caller, Cx, Server};
use crate::glomers::{ErrorCode, Reply, Request, Service, ServiceReply, ServiceRequest};

#[derive(Debug)]
pub(super) struct ReadThenWrite {
    reading: BTreeMap<Call, Caller>,
    writing: BTreeMap<Call, (Caller, u64)>,
}

impl Build for ReadThenWrite {
    fn build(_: &Options) -> ReadThenWrite {
        ReadThenWrite { reading: BTreeMap::new(), writing: BTreeMap::new() }
    }
}

impl Server for ReadThenWrite {
    type Peer = ();

    fn request(&mut self, caller: Caller, request: Request, cx: &mut Cx<'_, ()>) {
        match request {
            Request::Generate => {
                let call = cx.call(Service::LinKv, ServiceRequest::Read { key: json!("next") });
                self.reading.insert(call, caller);
            }
            _ => cx.refuse(caller),
        }
    }

    fn answer(&mut self, call: Call, answer: ServiceReply, cx: &mut Cx<'_, ()>) {
        if let Some(caller) = self.reading.remove(&call) {
            let next = match answer {
                ServiceReply::Value(value) => value.as_u64().unwrap_or(0),
                _ => 0,
            };
            let request = ServiceRequest::Write { key: json!("next"), value: json!(next + 1) };
            let call = cx.call(Service::LinKv, request);
            self.writing.insert(call, (caller, next));
        } else if let Some((caller, id)) = self.writing.remove(&call) {
            match answer {
                ServiceReply::Written => cx.reply(caller, Reply::GenerateOk(Value::from(id))),
                _ => cx.fail(caller, ErrorCode::TEMPORARILY_UNAVAILABLE, "not written"),
            }
        }
    }
}
