//! Challenge 2, unique ids: a name, a number for each life, and a counter.
//!
//! Idea: an id is the node's name, a number that it draws when it starts, and how many ids it has
//! made since. Names keep nodes apart, numbers the lives of one node, counters the ids of one life.
//! Cost: nothing but the request and its reply; no other node is asked, nothing is written.
//! Survives: every fault.
//! A number has 64 bits, so two of a thousand lives draw the same one once in 10^13 runs. A count
//! of lives on the disk would need no chance, but would not outlive the disk.

use serde_json::Value;

use super::{Build, Options};
use crate::glomers::protocol::{Reply, Request};
use crate::glomers::server::{Caller, Cx, Server};

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
