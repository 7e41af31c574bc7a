//! A broken set: gossip in the place of a disk.
//!
//! Mistake: elements are kept in memory only, since other nodes have them, too; but those that
//! arrived since the last gossip are nowhere else when a node crashes.
//! Config: glomers/g-set
//! --set nemesis.kinds=[]
//! --set nemesis.faults=[{ at = "10500ms", until = "11s", crash = ["n0", "n1", "n2"] }]
//! Caught by: lost

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Build, Options};
use crate::engine::time::Duration;
use crate::glomers::Peer;
use crate::glomers::{Caller, Cx, Server};
use crate::glomers::{Reply, Request};
use crate::node::{NodeId, Timer};

/// The time between two messages to the same node.
const INTERVAL: Duration = Duration::from_ms(800);

#[derive(Debug)]
pub(super) struct InMemory {
    elements: BTreeSet<i64>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct All(BTreeSet<i64>);

impl Peer for All {}

impl Build for InMemory {
    fn build(_: &Options) -> InMemory {
        InMemory { elements: BTreeSet::new() }
    }
}

impl Server for InMemory {
    type Peer = All;

    fn start(&mut self, cx: &mut Cx<'_, All>) {
        cx.set_timer(INTERVAL);
    }

    fn request(&mut self, caller: Caller, request: Request, cx: &mut Cx<'_, All>) {
        match request {
            Request::Add(element) => {
                self.elements.insert(element);
                cx.reply(caller, Reply::AddOk);
            }
            Request::Read => {
                cx.reply(caller, Reply::ReadOk(self.elements.iter().copied().collect()));
            }
            _ => cx.refuse(caller),
        }
    }

    fn peer(&mut self, _: NodeId, All(elements): All, _: &mut Cx<'_, All>) {
        self.elements.extend(elements);
    }

    fn timer(&mut self, _: Timer, cx: &mut Cx<'_, All>) {
        for peer in cx.peers() {
            cx.send(peer, All(self.elements.clone()));
        }
        cx.set_timer(INTERVAL);
    }
}
