//! A run in progress: a simulation of servers, services and clients, and its observer.
//!
//! In virtual time the caller runs it to its end ([`super::run()`]). Where processes take part, the
//! host injects their messages, and advances the run as far as real time has come.

use std::rc::Rc;

use serde_json::Value;

use super::clients::Clients;
use super::external::External;
use super::parameters::GlomersParameters;
use super::parity::ParityLimit;
use super::participant::{Participant, ServerPlace};
use super::protocol::Body;
use super::record::Problem;
use super::run_result::GlomersRun;
use super::server_factory::ServerFactory;
use super::service::ServiceNode;
use super::set_up::{Absences, SetUp};
use super::sink::Sink;
use super::watcher::Watcher;
use crate::engine::limits::End;
use crate::engine::time::{Duration, Instant};
use crate::history::{EntryKind, F, Op, OpValue, Process};
use crate::nemesis::{self, Window};
use crate::node::NodeId;
use crate::simulation::{NodeFault, Observer, Progress, Setup, Simulation};

/// A run in progress.
pub struct Running<'a> {
    simulation: Simulation<Participant>,
    watcher: Watcher<'a>,
    parameters: &'a GlomersParameters,
    windows: Vec<Window>,
}

impl std::fmt::Debug for Running<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Running").field("simulation", &self.simulation).finish_non_exhaustive()
    }
}

impl<'a> Running<'a> {
    /// Creates a run of servers made by `make`, at its beginning.
    pub fn new(
        parameters: &'a GlomersParameters,
        make: ServerFactory,
        sink: &'a mut dyn Sink,
    ) -> Running<'a> {
        let layout = parameters.layout();
        let windows = nemesis::schedule(
            &parameters.nemesis,
            layout.servers,
            parameters.duration,
            parameters.seed,
        );
        let mut setup = setup(parameters);
        nemesis::conditions(&windows).add_to(&mut setup);
        let set_up = SetUp::new(layout, neighbours(parameters), Absences::new(&setup.faults));
        let names: Rc<[String]> = parameters.names.as_slice().into();
        let server =
            move |id| Participant::Server(ServerPlace::new(make.server(id), layout, names.clone()));
        let simulation = Simulation::new(&setup, participants(parameters, set_up, server));
        Running { simulation, watcher: Watcher::new(parameters, sink), parameters, windows }
    }

    /// Creates a run whose nodes are processes, with `patience` as the timeout for each to start.
    /// The nemesis is idle until [`Running::begin_nemesis`].
    pub fn of_processes(
        parameters: &'a GlomersParameters,
        patience: Duration,
        sink: &'a mut dyn Sink,
    ) -> Running<'a> {
        let layout = parameters.layout();
        let mut setup = setup(parameters);
        // All lines that wait when the host reads them arrive at one instant.
        setup.limits.same_instant_events = u64::MAX;
        let set_up = SetUp::of_processes(layout, neighbours(parameters), patience);
        let proxy = move |_| Participant::External(External::new(layout));
        let simulation = Simulation::new(&setup, participants(parameters, set_up, proxy));
        Running { simulation, watcher: Watcher::new(parameters, sink), parameters, windows: vec![] }
    }

    /// Starts the nemesis now, as the parameters say. Returns the faults of nodes, in order of
    /// time.
    pub fn begin_nemesis(&mut self) -> Vec<(Instant, NodeFault)> {
        let GlomersParameters { nemesis, duration, seed, .. } = self.parameters;
        let mut windows =
            nemesis::schedule(nemesis, self.parameters.layout().servers, *duration, *seed);
        let now = Duration::from_ns(self.now().as_ns());
        let later = |at: Instant| at.saturating_add(now);
        for window in &mut windows {
            (window.at, window.until) = (later(window.at), later(window.until));
        }
        let mut setup = setup(self.parameters);
        for partition in &mut setup.network.partitions {
            (partition.at, partition.until) = (later(partition.at), later(partition.until));
        }
        nemesis::conditions(&windows).add_to(&mut setup);
        self.simulation.replace_faults(&setup.network, &setup.faults);
        self.windows = windows;
        setup.faults.sort_by_key(|(at, _)| *at);
        let set_up = self.parameters.layout().set_up();
        let faults = Body::Faults(setup.faults.as_slice().into());
        self.simulation.inject(self.simulation.now(), set_up, set_up, faults);
        setup.faults
    }

    /// Returns the instant of the next event, or `None` if no event is left.
    pub fn next_time(&mut self) -> Option<Instant> {
        self.simulation.next_time()
    }

    /// Returns the instant of the last event.
    pub fn now(&self) -> Instant {
        self.simulation.now()
    }

    /// Returns when operations began; `None` if they have not yet.
    pub fn began(&self) -> Option<Instant> {
        self.watcher.began
    }

    /// Injects a message for a participant from outside the network, at an instant that has not
    /// passed.
    pub fn inject(&mut self, at: Instant, from: NodeId, to: NodeId, body: Body) {
        self.simulation.inject(at, from, to, body);
    }

    /// Records a problem.
    pub fn problem(&mut self, at: Instant, problem: Problem) {
        self.watcher.problem(at, problem);
    }

    /// Records that Maelstrom's verdict does not follow from the history.
    pub fn limit_parity(&mut self, limit: ParityLimit) {
        self.watcher.limit_parity(limit);
    }

    /// Whether the run is over: all operations are done, or a problem has ended it.
    pub fn is_over(&self) -> bool {
        self.watcher.is_over
    }

    /// Runs all events before `until`, or up to the `callbacks`-th callback from here. Returns why
    /// the run ended, if it did.
    pub fn run_until(
        &mut self,
        until: Instant,
        callbacks: u64,
        observer: &mut impl Observer<Participant>,
    ) -> Option<End> {
        let watchers = &mut (&mut self.watcher, observer);
        let progress = self.simulation.run_until(until, callbacks, watchers);
        match progress {
            _ if self.watcher.is_over => Some(End::Duration),
            Progress::Ended(end) => Some(end),
            _ if self.watcher.kept > self.parameters.limits.memory() => {
                Some(End::MemoryLimit { at: self.now() })
            }
            Progress::Reached | Progress::Paused => None,
        }
    }

    /// Whether the sink has failed, so that nothing more can be written.
    pub fn sink_has_failed(&self) -> bool {
        self.watcher.sink_has_failed()
    }

    /// Writes out the journal rows that are final by now.
    pub fn flush_journal(&mut self) {
        self.watcher.flush_journal(self.simulation.now());
    }

    /// Tells the sink how far the run is; `late` if deliveries may be late.
    pub fn pass(&mut self, late: Option<Duration>) {
        let at = self.simulation.now();
        let active = self.windows.iter().filter(|window| window.at <= at && at < window.until);
        let mut faults: Vec<&'static str> = active.map(|window| window.fault.kind.name()).collect();
        faults.dedup();
        self.watcher.pass(at, faults, late);
    }

    /// Drops the journal rows that are not final yet: nothing of an interrupted run is kept, and
    /// there may be millions of them.
    pub(super) fn forget_rows(&mut self) {
        self.watcher.forget_rows();
    }

    /// Ends the run, if it has not ended yet, and returns its results.
    pub fn finish(mut self, end: End) -> GlomersRun {
        let before = self.simulation.now().saturating_add(Duration::from_ns(1));
        let totals = self.simulation.finish(end, before);
        let mut run = self.watcher.finish(totals);
        add_nemesis(&mut run, &self.windows, &self.parameters.names);
        run
    }
}

/// Returns the setup of the simulation, without the faults of the nemesis.
fn setup(parameters: &GlomersParameters) -> Setup {
    let mut setup = Setup::new(parameters.layout().participants(), parameters.seed);
    setup.network = parameters.network_healed_in_time();
    setup.limits = parameters.limits;
    setup.clock_offsets = parameters.clock_offsets();
    setup
}

/// Returns the neighbours of each node, where the workload has a topology.
fn neighbours(parameters: &GlomersParameters) -> Option<Vec<Vec<NodeId>>> {
    let has_topology = parameters.workload.has_topology;
    has_topology.then(|| parameters.topology.neighbours(parameters.layout().servers))
}

/// Adds what the nemesis did to the history: two entries for the beginning of each fault, and two
/// for its end.
fn add_nemesis(run: &mut GlomersRun, windows: &[Window], names: &[String]) {
    for entry in crate::nemesis_entries::describe(windows, names, run.totals.before) {
        let (at, name) = (entry.at, entry.name);
        let op = |value| Op {
            value: if value == Value::Null { OpValue::Nil } else { OpValue::Json(value) },
            ..Op::new(at, Process::Nemesis, EntryKind::Info, F::Nemesis(name.clone()))
        };
        run.history.extend([op(entry.asked), op(entry.done)]);
    }
    // What the nemesis does comes before what clients do at the same instant.
    run.history.sort_by_key(|op| (op.time, op.process != Process::Nemesis));
}

/// Returns the factory of all participants, in the order of a layout.
fn participants(
    parameters: &GlomersParameters,
    set_up: SetUp,
    server: impl Fn(NodeId) -> Participant + 'static,
) -> impl FnMut(NodeId) -> Participant + 'static {
    let layout = parameters.layout();
    let mut clients = Some(Box::new(Clients::new(parameters)));
    let mut set_up = Some(set_up);
    move |id| {
        if id.0 < layout.servers {
            server(id)
        } else if let Some(service) = layout.service_at(id) {
            Participant::Service(ServiceNode::new(service))
        } else if id == layout.clients() {
            Participant::Clients(clients.take().expect("clients never crash"))
        } else {
            Participant::SetUp(set_up.take().expect("the set-up never crashes"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parameters::Layout;
    use crate::service_name::Service;

    #[test]
    fn services_follow_the_servers() {
        let layout = Layout { servers: 3 };
        assert_eq!(layout.service_at(layout.service(Service::LwwKv)), Some(Service::LwwKv));
        assert_eq!(layout.service_at(NodeId(2)), None);
        assert_eq!(layout.service_at(layout.clients()), None);
    }
}
