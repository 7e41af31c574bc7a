//! `echo`: each node says the same again.

use serde_json::{Value, json};

use super::{Requested, Workload};
use crate::engine::rng::Rng;
use crate::glomers::protocol::{Reply, Request};
use crate::history::{F, OpValue};

/// The texts are numbered below this.
const TEXTS: u64 = 128;

/// Texts that look alike, so that a node that mixes them up is found.
#[derive(Debug)]
pub(super) struct Echo;

impl Workload for Echo {
    fn next(&mut self, rng: &mut Rng) -> (F, OpValue) {
        let text = format!("Please echo {}", rng.below(TEXTS));
        (F::Echo, OpValue::Json(Value::String(text)))
    }

    fn last(&self) -> Option<F> {
        None
    }

    fn request(&self, _: &F, value: &OpValue) -> Request {
        match value {
            OpValue::Json(text) => Request::Echo(text.clone()),
            _ => Request::Echo(Value::Null),
        }
    }

    fn result(&self, op: &Requested<'_>, reply: Reply) -> Option<OpValue> {
        match reply {
            // Maelstrom's client keeps the whole body.
            Reply::EchoOk(text) => Some(OpValue::Json(json!({
                "type": "echo_ok",
                "echo": text,
                "in_reply_to": op.msg,
            }))),
            _ => None,
        }
    }
}
