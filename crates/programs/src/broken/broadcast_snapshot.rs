//! A broken broadcast: reads of a second ago.
//!
//! Mistake: reads are answered from a copy that is made once a second, so a client whose value has
//! just been acknowledged does not find it at the same node.
//! Config: glomers/3b
//! Caught by: not-visible-at-origin

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Build, Options};
use crate::engine::time::Duration;
use crate::glomers::Peer;
use crate::glomers::{Caller, Cx, Server};
use crate::glomers::{Reply, Request};
use crate::node::{NodeId, Timer};

/// The time between two copies.
const REFRESH: Duration = Duration::from_seconds(1);

#[derive(Debug, Default)]
pub(super) struct Snapshot {
    values: BTreeSet<i64>,
    copy: Vec<i64>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Tell(i64);

impl Peer for Tell {}

impl Build for Snapshot {
    fn build(_: &Options) -> Snapshot {
        Snapshot::default()
    }
}

impl Server for Snapshot {
    type Peer = Tell;

    fn start(&mut self, cx: &mut Cx<'_, Tell>) {
        cx.set_timer(REFRESH);
    }

    fn request(&mut self, caller: Caller, request: Request, cx: &mut Cx<'_, Tell>) {
        match request {
            Request::Broadcast(value) => {
                self.values.insert(value);
                for peer in cx.peers() {
                    cx.send(peer, Tell(value));
                }
                cx.reply(caller, Reply::BroadcastOk);
            }
            Request::Read => cx.reply(caller, Reply::ReadOk(self.copy.clone())),
            _ => cx.refuse(caller),
        }
    }

    fn peer(&mut self, _: NodeId, Tell(value): Tell, _: &mut Cx<'_, Tell>) {
        self.values.insert(value);
    }

    fn timer(&mut self, _: Timer, cx: &mut Cx<'_, Tell>) {
        self.copy = self.values.iter().copied().collect();
        cx.set_timer(REFRESH);
    }
}
