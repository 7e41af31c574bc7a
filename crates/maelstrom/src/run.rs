//! One run in virtual time: from parameters and a factory of servers to a history, message counts,
//! and problems.

use super::any_server::AnyServer;
use super::net::{NetRow, NetStats};
use super::parameters::GlomersParameters;
use super::parity::ParityLimit;
use super::participant::Problem;
use super::running::Running;
use super::server::Server;
use crate::engine::limits::End;
use crate::engine::time::Instant;
use crate::history::History;
use crate::node::NodeId;
use crate::simulation::Totals;
use crate::trace::Fingerprint;

/// The results of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct GlomersRun {
    /// All operations, and what the nemesis did.
    pub history: History,
    /// Message counts, as Maelstrom makes them.
    pub net: NetStats,
    /// Why the run ended, and the fates of all messages.
    pub totals: Totals,
    /// What must never happen and did, whatever the workload, in order of time.
    pub problems: Vec<(Instant, Problem)>,
    /// Where Maelstrom's verdict does not follow from the history.
    pub parity_limit: Option<ParityLimit>,
    /// When operations began; `None` if they did not.
    pub began: Option<Instant>,
    /// The fingerprint of all operations and all copies of messages.
    pub fingerprint: Fingerprint,
}

/// A receiver of output that is too large to keep in memory.
pub trait Sink {
    /// Whether rows of the journal are wanted.
    fn wants_rows(&self) -> bool;
    /// Receives a copy of a message and its fate, in the order in which the fates took effect.
    fn row(&mut self, row: &NetRow);
    /// Receives a line of a participant's log.
    fn log(&mut self, at: Instant, node: NodeId, line: &str);
    /// Whether it has failed and accepts no more, so that the run can stop.
    fn has_failed(&self) -> bool {
        false
    }
}

/// Discards everything.
impl Sink for () {
    fn wants_rows(&self) -> bool {
        false
    }

    fn row(&mut self, _: &NetRow) {}

    fn log(&mut self, _: Instant, _: NodeId, _: &str) {}
}

/// Number of callbacks between two polls of `stop`.
const TURNS: u64 = 1 << 14;

/// A factory of servers of one type, called at the start of each node and after each of its
/// crashes.
pub struct ServerFactory(Box<dyn Fn(NodeId) -> Box<dyn AnyServer>>);

impl ServerFactory {
    /// Creates a factory of the servers that `make` returns.
    pub fn new<S: Server>(make: impl Fn(NodeId) -> S + 'static) -> ServerFactory {
        ServerFactory(Box::new(move |id| Box::new(make(id))))
    }

    pub(super) fn server(&self, id: NodeId) -> Box<dyn AnyServer> {
        (self.0)(id)
    }
}

impl std::fmt::Debug for ServerFactory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ServerFactory").finish_non_exhaustive()
    }
}

/// Runs servers made by `make` with these parameters. `stop` is polled now and then; if it returns
/// true, the run is interrupted.
pub fn run(
    parameters: &GlomersParameters,
    make: ServerFactory,
    sink: &mut dyn Sink,
    stop: &dyn Fn() -> bool,
) -> GlomersRun {
    let mut running = Running::new(parameters, make, sink);
    let end = loop {
        if let Some(end) = running.run_until(Instant::MAX, TURNS, &mut ()) {
            break end;
        }
        running.flush_journal();
        if stop() || running.sink_has_failed() {
            break End::Interrupted { at: running.now() };
        }
    };
    if matches!(end, End::Interrupted { .. }) {
        running.forget_rows();
    }
    running.finish(end)
}
