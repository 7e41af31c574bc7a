//! `broadcast`: values are given to one node, and all nodes are to know them.

use super::{Requested, Workload};
use crate::engine::rng::Rng;
use crate::glomers::protocol::{Reply, Request};
use crate::history::{F, OpValue};

/// Half broadcasts of 0, 1, 2, …, half reads.
#[derive(Debug, Default)]
pub(super) struct Broadcast {
    next: i64,
}

impl Workload for Broadcast {
    fn next(&mut self, rng: &mut Rng) -> (F, OpValue) {
        if rng.below(2) == 0 {
            self.next += 1;
            (F::Broadcast, OpValue::Int(self.next - 1))
        } else {
            (F::Read, OpValue::Nil)
        }
    }

    fn last(&self) -> Option<F> {
        Some(F::Read)
    }

    fn has_topology(&self) -> bool {
        true
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

    fn result(&self, op: &Requested<'_>, reply: Reply) -> Option<OpValue> {
        match (op.f, reply) {
            (F::Broadcast, Reply::BroadcastOk) => Some(op.value.clone()),
            (F::Read, Reply::ReadOk(values)) => Some(OpValue::Ints(values.into())),
            _ => None,
        }
    }
}
