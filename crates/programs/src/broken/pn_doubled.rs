//! A broken counter: additions that the network duplicates count twice.
//!
//! Mistake: what is added goes to all others as it is, with nothing that distinguishes one addition
//! from another, or a message from its duplicate.
//! Config: glomers/pn-counter
//! --set nemesis.kinds=[]
//! --set network.duplication=0.2
//! Caught by: out-of-range

use serde::{Deserialize, Serialize};

use super::{Build, Options};
use crate::glomers::Peer;
use crate::glomers::{Caller, Cx, Server};
use crate::glomers::{Reply, Request};
use crate::node::NodeId;

#[derive(Debug)]
pub(super) struct Duplicated {
    value: i64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Add(i64);

impl Peer for Add {}

impl Build for Duplicated {
    fn build(_: &Options) -> Duplicated {
        Duplicated { value: 0 }
    }
}

impl Server for Duplicated {
    type Peer = Add;

    fn request(&mut self, caller: Caller, request: Request, cx: &mut Cx<'_, Add>) {
        match request {
            Request::Add(delta) => {
                self.value += delta;
                for peer in cx.peers() {
                    cx.send(peer, Add(delta));
                }
                cx.reply(caller, Reply::AddOk);
            }
            Request::Read => cx.reply(caller, Reply::CountOk(self.value)),
            _ => cx.refuse(caller),
        }
    }

    fn peer(&mut self, _: NodeId, Add(delta): Add, _: &mut Cx<'_, Add>) {
        self.value += delta;
    }
}
