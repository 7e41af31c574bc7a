//! Challenge 1, echo: reply with the value of the request.
//!
//! Idea: the reply carries what the request carried.
//! Cost: two messages per operation, none of them between nodes.
//! Survives: every fault.
//! The node has no state to lose.

use super::{Build, Options};
use crate::glomers::{Caller, Cx, Server};
use crate::glomers::{Reply, Request};

/// A stateless node.
#[derive(Debug)]
pub(super) struct Echo;

impl Build for Echo {
    fn build(_: &Options) -> Echo {
        Echo
    }
}

impl Server for Echo {
    type Peer = ();

    fn request(&mut self, caller: Caller, request: Request, cx: &mut Cx<'_, ()>) {
        match request {
            Request::Echo(text) => cx.reply(caller, Reply::EchoOk(text)),
            _ => cx.refuse(caller),
        }
    }
}
