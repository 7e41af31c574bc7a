//! A broken broadcast: the highest number stands for all before it.
//!
//! Mistake: each node numbers its values and retries those above the number that was acknowledged.
//! But a receiver acknowledges the highest number that it has seen, gaps or not, so a message that
//! is lost before the next one arrives is never retried.
//! Config: glomers/3b
//! --set network.loss=0.1
//! Caught by: missing-at-node

use std::collections::{BTreeMap, BTreeSet};

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
pub(super) struct Highest {
    values: BTreeSet<i64>,
    log: Vec<i64>,
    acked: BTreeMap<NodeId, usize>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) enum Talk {
    /// The entry of this number, counted from 1.
    Entry(usize, i64),
    Ack(usize),
}

impl Peer for Talk {}

impl Build for Highest {
    fn build(_: &Options) -> Highest {
        Highest::default()
    }
}

impl Server for Highest {
    type Peer = Talk;

    fn start(&mut self, cx: &mut Cx<'_, Talk>) {
        cx.set_timer(REPEAT);
    }

    fn request(&mut self, caller: Caller, request: Request, cx: &mut Cx<'_, Talk>) {
        match request {
            Request::Broadcast(value) => {
                self.values.insert(value);
                self.log.push(value);
                for peer in cx.peers() {
                    cx.send(peer, Talk::Entry(self.log.len(), value));
                }
                cx.reply(caller, Reply::BroadcastOk);
            }
            Request::Read => {
                cx.reply(caller, Reply::ReadOk(self.values.iter().copied().collect()));
            }
            _ => cx.refuse(caller),
        }
    }

    fn peer(&mut self, from: NodeId, talk: Talk, cx: &mut Cx<'_, Talk>) {
        match talk {
            Talk::Entry(number, value) => {
                self.values.insert(value);
                cx.send(from, Talk::Ack(number));
            }
            Talk::Ack(number) => {
                let acked = self.acked.entry(from).or_default();
                *acked = number.max(*acked);
            }
        }
    }

    fn timer(&mut self, _: Timer, cx: &mut Cx<'_, Talk>) {
        for peer in cx.peers() {
            let acked = self.acked.get(&peer).copied().unwrap_or(0);
            for (number, value) in (1..).zip(&self.log).skip(acked) {
                cx.send(peer, Talk::Entry(number, *value));
            }
        }
        cx.set_timer(REPEAT);
    }
}
