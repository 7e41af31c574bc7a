//! A broken counter: additions count once, if they come in order.
//!
//! Mistake: additions are numbered, so that a duplicate is detected; but whatever has a number
//! below
//! the highest that was seen is taken for a duplicate, also if it was only reordered.
//! Config: glomers/pn-counter
//! --set nemesis.kinds=[]
//! --set network.latency={ exponential = "100ms" }
//! Caught by: out-of-range

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Build, Options};
use crate::glomers::Peer;
use crate::glomers::{Caller, Cx, Server};
use crate::glomers::{Reply, Request};
use crate::node::NodeId;

#[derive(Debug, Default)]
pub(super) struct Numbered {
    value: i64,
    number: u64,
    seen: BTreeMap<NodeId, u64>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Add(u64, i64);

impl Peer for Add {}

impl Build for Numbered {
    fn build(_: &Options) -> Numbered {
        Numbered::default()
    }
}

impl Server for Numbered {
    type Peer = Add;

    fn request(&mut self, caller: Caller, request: Request, cx: &mut Cx<'_, Add>) {
        match request {
            Request::Add(delta) => {
                self.value += delta;
                self.number += 1;
                for peer in cx.peers() {
                    cx.send(peer, Add(self.number, delta));
                }
                cx.reply(caller, Reply::AddOk);
            }
            Request::Read => cx.reply(caller, Reply::CountOk(self.value)),
            _ => cx.refuse(caller),
        }
    }

    fn peer(&mut self, from: NodeId, Add(number, delta): Add, _: &mut Cx<'_, Add>) {
        let seen = self.seen.entry(from).or_default();
        if number > *seen {
            *seen = number;
            self.value += delta;
        }
    }
}
