//! A broken broadcast: nothing is sent to other nodes.
//!
//! Mistake: there is no gossip at all. Each value is in the reads of its own node, and a checker
//! that looks at all reads together takes those of the node that is read last for replicated.
//! Config: glomers/3b
//! Caught by: missing-at-node

use std::collections::BTreeSet;

use super::{Build, Options};
use crate::glomers::{Caller, Cx, Server};
use crate::glomers::{Reply, Request};

#[derive(Debug)]
pub(super) struct Kept {
    values: BTreeSet<i64>,
}

impl Build for Kept {
    fn build(_: &Options) -> Kept {
        Kept { values: BTreeSet::new() }
    }
}

impl Server for Kept {
    type Peer = ();

    fn request(&mut self, caller: Caller, request: Request, cx: &mut Cx<'_, ()>) {
        match request {
            Request::Broadcast(value) => {
                self.values.insert(value);
                cx.reply(caller, Reply::BroadcastOk);
            }
            Request::Read => {
                cx.reply(caller, Reply::ReadOk(self.values.iter().copied().collect()));
            }
            _ => cx.refuse(caller),
        }
    }
}
