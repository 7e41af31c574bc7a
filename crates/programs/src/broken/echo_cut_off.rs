//! A broken echo: texts of a limited length.
//!
//! Mistake: a field of 13 characters was enough for all texts that its author tried.
//! Config: glomers/1-echo
//! Caught by: wrong-echo

use serde_json::Value;

use super::{Build, Options};
use crate::glomers::{Caller, Cx, Server};
use crate::glomers::{Reply, Request};

/// The length of the field.
const FIELD: usize = 13;

#[derive(Debug)]
pub(super) struct CutOff;

impl Build for CutOff {
    fn build(_: &Options) -> CutOff {
        CutOff
    }
}

impl Server for CutOff {
    type Peer = ();

    fn request(&mut self, caller: Caller, request: Request, cx: &mut Cx<'_, ()>) {
        match request {
            Request::Echo(Value::String(text)) => {
                let field = text.chars().take(FIELD).collect();
                cx.reply(caller, Reply::EchoOk(Value::String(field)));
            }
            _ => cx.refuse(caller),
        }
    }
}
