//! `g-set`: elements are added to a set that only grows.

use super::{ClientTimeout, Errors, Operation, WorkerCount, Workload, WorkloadClients};
use crate::check::HistoryChecker;
use crate::engine::rng::Rng;
use crate::history::{F, OpValue};
use crate::protocol::{Reply, Request};
use crate::rpc::{Field, FieldKind, Rpc};

const READ_SET: Rpc = Rpc {
    request: "read",
    fields: &[],
    reply: "read_ok",
    reply_fields: &[Field::new("value", FieldKind::Integers, "all elements that the node knows")],
    errors: &[],
    meaning: "Asks for all elements.",
};

const RPCS: &[Rpc] = &[
    Rpc {
        request: "add",
        fields: &[Field::new("element", FieldKind::Integer, "the element")],
        reply: "add_ok",
        reply_fields: &[],
        errors: &[],
        meaning: "Adds an element to the set.",
    },
    READ_SET,
];

/// A set that only grows.
pub static G_SET: Workload = Workload {
    name: "g-set",
    idea: "Half of the operations add a new element, 0, 1, 2, …, to a set that all nodes share; \
             the other\nhalf read it.",
    rpcs: RPCS,
    operations: &["add", "read"],
    options: &[],
    has_topology: false,
    final_operation: Some(F::Read),
    errors: Errors::Thrown,
    reuses_clients: false,
    workers: WorkerCount::Any,
    client_timeout: ClientTimeout::FiveSeconds,
    figures: &[
        "stable_latency_ms.p50",
        "stable_latency_ms.p95",
        "stable_latency_ms.p99",
        "stable_latency_ms.max",
    ],
    checker: Some(HistoryChecker::GSet),
    clients: |_| Box::new(GSet::default()),
};

/// Half additions of 0, 1, 2, …, half reads.
#[derive(Debug, Default)]
pub(super) struct GSet {
    next: i64,
}

impl WorkloadClients for GSet {
    fn next(&mut self, _: usize, rng: &mut Rng) -> (F, OpValue) {
        if rng.below(2) == 0 {
            self.next += 1;
            (F::Add, OpValue::Int(self.next - 1))
        } else {
            (F::Read, OpValue::Nil)
        }
    }

    fn request(&self, _: &F, value: &OpValue) -> Request {
        match value {
            OpValue::Int(element) => Request::Add(*element),
            _ => Request::Read,
        }
    }

    fn result(&self, op: &Operation<'_>, reply: Reply) -> Option<OpValue> {
        match (op.f, reply) {
            (F::Add, Reply::AddOk) => Some(op.value.clone()),
            (F::Read, Reply::ReadOk(elements)) => Some(OpValue::Ints(elements.into())),
            _ => None,
        }
    }
}
