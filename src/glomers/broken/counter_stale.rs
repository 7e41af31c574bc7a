//! A broken counter: what `seq-kv` answers is taken for the present.
//!
//! Mistake: each node has its total under its own key, and a read is the sum of all keys, without a
//! change before it. A node that has changed nothing for a while is answered from an old state, and
//! more nodes make for more such nodes.
//! Config: glomers/4-g-counter
//! --set nodes=9
//! Caught by: out-of-range

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Build, Options};
use crate::glomers::protocol::{Answer, Question, Reply, Request, Service};
use crate::glomers::server::{Call, Caller, Cx, Server};
use crate::node::NodeId;

#[derive(Debug, Default)]
pub(super) struct Stale {
    total: u64,
    adding: BTreeMap<Call, Caller>,
    reading: BTreeMap<Call, Sum>,
}

/// A sum under way.
#[derive(Clone, Copy, Debug)]
struct Sum {
    caller: Caller,
    node: NodeId,
    so_far: u64,
}

impl Build for Stale {
    fn build(_: &Options) -> Stale {
        Stale::default()
    }
}

impl Stale {
    fn read(&mut self, sum: Sum, cx: &mut Cx<'_, ()>) {
        let call = cx.call(Service::SeqKv, Question::Read { key: key_of(sum.node) });
        self.reading.insert(call, sum);
    }
}

impl Server for Stale {
    type Peer = ();

    fn request(&mut self, caller: Caller, request: Request, cx: &mut Cx<'_, ()>) {
        match request {
            Request::Add(delta) => {
                self.total += delta.unsigned_abs();
                let (key, value) = (key_of(cx.me()), json!(self.total));
                let call = cx.call(Service::SeqKv, Question::Write { key, value });
                self.adding.insert(call, caller);
            }
            Request::Read => self.read(Sum { caller, node: NodeId(0), so_far: 0 }, cx),
            _ => cx.refuse(caller),
        }
    }

    fn answer(&mut self, call: Call, answer: Answer, cx: &mut Cx<'_, ()>) {
        if let Some(caller) = self.adding.remove(&call) {
            cx.reply(caller, Reply::AddOk);
        }
        let Some(mut sum) = self.reading.remove(&call) else { return };
        if let Answer::Value(value) = answer {
            sum.so_far += value.as_u64().unwrap_or(0);
        }
        sum.node.0 += 1;
        if cx.servers().any(|node| node == sum.node) {
            self.read(sum, cx);
        } else {
            cx.reply(sum.caller, Reply::CountOk(sum.so_far as i64));
        }
    }
}

fn key_of(node: NodeId) -> Value {
    json!(format!("total-{node}"))
}
