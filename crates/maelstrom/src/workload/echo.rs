//! `echo`: a node replies with the value of the request.

use serde_json::{Value, json};

use super::{ClientTimeout, Errors, Operation, WorkerCount, Workload, WorkloadClients};
use crate::check::HistoryChecker;
use crate::engine::rng::Rng;
use crate::history::{F, OpValue};
use crate::protocol::{Reply, Request};
use crate::rpc::{Field, FieldKind, Rpc};

const RPCS: &[Rpc] = &[Rpc {
    request: "echo",
    fields: &[Field::new("echo", FieldKind::Any, "what is to come back")],
    reply: "echo_ok",
    reply_fields: &[Field::new("echo", FieldKind::Any, "the same")],
    errors: &[],
    meaning: "Asks for the same again.",
}];

/// Strings that nodes send back.
pub static ECHO: Workload = Workload {
    name: "echo",
    idea: "Clients send texts, which nodes say again.",
    rpcs: RPCS,
    operations: &["echo"],
    options: &[],
    has_topology: false,
    final_operation: None,
    errors: Errors::Caught,
    reuses_clients: false,
    workers: WorkerCount::Any,
    client_timeout: ClientTimeout::FiveSeconds,
    figures: &[],
    checker: Some(HistoryChecker::Echo),
    clients: |_| Box::new(Echo),
};

/// Number of different strings.
const TEXTS: u64 = 128;

/// Strings that look alike, so that a node that mixes them up is caught.
#[derive(Debug)]
pub(super) struct Echo;

impl WorkloadClients for Echo {
    fn next(&mut self, _: usize, rng: &mut Rng) -> (F, OpValue) {
        let text = format!("Please echo {}", rng.below(TEXTS));
        (F::Echo, OpValue::Json(Value::String(text)))
    }

    fn request(&self, _: &F, value: &OpValue) -> Request {
        match value {
            OpValue::Json(text) => Request::Echo(text.clone()),
            _ => Request::Echo(Value::Null),
        }
    }

    fn result(&self, op: &Operation<'_>, reply: Reply) -> Option<OpValue> {
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
