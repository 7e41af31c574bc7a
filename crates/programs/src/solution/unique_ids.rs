//! Challenge 2, unique ids: a name, a random number for each incarnation, and a counter.
//!
//! Idea: an id is the node's name, a random number drawn when the node starts, and the number of
//! ids it has made since. Names separate nodes, random numbers the incarnations of one node,
//! counters the ids of one incarnation.
//! Cost: nothing but the request and its reply; no other node is asked, nothing is written.
//! Survives: every fault.
//! A random number has 64 bits, so two of a thousand incarnations draw the same one once in 10^13
//! runs. A count of incarnations on the disk would need no randomness, but would not survive a
//! wipe.

use serde_json::Value;

use super::{Build, Options};
use crate::glomers::{Caller, Cx, Server};
use crate::glomers::{Reply, Request};

/// A node that makes ids.
#[derive(Debug)]
pub(super) struct UniqueIds {
    life: u64,
    made: u64,
}

impl Build for UniqueIds {
    fn build(_: &Options) -> UniqueIds {
        UniqueIds { life: 0, made: 0 }
    }
}

impl Server for UniqueIds {
    type Peer = ();

    fn start(&mut self, cx: &mut Cx<'_, ()>) {
        self.life = cx.rng().next_u64();
    }

    fn request(&mut self, caller: Caller, request: Request, cx: &mut Cx<'_, ()>) {
        match request {
            Request::Generate => {
                self.made += 1;
                let name = cx.name(cx.me());
                let id = format!("{name}-{:016x}-{}", self.life, self.made);
                cx.reply(caller, Reply::GenerateOk(Value::String(id)));
            }
            _ => cx.refuse(caller),
        }
    }
}
