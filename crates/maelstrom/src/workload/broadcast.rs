//! `broadcast`: a value is sent to one node, and must reach all nodes.

use super::{ClientTimeout, Errors, Operation, WorkerCount, Workload, WorkloadClients};
use crate::check::HistoryChecker;
use crate::engine::rng::Rng;
use crate::history::{F, OpValue};
use crate::protocol::{Reply, Request};
use crate::rpc::{Field, FieldKind, Rpc};

const RPCS: &[Rpc] = &[
    Rpc {
        request: "broadcast",
        fields: &[Field::new("message", FieldKind::Integer, "the value")],
        reply: "broadcast_ok",
        reply_fields: &[],
        errors: &[],
        meaning: "Sends a value that must reach all nodes.",
    },
    Rpc {
        request: "read",
        fields: &[],
        reply: "read_ok",
        reply_fields: &[Field::new(
            "messages",
            FieldKind::Integers,
            "all values that the node knows",
        )],
        errors: &[],
        meaning: "Asks for all values.",
    },
];

/// Values that reach all nodes.
pub static BROADCAST: Workload = Workload {
    name: "broadcast",
    idea: "Half of the operations tell a new value, 0, 1, 2, …, to one node; all nodes are to \
             know all\nvalues. The other half read.",
    rpcs: RPCS,
    operations: &["broadcast", "read"],
    options: &[],
    has_topology: true,
    final_operation: Some(F::Read),
    errors: Errors::Caught,
    reuses_clients: false,
    workers: WorkerCount::Any,
    client_timeout: ClientTimeout::FiveSeconds,
    figures: &[
        "stable_latency_ms.p50",
        "stable_latency_ms.p95",
        "stable_latency_ms.p99",
        "stable_latency_ms.max",
        "messages_per_broadcast",
    ],
    checker: Some(HistoryChecker::Broadcast),
    clients: |_| Box::new(Broadcast::default()),
};

/// Half broadcasts of 0, 1, 2, …, half reads.
#[derive(Debug, Default)]
pub(super) struct Broadcast {
    next: i64,
}

impl WorkloadClients for Broadcast {
    fn next(&mut self, _: usize, rng: &mut Rng) -> (F, OpValue) {
        if rng.below(2) == 0 {
            self.next += 1;
            (F::Broadcast, OpValue::Int(self.next - 1))
        } else {
            (F::Read, OpValue::Nil)
        }
    }

    fn is_idempotent(&self, f: &F) -> bool {
        *f == F::Read
    }

    fn request(&self, _: &F, value: &OpValue) -> Request {
        match value {
            OpValue::Int(value) => Request::Broadcast(*value),
            _ => Request::Read,
        }
    }

    fn result(&self, op: &Operation<'_>, reply: Reply) -> Option<OpValue> {
        match (op.f, reply) {
            (F::Broadcast, Reply::BroadcastOk) => Some(op.value.clone()),
            (F::Read, Reply::ReadOk(values)) => Some(OpValue::Ints(values.into())),
            _ => None,
        }
    }
}
