//! A broken echo: one buffer for all texts.
//!
//! Mistake: the text is put into a buffer of the node, and the reply is made from the buffer before
//! the text is in it, so each client receives the text of the request before its own.
//! Config: glomers/1-echo
//! Caught by: wrong-echo

use serde_json::Value;

use super::{Build, Options};
use crate::glomers::{Caller, Cx, Server};
use crate::glomers::{Reply, Request};

#[derive(Debug)]
pub(super) struct LastText {
    buffer: Value,
}

impl Build for LastText {
    fn build(_: &Options) -> LastText {
        LastText { buffer: Value::Null }
    }
}

impl Server for LastText {
    type Peer = ();

    fn request(&mut self, caller: Caller, request: Request, cx: &mut Cx<'_, ()>) {
        match request {
            Request::Echo(text) => {
                let said = std::mem::replace(&mut self.buffer, text);
                cx.reply(caller, Reply::EchoOk(said));
            }
            _ => cx.refuse(caller),
        }
    }
}
