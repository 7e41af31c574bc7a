//! `unique-ids`: each node makes ids that no node has made before.

use super::{Requested, Workload};
use crate::engine::rng::Rng;
use crate::glomers::protocol::{Reply, Request};
use crate::history::{F, OpValue};

/// Nothing but wishes for ids.
#[derive(Debug)]
pub(super) struct UniqueIds;

impl Workload for UniqueIds {
    fn next(&mut self, _: &mut Rng) -> (F, OpValue) {
        (F::Generate, OpValue::Nil)
    }

    fn last(&self) -> Option<F> {
        None
    }

    fn is_reusable(&self) -> bool {
        true
    }

    fn request(&self, _: &F, _: &OpValue) -> Request {
        Request::Generate
    }

    fn result(&self, _: &Requested<'_>, reply: Reply) -> Option<OpValue> {
        match reply {
            Reply::GenerateOk(id) => Some(OpValue::Json(id)),
            _ => None,
        }
    }
}
