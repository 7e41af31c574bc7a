//! Broken unique ids: the time as an id.
//!
//! Mistake: an id is the node's clock in milliseconds, as if no two requests ever arrived in the
//! same one.
//! Config: glomers/2-unique-ids
//! --set duration=5s
//! Caught by: duplicate-id

use serde_json::Value;

use super::{Build, Options};
use crate::glomers::{Caller, Cx, Server};
use crate::glomers::{Reply, Request};

#[derive(Debug)]
pub(super) struct ByClock;

impl Build for ByClock {
    fn build(_: &Options) -> ByClock {
        ByClock
    }
}

impl Server for ByClock {
    type Peer = ();

    fn request(&mut self, caller: Caller, request: Request, cx: &mut Cx<'_, ()>) {
        match request {
            Request::Generate => {
                let id = Value::from(cx.now().as_ns() / 1_000_000);
                cx.reply(caller, Reply::GenerateOk(id));
            }
            _ => cx.refuse(caller),
        }
    }
}
