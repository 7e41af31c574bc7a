//! Workloads: the challenges as values, one file each, and the table of all of them.
//!
//! A workload is what clients ask, with which fields, how often, and which checker decides whether
//! the answers are right. To add one, write its file and add it to [`WORKLOADS`]: command line,
//! schema, hosting, reference pages and tests are made from the table.

mod broadcast;
mod counter;
mod echo;
mod g_set;
mod lin_kv;
mod unique_ids;

pub use broadcast::BROADCAST;
pub use counter::{G_COUNTER, PN_COUNTER};
pub use echo::ECHO;
pub use g_set::G_SET;
pub use unique_ids::UNIQUE_IDS;

use self::lin_kv::LIN_KV;
use super::parameters::GlomersParameters;
use super::protocol::{Reply, Request};
use super::rpc::Rpc;
use crate::check::HistoryChecker;
use crate::engine::rng::Rng;
use crate::history::{F, OpValue};

/// All workloads, in the order of the challenges.
pub const WORKLOADS: &[&Workload] =
    &[&ECHO, &UNIQUE_IDS, &BROADCAST, &G_SET, &G_COUNTER, &PN_COUNTER, &LIN_KV];

/// The names of all workloads, in the same order.
pub const WORKLOAD_NAMES: &[&str] = &{
    let mut names = [""; WORKLOADS.len()];
    let mut place = 0;
    while place < names.len() {
        names[place] = WORKLOADS[place].name;
        place += 1;
    }
    names
};

/// The workload of this name.
pub fn workload(name: &str) -> Option<&'static Workload> {
    WORKLOADS.iter().copied().find(|workload| workload.name == name)
}

/// What clients do, and what is right.
#[derive(Debug)]
pub struct Workload {
    /// Its name: in configs, on the command line, and in results.
    pub name: &'static str,
    /// What clients do, in a sentence or two, for reference pages.
    pub idea: &'static str,
    /// What clients ask of nodes. Lines are decoded, encoded, checked and documented by it.
    pub rpcs: &'static [Rpc],
    /// The names of operations in histories.
    pub operations: &'static [&'static str],
    /// Whether nodes are sent their neighbours before the first operation.
    pub has_topology: bool,
    /// The operation of each worker at the end, when all faults are healed.
    pub final_operation: Option<F>,
    /// How clients take errors.
    pub errors: Errors,
    /// Whether a client goes on after an unknown outcome, under a new process.
    pub reuses_clients: bool,
    /// The figures of its results besides those that all workloads have, by their paths.
    pub figures: &'static [&'static str],
    /// The checker of its histories. Without one a verdict is unknown.
    pub checker: Option<HistoryChecker>,
    /// Makes the clients of a run with these parameters.
    pub(super) clients: fn(&GlomersParameters) -> Box<dyn WorkloadClients>,
}

/// Workloads are equal if they have the same name.
impl PartialEq for Workload {
    fn eq(&self, other: &Workload) -> bool {
        self.name == other.name
    }
}

impl Eq for Workload {}

impl Workload {
    /// The request of this type and its reply.
    pub fn rpc(&self, request: &str) -> Option<&'static Rpc> {
        self.rpcs.iter().find(|rpc| rpc.request == request)
    }
}

/// The generator of operations, and how replies are read.
pub(super) trait WorkloadClients: std::fmt::Debug {
    /// The next operation of a worker, counted from 0.
    fn next(&mut self, worker: usize, rng: &mut Rng) -> (F, OpValue);

    /// Whether an operation whose outcome is unknown may as well not have happened.
    fn is_idempotent(&self, f: &F) -> bool {
        let _ = f;
        false
    }

    /// The request for an operation.
    fn request(&self, f: &F, value: &OpValue) -> Request;

    /// The result of an operation whose reply, a line of a process, has this value in its field.
    fn decoded(&self, op: &Requested<'_>, value: OpValue) -> OpValue {
        let _ = op;
        value
    }

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

/// How clients take errors and timeouts, as Maelstrom's clients of the workload do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Errors {
    /// A definite error is a failure, any other one an unknown outcome.
    Caught,
    /// The client throws: the outcome of the operation is unknown, whatever the error says.
    Thrown,
}
