//! `g-counter` and `pn-counter`: numbers are added to a counter.

use super::{Errors, Requested, Workload};
use crate::engine::rng::Rng;
use crate::glomers::protocol::{Reply, Request};
use crate::history::{F, OpValue};

/// The smallest number that is added, and how many there are.
const SMALLEST: i64 = -5;
const NUMBERS: u64 = 10;

/// Half additions of −5 to 4, half reads. Of a counter that only grows, negative additions are
/// passed over: a third additions, two thirds reads.
#[derive(Debug)]
pub(super) struct Counter {
    /// Whether negative numbers are added, too.
    pub(super) may_shrink: bool,
}

impl Workload for Counter {
    fn next(&mut self, rng: &mut Rng) -> (F, OpValue) {
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

    fn last(&self) -> Option<F> {
        Some(F::Read)
    }

    fn errors(&self) -> Errors {
        Errors::Thrown
    }

    fn request(&self, _: &F, value: &OpValue) -> Request {
        match value {
            OpValue::Int(delta) => Request::Add(*delta),
            _ => Request::Read,
        }
    }

    fn result(&self, op: &Requested<'_>, reply: Reply) -> Option<OpValue> {
        match (op.f, reply) {
            (F::Add, Reply::AddOk) => Some(op.value.clone()),
            (F::Read, Reply::CountOk(count)) => Some(OpValue::Int(count)),
            _ => None,
        }
    }
}
