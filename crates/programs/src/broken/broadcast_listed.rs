//! A broken broadcast: a list in the place of a set.
//!
//! Mistake: values of other nodes are appended to a list without deduplication. This works until
//! the network duplicates a message.
//! Config: glomers/3b
//! --set network.duplication=0.2
//! Caught by: duplicate-in-read

use serde::{Deserialize, Serialize};

use super::{Build, Options};
use crate::glomers::Peer;
use crate::glomers::{Caller, Cx, Server};
use crate::glomers::{Reply, Request};
use crate::node::NodeId;

#[derive(Debug)]
pub(super) struct Listed {
    values: Vec<i64>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Tell(i64);

impl Peer for Tell {}

impl Build for Listed {
    fn build(_: &Options) -> Listed {
        Listed { values: vec![] }
    }
}

impl Server for Listed {
    type Peer = Tell;

    fn request(&mut self, caller: Caller, request: Request, cx: &mut Cx<'_, Tell>) {
        match request {
            Request::Broadcast(value) => {
                self.values.push(value);
                for peer in cx.peers() {
                    cx.send(peer, Tell(value));
                }
                cx.reply(caller, Reply::BroadcastOk);
            }
            Request::Read => cx.reply(caller, Reply::ReadOk(self.values.clone())),
            _ => cx.refuse(caller),
        }
    }

    fn peer(&mut self, _: NodeId, Tell(value): Tell, _: &mut Cx<'_, Tell>) {
        self.values.push(value);
    }
}
