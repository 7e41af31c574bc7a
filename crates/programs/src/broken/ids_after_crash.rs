//! Broken unique ids: a counter that is forgotten.
//!
//! Mistake: an id is the node's name and a counter in memory, which restarts after a crash.
//! Config: glomers/2-unique-ids
//! --set duration=5s
//! --set client_timeout=500ms
//! --set nemesis.faults=[{ at = "2s", until = "3s", crash = ["n1"] }]
//! Caught by: duplicate-id

use serde_json::Value;

use super::{Build, Options};
use crate::glomers::{Caller, Cx, Server};
use crate::glomers::{Reply, Request};

#[derive(Debug)]
pub(super) struct AfterCrash {
    made: u64,
}

impl Build for AfterCrash {
    fn build(_: &Options) -> AfterCrash {
        AfterCrash { made: 0 }
    }
}

impl Server for AfterCrash {
    type Peer = ();

    fn request(&mut self, caller: Caller, request: Request, cx: &mut Cx<'_, ()>) {
        match request {
            Request::Generate => {
                self.made += 1;
                let id = format!("{}-{}", cx.name(cx.me()), self.made);
                cx.reply(caller, Reply::GenerateOk(Value::String(id)));
            }
            _ => cx.refuse(caller),
        }
    }
}
