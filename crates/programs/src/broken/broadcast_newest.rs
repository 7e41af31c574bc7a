//! A broken broadcast: a buffer that is full.
//!
//! Mistake: the node keeps the values of its own clients, but has room for 20 values of others and
//! evicts the oldest for a new one, so what a client has read once is gone later.
//! Config: glomers/3b
//! Caught by: vanished

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::{Build, Options};
use crate::glomers::Peer;
use crate::glomers::{Caller, Cx, Server};
use crate::glomers::{Reply, Request};
use crate::node::NodeId;

/// Maximum number of values of others that are kept.
const PLACE: usize = 20;

#[derive(Debug, Default)]
pub(super) struct Newest {
    own: Vec<i64>,
    told: VecDeque<i64>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Tell(i64);

impl Peer for Tell {}

impl Build for Newest {
    fn build(_: &Options) -> Newest {
        Newest::default()
    }
}

impl Server for Newest {
    type Peer = Tell;

    fn request(&mut self, caller: Caller, request: Request, cx: &mut Cx<'_, Tell>) {
        match request {
            Request::Broadcast(value) => {
                self.own.push(value);
                for peer in cx.peers() {
                    cx.send(peer, Tell(value));
                }
                cx.reply(caller, Reply::BroadcastOk);
            }
            Request::Read => {
                let values = self.own.iter().chain(&self.told).copied().collect();
                cx.reply(caller, Reply::ReadOk(values));
            }
            _ => cx.refuse(caller),
        }
    }

    fn peer(&mut self, _: NodeId, Tell(value): Tell, _: &mut Cx<'_, Tell>) {
        if self.told.len() == PLACE {
            self.told.pop_front();
        }
        self.told.push_back(value);
    }
}
