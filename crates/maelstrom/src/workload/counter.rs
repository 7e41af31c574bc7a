//! `g-counter` and `pn-counter`: numbers are added to a counter.

use super::{ClientTimeout, Errors, Operation, WorkerCount, Workload, WorkloadClients};
use crate::check::HistoryChecker;
use crate::engine::rng::Rng;
use crate::history::{F, OpValue};
use crate::protocol::{Reply, Request};
use crate::rpc::{Field, FieldKind, Rpc};

const READ_COUNTER: Rpc = Rpc {
    request: "read",
    fields: &[],
    reply: "read_ok",
    reply_fields: &[Field::new("value", FieldKind::Integer, "the value of the counter")],
    errors: &[],
    meaning: "Asks for the value of the counter.",
};

const ADD_DELTA: Rpc = Rpc {
    request: "add",
    fields: &[Field::new("delta", FieldKind::Integer, "what is added to the counter")],
    reply: "add_ok",
    reply_fields: &[],
    errors: &[],
    meaning: "Adds to the counter.",
};

const RPCS: &[Rpc] = &[ADD_DELTA, READ_COUNTER];

/// A counter that only grows.
pub static G_COUNTER: Workload = Workload {
    name: "g-counter",
    idea: "A third of the operations add 0 to 4 to a counter that all nodes share; the others \
             read it.\nOnly the last reads have to be right.",
    rpcs: RPCS,
    operations: &["add", "read"],
    options: &[],
    has_topology: false,
    final_operation: Some(F::Read),
    errors: Errors::Thrown,
    reuses_clients: false,
    workers: WorkerCount::Any,
    client_timeout: ClientTimeout::FiveSeconds,
    figures: &[],
    checker: Some(HistoryChecker::GCounter),
    clients: |_| Box::new(Counter { may_shrink: false }),
};

/// A counter that grows and shrinks.
pub static PN_COUNTER: Workload = Workload {
    name: "pn-counter",
    idea: "Half of the operations add −5 to 4 to a counter that all nodes share; the others read \
             it. Only\nthe last reads have to be right.",
    rpcs: RPCS,
    operations: &["add", "read"],
    options: &[],
    has_topology: false,
    final_operation: Some(F::Read),
    errors: Errors::Thrown,
    reuses_clients: false,
    workers: WorkerCount::Any,
    client_timeout: ClientTimeout::FiveSeconds,
    figures: &[],
    checker: Some(HistoryChecker::PnCounter),
    clients: |_| Box::new(Counter { may_shrink: true }),
};

/// The smallest number that is added, and the number of different ones.
const SMALLEST: i64 = -5;
const NUMBERS: u64 = 10;

/// Half additions of −5 to 4, half reads. For a counter that only grows, negative additions are
/// skipped: a third additions, two thirds reads.
#[derive(Debug)]
pub(super) struct Counter {
    /// Whether negative numbers are added, too.
    pub(super) may_shrink: bool,
}

impl WorkloadClients for Counter {
    fn next(&mut self, _: usize, rng: &mut Rng) -> (F, OpValue) {
        loop {
            if rng.below(2) == 1 {
                return (F::Read, OpValue::Nil);
            }
            let delta = SMALLEST + rng.below(NUMBERS) as i64;
            if delta >= 0 || self.may_shrink {
                return (F::Add, OpValue::Int(delta));
            }
        }
    }

    fn request(&self, _: &F, value: &OpValue) -> Request {
        match value {
            OpValue::Int(delta) => Request::Add(*delta),
            _ => Request::Read,
        }
    }

    fn result(&self, op: &Operation<'_>, reply: Reply) -> Option<OpValue> {
        match (op.f, reply) {
            (F::Add, Reply::AddOk) => Some(op.value.clone()),
            (F::Read, Reply::CountOk(count)) => Some(OpValue::Int(count)),
            _ => None,
        }
    }
}
