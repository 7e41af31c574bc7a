//! `g-set`: elements are added to a set that only grows.

use super::{Errors, Requested, Workload};
use crate::engine::rng::Rng;
use crate::glomers::protocol::{Reply, Request};
use crate::history::{F, OpValue};

/// Half additions of 0, 1, 2, …, half reads.
#[derive(Debug, Default)]
pub(super) struct GSet {
    next: i64,
}

impl Workload for GSet {
    fn next(&mut self, rng: &mut Rng) -> (F, OpValue) {
        if rng.below(2) == 0 {
            self.next += 1;
            (F::Add, OpValue::Int(self.next - 1))
        } else {
            (F::Read, OpValue::Nil)
        }
    }

    fn last(&self) -> Option<F> {
        Some(F::Read)
    }

    fn errors(&self) -> Errors {
        Errors::Thrown
    }

    fn request(&self, _: &F, value: &OpValue) -> Request {
        match value {
            OpValue::Int(element) => Request::Add(*element),
            _ => Request::Read,
        }
    }

    fn result(&self, op: &Requested<'_>, reply: Reply) -> Option<OpValue> {
        match (op.f, reply) {
            (F::Add, Reply::AddOk) => Some(op.value.clone()),
            (F::Read, Reply::ReadOk(elements)) => Some(OpValue::Ints(elements.into())),
            _ => None,
        }
    }
}
