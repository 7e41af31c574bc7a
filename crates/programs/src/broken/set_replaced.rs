//! A broken set: the larger one wins.
//!
//! Mistake: nodes send each other their whole sets, and a node that receives a larger one replaces
//! its own with it, and loses all that only it had.
//! Config: glomers/g-set
//! --set nemesis.kinds=[]
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
const INTERVAL: Duration = Duration::from_ms(500);

#[derive(Debug)]
pub(super) struct Replaced {
    elements: BTreeSet<i64>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct All(BTreeSet<i64>);

impl Peer for All {}

impl Build for Replaced {
    fn build(_: &Options) -> Replaced {
        Replaced { elements: BTreeSet::new() }
    }
}

impl Server for Replaced {
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
        if elements.len() > self.elements.len() {
            self.elements = elements;
        }
    }

    fn timer(&mut self, _: Timer, cx: &mut Cx<'_, All>) {
        for peer in cx.peers() {
            cx.send(peer, All(self.elements.clone()));
        }
        cx.set_timer(INTERVAL);
    }
}
