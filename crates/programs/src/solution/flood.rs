//! Challenge 3b, broadcast by flooding (gossip without retry): the naive node, for comparison.
//!
//! Idea: a value that is new to a node goes to all its neighbours but the one it came from.
//! Cost: on a tree one message per node and value, on other shapes one per edge or more.
//! Survives: pause, slow, skew, duplication.
//! It sends everything once, without acknowledgement or retry, and keeps it in memory, so values
//! that a partition or a loss takes are never sent again, and those that a crash takes are gone.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Build, Options};
use crate::glomers::{Caller, Cx, Server};
use crate::glomers::{Peer, Word};
use crate::glomers::{Reply, Request};
use crate::node::NodeId;

/// The values that a node knows.
#[derive(Debug, Default)]
pub(super) struct Flood {
    values: BTreeSet<i64>,
    neighbours: Vec<NodeId>,
}

/// A value that may be new.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Tell(i64);

impl Peer for Tell {
    const WORD: Option<Word<Tell>> = Some((|m| m.0.cast_unsigned(), |w| Tell(w.cast_signed())));

    fn kind(&self) -> &'static str {
        "tell"
    }
}

impl Build for Flood {
    fn build(_: &Options) -> Flood {
        Flood::default()
    }
}

impl Flood {
    fn learn(&mut self, value: i64, from: Option<NodeId>, cx: &mut Cx<'_, Tell>) {
        if self.values.insert(value) {
            for neighbour in self.neighbours.iter().filter(|id| Some(**id) != from) {
                cx.send(*neighbour, Tell(value));
            }
        }
    }
}

impl Server for Flood {
    type Peer = Tell;

    fn topology(&mut self, neighbours: &[NodeId], _: &mut Cx<'_, Tell>) {
        self.neighbours = neighbours.to_vec();
    }

    fn request(&mut self, caller: Caller, request: Request, cx: &mut Cx<'_, Tell>) {
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

    fn peer(&mut self, from: NodeId, Tell(value): Tell, cx: &mut Cx<'_, Tell>) {
        self.learn(value, Some(from), cx);
    }
}
