//! Workloads: what clients do, one file per challenge.

mod broadcast;
mod counter;
mod echo;
mod g_set;
mod unique_ids;

use super::protocol::{Reply, Request};
use crate::engine::rng::Rng;
use crate::history::{F, OpValue};

/// What clients do, and how replies are understood.
pub(super) trait Workload: std::fmt::Debug {
    /// The next operation.
    fn next(&mut self, rng: &mut Rng) -> (F, OpValue);

    /// The operation that each worker does at the end, when all faults are healed.
    fn last(&self) -> Option<F>;

    /// Whether nodes are told who their neighbours are.
    fn has_topology(&self) -> bool {
        false
    }

    /// What clients make of errors.
    fn errors(&self) -> Errors {
        Errors::Caught
    }

    /// Whether a client lives on after an unknown outcome, under a new process.
    fn is_reusable(&self) -> bool {
        false
    }

    /// Whether an operation whose outcome is unknown may as well not have happened.
    fn is_idempotent(&self, f: &F) -> bool {
        let _ = f;
        false
    }

    /// The request for an operation.
    fn request(&self, f: &F, value: &OpValue) -> Request;

    /// The result of an operation, or `None` if the reply is not one to it.
    fn result(&self, op: &Requested<'_>, reply: Reply) -> Option<OpValue>;
}

/// An operation whose reply has come.
#[derive(Clone, Copy, Debug)]
pub(super) struct Requested<'a> {
    /// What is done.
    pub(super) f: &'a F,
    /// Its argument.
    pub(super) value: &'a OpValue,
    /// The `msg_id` of its request.
    pub(super) msg: u32,
}

/// What clients make of errors and timeouts, as Maelstrom's clients of the workload do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Errors {
    /// A definite error is a failure, any other one an unknown outcome.
    Caught,
    /// The client throws: the outcome of the operation is unknown, whatever the error says.
    Thrown,
}

/// A workload, by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum WorkloadKind {
    /// Nodes say the same again.
    Echo,
    /// Nodes make ids.
    UniqueIds,
    /// Values reach all nodes.
    Broadcast,
    /// A set that only grows.
    GSet,
    /// A counter that only grows.
    GCounter,
    /// A counter that grows and shrinks.
    PnCounter,
}

impl WorkloadKind {
    /// All of them.
    pub const ALL: [WorkloadKind; 6] = [
        WorkloadKind::Echo,
        WorkloadKind::UniqueIds,
        WorkloadKind::Broadcast,
        WorkloadKind::GSet,
        WorkloadKind::GCounter,
        WorkloadKind::PnCounter,
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            WorkloadKind::Echo => "echo",
            WorkloadKind::UniqueIds => "unique-ids",
            WorkloadKind::Broadcast => "broadcast",
            WorkloadKind::GSet => "g-set",
            WorkloadKind::GCounter => "g-counter",
            WorkloadKind::PnCounter => "pn-counter",
        }
    }

    /// A fresh one.
    pub(super) fn start(self) -> Box<dyn Workload> {
        match self {
            WorkloadKind::Echo => Box::new(echo::Echo),
            WorkloadKind::UniqueIds => Box::new(unique_ids::UniqueIds),
            WorkloadKind::Broadcast => Box::new(broadcast::Broadcast::default()),
            WorkloadKind::GSet => Box::new(g_set::GSet::default()),
            WorkloadKind::GCounter => Box::new(counter::Counter { may_shrink: false }),
            WorkloadKind::PnCounter => Box::new(counter::Counter { may_shrink: true }),
        }
    }

    /// Whether each worker reads at the end, when all faults are healed.
    pub fn has_final_phase(self) -> bool {
        self.start().last().is_some()
    }

    /// Whether nodes are told who their neighbours are.
    pub fn has_topology(self) -> bool {
        self.start().has_topology()
    }

    /// What clients do, by the names in histories.
    pub fn operations(self) -> &'static [&'static str] {
        match self {
            WorkloadKind::Echo => &["echo"],
            WorkloadKind::UniqueIds => &["generate"],
            WorkloadKind::Broadcast => &["broadcast", "read"],
            WorkloadKind::GSet | WorkloadKind::GCounter | WorkloadKind::PnCounter => {
                &["add", "read"]
            }
        }
    }
}
