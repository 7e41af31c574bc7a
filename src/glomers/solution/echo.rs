//! Challenge 1, echo: say the same again.
//!
//! Idea: the reply carries what the request carried. Cost: two messages per operation, none of them
//! between nodes.
//! Survives: every fault.
//! There is nothing to remember.

use super::{Build, Options};
use crate::glomers::protocol::{Reply, Request};
use crate::glomers::server::{Caller, Cx, Server};

/// A node without a state.
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
