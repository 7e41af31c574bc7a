//! Workloads: the challenges as values, one file each, and the table of all of them.
//!
//! A workload states what clients request, with which fields, how often, and which checker decides
//! whether the replies are valid. To add one, write its file and add it to [`WORKLOADS`]: command
//! line, schema, hosting, reference pages and tests are made from the table.

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

/// A challenge: the operations of its clients, their requests, and the checker of its histories.
#[derive(Debug)]
pub struct Workload {
    /// Its name: in configs, on the command line, and in results.
    pub name: &'static str,
    /// What clients do, in a sentence or two, for reference pages.
    pub idea: &'static str,
    /// The requests of clients to nodes. Lines are decoded, encoded, validated and documented by
    /// it.
    pub rpcs: &'static [Rpc],
    /// The names of operations in histories.
    pub operations: &'static [&'static str],
    /// Whether nodes are sent their neighbours before the first operation.
    pub has_topology: bool,
    /// The operation of each worker at the end, when all faults are healed.
    pub final_operation: Option<F>,
    /// How clients handle errors.
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

/// A generator of operations, which also builds their requests and interprets the replies.
pub(super) trait WorkloadClients: std::fmt::Debug {
    /// Generates the next operation of a worker, counted from 0.
    fn next(&mut self, worker: usize, rng: &mut Rng) -> (F, OpValue);

    /// Whether an operation is idempotent, so that an unknown outcome may count as a failure.
    fn is_idempotent(&self, f: &F) -> bool {
        let _ = f;
        false
    }

    /// Builds the request of an operation.
    fn request(&self, f: &F, value: &OpValue) -> Request;

    /// Returns the result of an operation whose reply, a line of a process, has this value.
    fn decoded(&self, op: &Requested<'_>, value: OpValue) -> OpValue {
        let _ = op;
        value
    }

    /// Returns the result of an operation, or `None` if the reply does not match the request.
    fn result(&self, op: &Requested<'_>, reply: Reply) -> Option<OpValue>;
}

/// An operation whose reply has arrived.
#[derive(Clone, Copy, Debug)]
pub(super) struct Requested<'a> {
    /// The kind of operation.
    pub(super) f: &'a F,
    /// Its argument.
    pub(super) value: &'a OpValue,
    /// The `msg_id` of its request.
    pub(super) msg: u32,
}

/// How clients handle errors and timeouts, as Maelstrom's clients of the workload do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Errors {
    /// A definite error is a failure; any other error is an unknown outcome.
    Caught,
    /// The client throws: the outcome of the operation is unknown, whatever the error says.
    Thrown,
}
