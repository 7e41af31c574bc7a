//! `unique-ids`: each node makes ids that no node has made before.

use super::{ClientTimeout, Errors, Operation, WorkerCount, Workload, WorkloadClients};
use crate::check::HistoryChecker;
use crate::engine::rng::Rng;
use crate::history::{F, OpValue};
use crate::protocol::{Reply, Request};
use crate::rpc::{Field, FieldKind, Rpc};

const RPCS: &[Rpc] = &[Rpc {
    request: "generate",
    fields: &[],
    reply: "generate_ok",
    reply_fields: &[Field::new("id", FieldKind::Any, "the id, equal to no other")],
    errors: &[],
    meaning: "Requests an id that was never returned before.",
}];

/// Ids that no node has made before.
pub static UNIQUE_IDS: Workload = Workload {
    name: "unique-ids",
    idea: "Clients ask for ids, no two of which may be equal.",
    rpcs: RPCS,
    operations: &["generate"],
    options: &[],
    has_topology: false,
    final_operation: None,
    errors: Errors::Caught,
    reuses_clients: true,
    workers: WorkerCount::Any,
    client_timeout: ClientTimeout::FiveSeconds,
    figures: &[],
    checker: Some(HistoryChecker::UniqueIds),
    clients: |_| Box::new(UniqueIds),
};

/// Generates requests for ids only.
#[derive(Debug)]
pub(super) struct UniqueIds;

impl WorkloadClients for UniqueIds {
    fn next(&mut self, _: usize, _: &mut Rng) -> (F, OpValue) {
        (F::Generate, OpValue::Nil)
    }

    fn request(&self, _: &F, _: &OpValue) -> Request {
        Request::Generate
    }

    fn result(&self, _: &Operation<'_>, reply: Reply) -> Option<OpValue> {
        match reply {
            Reply::GenerateOk(id) => Some(OpValue::Json(id)),
            _ => None,
        }
    }
}
