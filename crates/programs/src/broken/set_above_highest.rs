//! A broken set: elements are expected in order.
//!
//! Mistake: a node asks others for all elements above the highest that it has, as if it had all
//! below. Elements that another node received in the meantime are below, and never asked for.
//! Config: glomers/g-set
//! --set nemesis.kinds=[]
//! Caught by: missing-at-node

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Build, Options};
use crate::engine::time::Duration;
use crate::glomers::Peer;
use crate::glomers::{Caller, Cx, Server};
use crate::glomers::{Reply, Request};
use crate::node::{NodeId, Timer};

/// The time between two requests to the same node.
const INTERVAL: Duration = Duration::from_ms(500);

#[derive(Debug)]
pub(super) struct AboveHighest {
    elements: BTreeSet<i64>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) enum Talk {
    /// Asks for all elements above this one.
    Ask(i64),
    Tell(Vec<i64>),
}

impl Peer for Talk {}

impl Build for AboveHighest {
    fn build(_: &Options) -> AboveHighest {
        AboveHighest { elements: BTreeSet::new() }
    }
}

impl Server for AboveHighest {
    type Peer = Talk;

    fn start(&mut self, cx: &mut Cx<'_, Talk>) {
        cx.set_timer(INTERVAL);
    }

    fn request(&mut self, caller: Caller, request: Request, cx: &mut Cx<'_, Talk>) {
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

    fn peer(&mut self, from: NodeId, talk: Talk, cx: &mut Cx<'_, Talk>) {
        match talk {
            Talk::Ask(highest) => {
                let above = self.elements.range(highest.saturating_add(1)..);
                cx.send(from, Talk::Tell(above.copied().collect()));
            }
            Talk::Tell(elements) => self.elements.extend(elements),
        }
    }

    fn timer(&mut self, _: Timer, cx: &mut Cx<'_, Talk>) {
        let highest = self.elements.last().copied().unwrap_or(-1);
        for peer in cx.peers() {
            cx.send(peer, Talk::Ask(highest));
        }
        cx.set_timer(INTERVAL);
    }
}
