//! A broken echo: a cache of replies that confuses clients.
//!
//! Mistake: the reply to a retried request is looked up by the number of the message alone, and
//! each client numbers its messages from 1.
//! Config: glomers/1-echo
//! --set concurrency=4
//! Caught by: wrong-echo

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Build, Options};
use crate::glomers::{Caller, Cx, Server};
use crate::glomers::{Reply, Request};

#[derive(Debug)]
pub(super) struct ByNumber {
    replies: BTreeMap<u32, Value>,
}

impl Build for ByNumber {
    fn build(_: &Options) -> ByNumber {
        ByNumber { replies: BTreeMap::new() }
    }
}

impl Server for ByNumber {
    type Peer = ();

    fn request(&mut self, caller: Caller, request: Request, cx: &mut Cx<'_, ()>) {
        match request {
            Request::Echo(text) => {
                let reply = self.replies.entry(caller.msg_id()).or_insert(text);
                cx.reply(caller, Reply::EchoOk(reply.clone()));
            }
            _ => cx.refuse(caller),
        }
    }
}
