//! A grow-only set, a state-based CRDT: anti-entropy by sending the whole set to all nodes.
//!
//! Idea: the union of two sets is what both nodes know, in whatever order and however often they
//! are merged. So a node sends its whole set to all others at fixed intervals, and merges whatever
//! arrives into its own; there is nothing to acknowledge and nothing to retry. Elements are on the
//! disk before they are acknowledged or sent.
//! Cost: one message per pair of nodes and `interval`, also when idle, each as long as the set: fit
//! for small sets. An element is at all nodes after one interval and one hop.
//! Survives: partition, one-way, crash, pause, slow, skew, loss, duplication.
//! Not wipe: elements that a node acknowledged and had not yet sent are lost with its disk.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Build, Options};
use crate::engine::time::Duration;
use crate::glomers::Peer;
use crate::glomers::{Caller, Cx, Server};
use crate::glomers::{Reply, Request};
use crate::node::{NodeId, Timer};

/// A node and its elements.
#[derive(Debug)]
pub(super) struct GSet {
    interval: Duration,
    elements: BTreeSet<i64>,
}

/// All elements that a node knows.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct All(Vec<i64>);

impl Peer for All {
    fn kind(&self) -> &'static str {
        "all"
    }
}

/// The disk key of the elements, one after the other.
const ELEMENTS: &[u8] = b"elements";

/// Minimum interval: at zero, timers would fire in no time, and nothing else would happen.
const SHORTEST: Duration = Duration::from_ms(1);

impl Build for GSet {
    fn build(options: &Options) -> GSet {
        GSet { interval: options.time("interval").max(SHORTEST), elements: BTreeSet::new() }
    }
}

impl GSet {
    fn learn(&mut self, element: i64, cx: &mut Cx<'_, All>) {
        if self.elements.insert(element) {
            cx.disk().append(ELEMENTS, &element.to_le_bytes());
        }
    }

    fn all(&self) -> Vec<i64> {
        self.elements.iter().copied().collect()
    }
}

impl Server for GSet {
    type Peer = All;

    fn start(&mut self, cx: &mut Cx<'_, All>) {
        let (elements, _) = cx.disk().read(ELEMENTS).unwrap_or_default().as_chunks::<8>();
        self.elements = elements.iter().map(|bytes| i64::from_le_bytes(*bytes)).collect();
        cx.set_timer(self.interval);
    }

    fn request(&mut self, caller: Caller, request: Request, cx: &mut Cx<'_, All>) {
        match request {
            Request::Add(element) => {
                self.learn(element, cx);
                cx.disk().sync();
                cx.reply(caller, Reply::AddOk);
            }
            Request::Read => cx.reply(caller, Reply::ReadOk(self.all())),
            _ => cx.refuse(caller),
        }
    }

    fn peer(&mut self, _: NodeId, All(elements): All, cx: &mut Cx<'_, All>) {
        for element in elements {
            self.learn(element, cx);
        }
        cx.disk().sync();
    }

    fn timer(&mut self, _: Timer, cx: &mut Cx<'_, All>) {
        cx.send_to_each(cx.peers(), All(self.all()));
        cx.set_timer(self.interval);
    }
}
