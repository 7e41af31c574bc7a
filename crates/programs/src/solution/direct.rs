//! Broadcast by direct fan-out: naive, and as fast as the network, for comparison.
//!
//! Idea: a client's value goes to all other nodes, once; no node relays it.
//!
//! Cost: as many messages per value as there are other nodes, and a latency of one hop.
//!
//! Survives: pause, slow, skew, duplication. It sends everything once, without retry, and keeps it
//! in memory, so values are lost to a partition, a loss or a crash.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Build, Options};
use crate::glomers::{Caller, Cx, Server};
use crate::glomers::{Peer, Word};
use crate::glomers::{Reply, Request};
use crate::node::NodeId;

/// The values that a node knows.
#[derive(Debug, Default)]
pub(super) struct Direct {
    values: BTreeSet<i64>,
}

/// A value.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Tell(i64);

impl Peer for Tell {
    const WORD: Option<Word<Tell>> = Some((|m| m.0.cast_unsigned(), |w| Tell(w.cast_signed())));

    fn kind(&self) -> &'static str {
        "tell"
    }
}

impl Build for Direct {
    fn build(_: &Options) -> Direct {
        Direct::default()
    }
}

impl Server for Direct {
    type Peer = Tell;

    fn request(&mut self, caller: Caller, request: Request, cx: &mut Cx<'_, Tell>) {
        match request {
            Request::Broadcast(value) => {
                self.values.insert(value);
                for peer in cx.peers() {
                    cx.send(peer, Tell(value));
                }
                cx.reply(caller, Reply::BroadcastOk);
            }
            Request::Read => {
                cx.reply(caller, Reply::ReadOk(self.values.iter().copied().collect()));
            }
            _ => cx.refuse(caller),
        }
    }

    fn peer(&mut self, _: NodeId, Tell(value): Tell, _: &mut Cx<'_, Tell>) {
        self.values.insert(value);
    }
}
