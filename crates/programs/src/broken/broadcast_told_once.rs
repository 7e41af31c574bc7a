//! A broken broadcast: everything is said once.
//!
//! Mistake: a value goes to all neighbours, without acknowledgement or retry; what a partition
//! takes
//! is never sent again.
//! Config: glomers/3c
//! --set nemesis.kinds=[]
//! --set nemesis.faults=[{ at = "2s", until = "9s", partition = [["n0"], ["n1","n2","n3","n4"]] }]
//! Caught by: lost

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Build, Options};
use crate::glomers::Peer;
use crate::glomers::{Caller, Cx, Server};
use crate::glomers::{Reply, Request};
use crate::node::NodeId;

#[derive(Debug, Default)]
pub(super) struct ToldOnce {
    values: BTreeSet<i64>,
    neighbours: Vec<NodeId>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Tell(i64);

impl Peer for Tell {}

impl Build for ToldOnce {
    fn build(_: &Options) -> ToldOnce {
        ToldOnce::default()
    }
}

impl ToldOnce {
    fn learn(&mut self, value: i64, cx: &mut Cx<'_, Tell>) {
        if self.values.insert(value) {
            for neighbour in &self.neighbours {
                cx.send(*neighbour, Tell(value));
            }
        }
    }
}

impl Server for ToldOnce {
    type Peer = Tell;

    fn topology(&mut self, neighbours: &[NodeId], _: &mut Cx<'_, Tell>) {
        self.neighbours = neighbours.to_vec();
    }

    fn request(&mut self, caller: Caller, request: Request, cx: &mut Cx<'_, Tell>) {
        match request {
            Request::Broadcast(value) => {
                self.learn(value, cx);
                cx.reply(caller, Reply::BroadcastOk);
            }
            Request::Read => {
                cx.reply(caller, Reply::ReadOk(self.values.iter().copied().collect()));
            }
            _ => cx.refuse(caller),
        }
    }

    fn peer(&mut self, _: NodeId, Tell(value): Tell, cx: &mut Cx<'_, Tell>) {
        self.learn(value, cx);
    }
}
