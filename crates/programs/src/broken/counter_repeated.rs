//! A broken counter: an addition that is repeated is added again.
//!
//! Mistake: what is added goes to all others and is retried until they acknowledge it, which is
//! correct; but they do not detect that they have it when it was the acknowledgement that was lost.
//! Config: glomers/4-g-counter
//! --set nemesis.kinds=[]
//! --set network.loss=0.1
//! Caught by: out-of-range

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Build, Options};
use crate::engine::time::Duration;
use crate::glomers::Peer;
use crate::glomers::{Caller, Cx, Server};
use crate::glomers::{Reply, Request};
use crate::node::{NodeId, Timer};

/// The time between two retries.
const REPEAT: Duration = Duration::from_seconds(1);

#[derive(Debug, Default)]
pub(super) struct Repeated {
    value: i64,
    number: u64,
    open: BTreeMap<(NodeId, u64), i64>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) enum Talk {
    /// An addition, and its number.
    Add(u64, i64),
    Ack(u64),
}

impl Peer for Talk {}

impl Build for Repeated {
    fn build(_: &Options) -> Repeated {
        Repeated::default()
    }
}

impl Server for Repeated {
    type Peer = Talk;

    fn start(&mut self, cx: &mut Cx<'_, Talk>) {
        cx.set_timer(REPEAT);
    }

    fn request(&mut self, caller: Caller, request: Request, cx: &mut Cx<'_, Talk>) {
        match request {
            Request::Add(delta) => {
                self.value += delta;
                self.number += 1;
                for peer in cx.peers() {
                    self.open.insert((peer, self.number), delta);
                    cx.send(peer, Talk::Add(self.number, delta));
                }
                cx.reply(caller, Reply::AddOk);
            }
            Request::Read => cx.reply(caller, Reply::CountOk(self.value)),
            _ => cx.refuse(caller),
        }
    }

    fn peer(&mut self, from: NodeId, talk: Talk, cx: &mut Cx<'_, Talk>) {
        match talk {
            Talk::Add(number, delta) => {
                self.value += delta;
                cx.send(from, Talk::Ack(number));
            }
            Talk::Ack(number) => drop(self.open.remove(&(from, number))),
        }
    }

    fn timer(&mut self, _: Timer, cx: &mut Cx<'_, Talk>) {
        for ((peer, number), delta) in &self.open {
            cx.send(*peer, Talk::Add(*number, *delta));
        }
        cx.set_timer(REPEAT);
    }
}
