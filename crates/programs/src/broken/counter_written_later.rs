//! A broken counter: acknowledged first, written later.
//!
//! Mistake: a node sums up in memory and writes its total to `lin-kv` every two seconds. After a
//! crash it continues from there, without what it has acknowledged since.
//! Config: glomers/4-g-counter
//! --set nemesis.kinds=[]
//! --set nemesis.faults=[{ at = "11900ms", until = "13s", crash = ["n1"] }]
//! Caught by: out-of-range

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Build, Options};
use crate::engine::time::Duration;
use crate::glomers::{Call, Caller, Cx, Server};
use crate::glomers::{Reply, Request, Service, ServiceReply, ServiceRequest};
use crate::node::{NodeId, Timer};

/// The time between two writes.
const INTERVAL: Duration = Duration::from_seconds(2);

#[derive(Debug, Default)]
pub(super) struct WrittenLater {
    /// Indexed by node.
    totals: Vec<i64>,
    asked: BTreeMap<Call, NodeId>,
}

impl Build for WrittenLater {
    fn build(_: &Options) -> WrittenLater {
        WrittenLater::default()
    }
}

impl WrittenLater {
    fn ask(&mut self, node: NodeId, cx: &mut Cx<'_, ()>) {
        let call = cx.call(Service::LinKv, ServiceRequest::Read { key: key_of(cx.name(node)) });
        self.asked.insert(call, node);
    }
}

impl Server for WrittenLater {
    type Peer = ();

    fn start(&mut self, cx: &mut Cx<'_, ()>) {
        self.totals = cx.servers().map(|_| 0).collect();
        self.ask(cx.me(), cx);
        cx.set_timer(INTERVAL);
    }

    fn request(&mut self, caller: Caller, request: Request, cx: &mut Cx<'_, ()>) {
        match request {
            Request::Add(delta) => {
                self.totals[cx.me().index()] += delta;
                cx.reply(caller, Reply::AddOk);
            }
            Request::Read => cx.reply(caller, Reply::CountOk(self.totals.iter().sum())),
            _ => cx.refuse(caller),
        }
    }

    fn answer(&mut self, call: Call, answer: ServiceReply, _: &mut Cx<'_, ()>) {
        if let (Some(node), ServiceReply::Value(value)) = (self.asked.remove(&call), answer) {
            let total = &mut self.totals[node.index()];
            *total = value.as_i64().unwrap_or(0).max(*total);
        }
    }

    fn timer(&mut self, _: Timer, cx: &mut Cx<'_, ()>) {
        let (key, value) = (key_of(cx.name(cx.me())), json!(self.totals[cx.me().index()]));
        cx.call(Service::LinKv, ServiceRequest::Write { key, value });
        for peer in cx.peers() {
            self.ask(peer, cx);
        }
        cx.set_timer(INTERVAL);
    }
}

fn key_of(name: &str) -> Value {
    json!(format!("total-{name}"))
}
