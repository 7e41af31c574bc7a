//! A broken broadcast: what is not acknowledged is sent once more, and then forgotten.
//!
//! Mistake: a value that a neighbour has not acknowledged after a while is sent a second time, and
//! never again; what a partition takes twice stays lost.
//! Config: glomers/3c
//! --set nemesis.kinds=[]
//! --set nemesis.faults=[{ at = "2s", until = "9s", partition = [["n0"], ["n1","n2","n3","n4"]] }]
//! Caught by: lost

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Build, Options};
use crate::engine::time::Duration;
use crate::glomers::Peer;
use crate::glomers::{Caller, Cx, Server};
use crate::glomers::{Reply, Request};
use crate::node::{NodeId, Timer};

/// Time after which a value that was not acknowledged is sent once more.
const PATIENCE: Duration = Duration::from_ms(500);

#[derive(Debug, Default)]
pub(super) struct RetriedOnce {
    values: BTreeSet<i64>,
    neighbours: Vec<NodeId>,
    /// Values that were sent once, by the timers of their retries.
    unacknowledged: BTreeMap<Timer, (NodeId, i64)>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) enum Gossip {
    Tell(i64),
    Ack(i64),
}

impl Peer for Gossip {
    fn kind(&self) -> &'static str {
        match self {
            Gossip::Tell(_) => "tell",
            Gossip::Ack(_) => "tell_ok",
        }
    }
}

impl Build for RetriedOnce {
    fn build(_: &Options) -> RetriedOnce {
        RetriedOnce::default()
    }
}

impl RetriedOnce {
    fn learn(&mut self, value: i64, from: Option<NodeId>, cx: &mut Cx<'_, Gossip>) {
        if self.values.insert(value) {
            for neighbour in self.neighbours.iter().filter(|id| Some(**id) != from) {
                cx.send(*neighbour, Gossip::Tell(value));
                self.unacknowledged.insert(cx.set_timer(PATIENCE), (*neighbour, value));
            }
        }
    }
}

impl Server for RetriedOnce {
    type Peer = Gossip;

    fn topology(&mut self, neighbours: &[NodeId], _: &mut Cx<'_, Gossip>) {
        self.neighbours = neighbours.to_vec();
    }

    fn request(&mut self, caller: Caller, request: Request, cx: &mut Cx<'_, Gossip>) {
        match request {
            Request::Broadcast(value) => {
                self.learn(value, None, cx);
                cx.reply(caller, Reply::BroadcastOk);
            }
            Request::Read => {
                cx.reply(caller, Reply::ReadOk(self.values.iter().copied().collect()));
            }
            _ => cx.refuse(caller),
        }
    }

    fn peer(&mut self, from: NodeId, message: Gossip, cx: &mut Cx<'_, Gossip>) {
        match message {
            Gossip::Tell(value) => {
                self.learn(value, Some(from), cx);
                cx.send(from, Gossip::Ack(value));
            }
            Gossip::Ack(value) => self.unacknowledged.retain(|_, sent| *sent != (from, value)),
        }
    }

    fn timer(&mut self, timer: Timer, cx: &mut Cx<'_, Gossip>) {
        if let Some((neighbour, value)) = self.unacknowledged.remove(&timer) {
            cx.send(neighbour, Gossip::Tell(value));
        }
    }
}
