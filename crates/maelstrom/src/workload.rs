//! Workloads: the challenges as values, one file each, and the table of all of them.
//!
//! A workload states what clients request, with which fields, how often, and which checker decides
//! whether the replies are valid. To add one, write its file and add it to [`WORKLOADS`]: command
//! line, schema, hosting, reference pages and tests are made from the table.

mod broadcast;
mod counter;
mod echo;
mod g_set;
mod kafka;
mod key_pool;
mod lin_kv;
mod txn;
mod unique_ids;

pub use broadcast::BROADCAST;
pub use counter::{G_COUNTER, PN_COUNTER};
pub use echo::ECHO;
pub use g_set::G_SET;
pub use kafka::KAFKA;
pub use lin_kv::LIN_KV;
pub use txn::{TXN_LIST_APPEND, TXN_RW_REGISTER};
pub use unique_ids::UNIQUE_IDS;

use super::protocol::{Reply, Request};
use super::rpc::Rpc;
use crate::check::HistoryChecker;
use crate::engine::ratio::Ratio;
use crate::engine::rng::Rng;
use crate::engine::time::Duration;
use crate::history::{F, Op, OpValue};

/// All workloads, in the order of the challenges.
pub const WORKLOADS: &[&Workload] = &[
    &ECHO,
    &UNIQUE_IDS,
    &BROADCAST,
    &G_SET,
    &G_COUNTER,
    &PN_COUNTER,
    &KAFKA,
    &LIN_KV,
    &TXN_LIST_APPEND,
    &TXN_RW_REGISTER,
];

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
    /// The keys of configs that mean something to this workload alone.
    pub options: &'static [&'static str],
    /// Whether nodes are sent their neighbours before the first operation.
    pub has_topology: bool,
    /// The operation of each worker in the final phase, when all faults are healed; further ones
    /// are up to the generator.
    pub final_operation: Option<F>,
    /// How clients handle errors.
    pub errors: Errors,
    /// Whether a client goes on after an unknown outcome, under a new process.
    pub reuses_clients: bool,
    /// How many workers there are by default, and may be.
    pub workers: WorkerCount,
    /// The default timeout of clients.
    pub client_timeout: ClientTimeout,
    /// The figures of its results besides those that all workloads have, by their paths.
    pub figures: &'static [&'static str],
    /// The checker of its histories. Without one a verdict is unknown.
    pub checker: Option<HistoryChecker>,
    /// Creates the clients of a run.
    pub(super) clients: fn(ClientParameters) -> Box<dyn WorkloadClients>,
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

/// The parameters of a run that generators of operations depend on.
#[derive(Clone, Copy, Debug)]
pub(super) struct ClientParameters {
    /// Number of servers.
    pub(super) servers: u32,
    /// Number of workers.
    pub(super) concurrency: u32,
    /// Operations per second, all workers together.
    pub(super) rate: Ratio,
    /// Number of keys in use at once.
    pub(super) key_count: u64,
    /// Number of writes to a key before another takes its place.
    pub(super) max_writes_per_key: u64,
    /// Maximum number of micro-operations in a transaction.
    pub(super) max_txn_length: u64,
}

/// A generator of operations, which also builds their requests and interprets the replies.
///
/// ```text
/// next ─► begin ─► request ─► reply ─► result ─► follow_up ─► Done
///                     ▲                             │
///                     └────────────── Ask ◄─────────┘
/// ```
pub(super) trait WorkloadClients: std::fmt::Debug {
    /// Generates the next operation of a worker, counted from 0.
    fn next(&mut self, worker: usize, rng: &mut Rng) -> (F, OpValue);

    /// Generates what a worker does next in the final phase: by default the final operation of the
    /// workload, once.
    fn next_final(&mut self, operation: &F, so_far: FinalSoFar) -> FinalStep {
        match so_far.operations {
            0 => FinalStep::Begin(operation.clone(), OpValue::Nil),
            _ => FinalStep::Done,
        }
    }

    /// Whether an operation is idempotent, so that an unknown outcome may count as a failure.
    fn is_idempotent(&self, f: &F) -> bool {
        let _ = f;
        false
    }

    /// Begins an operation of a worker: by default with its request.
    fn begin(&mut self, op: &Operation<'_>) -> Step {
        Step::Ask(self.request(op.f, op.value))
    }

    /// Builds the request of an operation that takes one.
    fn request(&self, f: &F, value: &OpValue) -> Request;

    /// Returns the result of a request whose reply, a line of a process, has this value.
    fn decoded(&self, op: &Operation<'_>, value: OpValue) -> OpValue {
        let _ = op;
        value
    }

    /// Returns the result of a request, or `None` if the reply does not match it.
    fn result(&self, op: &Operation<'_>, reply: Reply) -> Option<OpValue>;

    /// Continues an operation after the result of a request: by default that is its own result.
    fn follow_up(&mut self, op: &Operation<'_>, result: OpValue) -> Step {
        let _ = op;
        Step::Done(result)
    }

    /// Observes the end of an operation, and may complete its entry.
    fn on_end(&mut self, worker: usize, entry: &mut Op) {
        let _ = (worker, entry);
    }

    /// Forgets the state of a worker's client, which has been replaced.
    fn on_client_closed(&mut self, worker: usize) {
        let _ = worker;
    }
}

/// An operation in progress.
#[derive(Clone, Copy, Debug)]
pub(super) struct Operation<'a> {
    /// The worker, counted from 0.
    pub(super) worker: usize,
    /// The kind of operation.
    pub(super) f: &'a F,
    /// Its argument.
    pub(super) value: &'a OpValue,
    /// Whether it belongs to the final phase.
    pub(super) is_final: bool,
    /// The `msg_id` of its last request.
    pub(super) msg: u32,
    /// Number of its requests that were answered before.
    pub(super) requests: u32,
}

/// What a client does next in an operation.
#[derive(Debug)]
pub(super) enum Step {
    /// It sends a request. A failure of any but the first leaves the outcome of the operation
    /// unknown.
    Ask(Request),
    /// It ends the operation with this result.
    Done(OpValue),
    /// It crashes: the outcome of the operation is unknown.
    Crash,
}

/// How far a worker's final phase has come.
#[derive(Clone, Copy, Debug)]
pub(super) struct FinalSoFar {
    /// The worker, counted from 0.
    pub(super) worker: usize,
    /// Number of its final operations that have ended.
    pub(super) operations: u32,
    /// Whether it has waited since the last of them.
    pub(super) has_waited: bool,
    /// Time since the final phase began.
    pub(super) elapsed: Duration,
}

/// What a worker does next in the final phase.
#[derive(Debug)]
pub(super) enum FinalStep {
    /// It begins an operation.
    Begin(F, OpValue),
    /// It waits for this time.
    Wait(Duration),
    /// It is done.
    Done,
}

/// How many workers a workload can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WorkerCount {
    /// Any number; one per server by default.
    Any,
    /// Whole groups, each of this many workers per server; one group by default.
    Groups(u32),
}

impl WorkerCount {
    /// Returns the default number of workers for this many servers.
    pub fn default_for(self, servers: u32) -> u32 {
        servers.saturating_mul(self.per_server())
    }

    /// Whether a workload with this many servers can have this many workers.
    pub fn allows(self, workers: u32, servers: u32) -> bool {
        match self {
            WorkerCount::Any => true,
            WorkerCount::Groups(_) => workers.is_multiple_of(self.default_for(servers)),
        }
    }

    /// Returns the default number of workers per server.
    pub fn per_server(self) -> u32 {
        match self {
            WorkerCount::Any => 1,
            WorkerCount::Groups(size) => size,
        }
    }
}

/// The default timeout of clients that wait for a reply, as Maelstrom has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientTimeout {
    /// Five seconds.
    FiveSeconds,
    /// Ten times the mean latency of messages, and at least a second.
    TenLatencies,
}

impl ClientTimeout {
    /// Returns the timeout in a network of this mean latency.
    pub fn at(self, mean_latency: Duration) -> Duration {
        match self {
            ClientTimeout::FiveSeconds => Duration::from_seconds(5),
            ClientTimeout::TenLatencies => {
                let ten = mean_latency.as_ns().saturating_mul(10);
                Duration::from_ns(ten).max(Duration::from_seconds(1))
            }
        }
    }
}

/// How clients handle errors and timeouts, as Maelstrom's clients of the workload do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Errors {
    /// A definite error is a failure; any other error is an unknown outcome.
    Caught,
    /// The client throws: the outcome of the operation is unknown, whatever the error says.
    Thrown,
}
