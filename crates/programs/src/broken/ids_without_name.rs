//! Broken unique ids: a counter that all nodes have.
//!
//! Mistake: an id is the counter alone, which is correct with one node.
//! Config: glomers/2-unique-ids
//! --set duration=5s
//! Caught by: duplicate-id

use serde_json::Value;

use super::{Build, Options};
use crate::glomers::{Caller, Cx, Server};
use crate::glomers::{Reply, Request};

#[derive(Debug)]
pub(super) struct WithoutName {
    made: u64,
}

impl Build for WithoutName {
    fn build(_: &Options) -> WithoutName {
        WithoutName { made: 0 }
    }
}

impl Server for WithoutName {
    type Peer = ();

    fn request(&mut self, caller: Caller, request: Request, cx: &mut Cx<'_, ()>) {
        match request {
            Request::Generate => {
                self.made += 1;
                cx.reply(caller, Reply::GenerateOk(Value::from(self.made)));
            }
            _ => cx.refuse(caller),
        }
    }
}
