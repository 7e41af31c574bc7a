//! A broken counter: what `seq-kv` answers is taken for the present.
//!
//! Mistake: the counter is one key, and additions are made by compare-and-set, which is correct.
//! But a read is what the store replies, with no change before it: a node that has changed nothing
//! for a while is answered from a stale state, and more nodes make for more such nodes.
//! Config: glomers/4-g-counter
//! --set nodes=9
//! Caught by: out-of-range

use std::collections::BTreeMap;

use serde_json::json;

use super::{Build, Options};
use crate::glomers::{Call, Caller, Cx, Server};
use crate::glomers::{Reply, Request, Service, ServiceReply, ServiceRequest};

#[derive(Debug, Default)]
pub(super) struct Stale {
    open: BTreeMap<Call, (Caller, Step)>,
}

/// The purpose of a request.
#[derive(Clone, Copy, Debug)]
enum Step {
    Read,
    /// Reads the value to which this is to be added.
    ReadToAdd(i64),
    Add(i64),
}

impl Build for Stale {
    fn build(_: &Options) -> Stale {
        Stale::default()
    }
}

impl Stale {
    fn read(&mut self, caller: Caller, step: Step, cx: &mut Cx<'_, ()>) {
        let call = cx.call(Service::SeqKv, ServiceRequest::Read { key: json!("counter") });
        self.open.insert(call, (caller, step));
    }
}

impl Server for Stale {
    type Peer = ();

    fn request(&mut self, caller: Caller, request: Request, cx: &mut Cx<'_, ()>) {
        match request {
            Request::Add(delta) => self.read(caller, Step::ReadToAdd(delta), cx),
            Request::Read => self.read(caller, Step::Read, cx),
            _ => cx.refuse(caller),
        }
    }

    fn answer(&mut self, call: Call, answer: ServiceReply, cx: &mut Cx<'_, ()>) {
        let Some((caller, step)) = self.open.remove(&call) else { return };
        let counter = match &answer {
            ServiceReply::Value(value) => value.as_i64().unwrap_or(0),
            _ => 0,
        };
        match step {
            Step::Read => cx.reply(caller, Reply::CountOk(counter)),
            Step::ReadToAdd(delta) => {
                let (key, from, to) = (json!("counter"), json!(counter), json!(counter + delta));
                let request = ServiceRequest::Cas { key, from, to, create: true };
                let call = cx.call(Service::SeqKv, request);
                self.open.insert(call, (caller, Step::Add(delta)));
            }
            Step::Add(_) if answer == ServiceReply::Swapped => cx.reply(caller, Reply::AddOk),
            Step::Add(delta) => self.read(caller, Step::ReadToAdd(delta), cx),
        }
    }
}
