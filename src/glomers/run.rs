//! One run: from parameters and a maker of servers to a history, counts, and what went wrong.

use std::rc::Rc;

use serde_json::Value;

use super::clients::Clients;
use super::net::{NetRow, NetStats, NetTally};
use super::parameters::{Layout, Parameters};
use super::participant::{Participant, Problem, ProblemKind, Record, ServerPlace};
use super::protocol::Body;
use super::server::{Peer, Server};
use super::service::ServiceNode;
use super::set_up::{Absence, SetUp, absences};
use crate::engine::limits::End;
use crate::engine::time::{Duration, Instant};
use crate::history::{F, History, Kind, Op, OpValue, Process};
use crate::nemesis;
use crate::network::{CopySent, Fate};
use crate::node::NodeId;
use crate::simulation::{Observer, Progress, Setup, Simulation, Totals};
use crate::trace::Fingerprint;

/// What a run came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// All operations, and what the nemesis did.
    pub history: History,
    /// What went over the network.
    pub net: NetStats,
    /// What became of all messages.
    pub totals: Totals,
    /// What must not happen and did, whatever the workload, in order of time.
    pub problems: Vec<(Instant, Problem)>,
    /// When operations began; `None` if they did not.
    pub began: Option<Instant>,
    /// The fingerprint of all operations and all copies of messages.
    pub fingerprint: Fingerprint,
}

/// Who is given what a run is too large to keep.
pub trait Sink {
    /// Whether rows of the journal are wanted.
    fn wants_rows(&self) -> bool;
    /// A copy of a message, and what became of it, in the order in which that happened.
    fn row(&mut self, row: &NetRow);
    /// A line of a participant's log.
    fn log(&mut self, at: Instant, node: NodeId, line: &str);
}

/// Nobody is given anything.
impl Sink for () {
    fn wants_rows(&self) -> bool {
        false
    }

    fn row(&mut self, _: &NetRow) {}

    fn log(&mut self, _: Instant, _: NodeId, _: &str) {}
}

/// Between two looks at whether to stop so many turns are taken.
const TURNS: u64 = 1 << 14;

/// Makes a server: at the beginning, and after each crash.
pub type Make<P> = Box<dyn Fn(NodeId) -> Box<dyn Server<Peer = P>>>;

/// Runs servers made by `make` with these parameters. `stop` is asked now and then.
pub fn run<P: Peer>(
    parameters: &Parameters,
    make: Make<P>,
    sink: &mut dyn Sink,
    stop: &dyn Fn() -> bool,
) -> Run {
    let layout = parameters.layout();
    let windows = nemesis::schedule(
        &parameters.nemesis,
        layout.servers,
        parameters.duration,
        parameters.seed,
    );
    let mut setup = Setup::new(layout.participants(), parameters.seed);
    setup.network = parameters.network_healed_in_time();
    setup.limits = parameters.limits;
    nemesis::conditions(&windows).add_to(&mut setup);
    let participants = participants(parameters, absences(&setup.faults), make);
    let mut simulation: Simulation<Participant<P>> = Simulation::new(&setup, participants);
    let mut watcher = Watcher::new(layout, sink);
    let mut turns = 0;
    let end = loop {
        let progress = simulation.run_until(Instant::MAX, 1, &mut watcher);
        if watcher.is_over {
            break End::Duration;
        }
        if let Progress::Ended(end) = progress {
            break end;
        }
        turns += 1;
        if turns % TURNS == 0 {
            watcher.give(simulation.now());
            if stop() {
                break End::Interrupted { at: simulation.now() };
            }
        }
    };
    let before = simulation.now().saturating_add(Duration::from_ns(1));
    let totals = simulation.finish(end, before);
    let mut run = watcher.finish(totals);
    add_nemesis(&mut run, &windows, &parameters.names);
    run
}

/// Adds what the nemesis did to the history: two entries for the beginning of each fault, and two
/// for its end.
fn add_nemesis(run: &mut Run, windows: &[nemesis::Window], names: &[String]) {
    for entry in nemesis::describe(windows, names).into_iter().filter(|e| e.at < run.totals.before)
    {
        let op = |value| Op {
            time: entry.at,
            process: Process::Nemesis,
            kind: Kind::Info,
            f: F::Nemesis(entry.name.clone()),
            value: if value == Value::Null { OpValue::Nil } else { OpValue::Json(value) },
            error: None,
            is_final: false,
            node: None,
        };
        run.history.extend([op(entry.asked.clone()), op(entry.done.clone())]);
    }
    // What the nemesis does comes before what clients do at the same instant.
    run.history.sort_by_key(|op| (op.time, op.process != Process::Nemesis));
}

/// Makes all participants, in the order of a layout.
fn participants<P: Peer>(
    parameters: &Parameters,
    absences: Vec<Absence>,
    make: Make<P>,
) -> impl FnMut(NodeId) -> Participant<P> + 'static {
    let layout = parameters.layout();
    let names: Rc<[String]> = parameters.names.as_slice().into();
    let workload = parameters.workload;
    let neighbours =
        workload.has_topology().then(|| parameters.topology.neighbours(layout.servers));
    let mut clients = Some(Box::new(Clients::new(parameters, workload.start())));
    let mut set_up = Some(SetUp::new(layout, neighbours, absences));
    move |id| {
        if id.0 < layout.servers {
            Participant::Server(ServerPlace::new(make(id), layout, names.clone()))
        } else if let Some(service) = layout.service_at(id) {
            Participant::Service(ServiceNode::new(service))
        } else if id == layout.clients() {
            Participant::Clients(clients.take().expect("clients never crash"))
        } else {
            Participant::SetUp(set_up.take().expect("the set-up never crashes"))
        }
    }
}

/// Watches a run.
struct Watcher<'a> {
    history: History,
    problems: Vec<(Instant, Problem)>,
    net: NetTally,
    sink: &'a mut dyn Sink,
    began: Option<Instant>,
    is_over: bool,
    fingerprint: Fingerprint,
}

impl<'a> Watcher<'a> {
    fn new(layout: Layout, sink: &'a mut dyn Sink) -> Watcher<'a> {
        Watcher {
            history: vec![],
            problems: vec![],
            net: NetTally::new(layout, sink.wants_rows()),
            sink,
            began: None,
            is_over: false,
            fingerprint: Fingerprint::default(),
        }
    }

    /// Gives out what has happened before an instant.
    fn give(&mut self, before: Instant) {
        self.net.give(before, &mut |row| self.sink.row(row));
    }

    fn finish(self, totals: Totals) -> Run {
        let Watcher { history, problems, net, sink, began, fingerprint, .. } = self;
        let net = net.finish(totals.before, &mut |row| sink.row(row));
        Run { history, net, totals, problems, began, fingerprint }
    }
}

impl<P: Peer> Observer<Participant<P>> for Watcher<'_> {
    fn record(&mut self, at: Instant, node: NodeId, record: &Record) {
        match record {
            Record::Op(op) => {
                // Clients' own clocks are the clock of the run.
                add(&mut self.fingerprint, op);
                self.history.push(op.clone());
            }
            Record::Log(line) => self.sink.log(at, node, line),
            Record::Problem(problem) => {
                self.is_over |= problem.kind != ProblemKind::Protocol;
                self.problems.push((at, problem.clone()));
            }
            Record::Began => self.began = Some(at),
            Record::Over => self.is_over = true,
        }
    }

    fn copy(&mut self, copy: &CopySent, body: &Body<P>) {
        self.net.copy(copy, body);
        let (fate, at) = match copy.fate {
            Fate::Arrives(at) => (0, at),
            Fate::Lost(at) => (1, at),
            Fate::Cut(at) => (2, at),
            Fate::Crashed(at) => (3, at),
        };
        let ends = u64::from(copy.from.0) << 32 | u64::from(copy.to.0);
        let number = copy.message.0 << 3 | u64::from(copy.copy & 1) << 2 | fate;
        self.fingerprint.add_words([at.as_ns(), ends, number]);
    }
}

/// Adds an entry of the history to a fingerprint.
fn add(fingerprint: &mut Fingerprint, op: &Op) {
    let process = match op.process {
        Process::Client(process) => process,
        Process::Nemesis => u64::MAX,
    };
    fingerprint.add_words([op.time.as_ns(), process, op.kind as u64]);
    match &op.value {
        OpValue::Nil => {}
        OpValue::Int(value) => fingerprint.add_words([1, *value as u64, 0]),
        OpValue::Ints(values) => {
            let count = values.len();
            for value in values.iter() {
                fingerprint.add_words([2, value as u64, count]);
            }
        }
        OpValue::Json(value) => {
            for byte in value.to_string().bytes() {
                fingerprint.add_words([3, byte.into(), 0]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::glomers::protocol::Service;

    #[test]
    fn services_follow_the_servers() {
        let layout = Layout { servers: 3 };
        assert_eq!(layout.service_at(layout.service(Service::LwwKv)), Some(Service::LwwKv));
        assert_eq!(layout.service_at(NodeId(2)), None);
        assert_eq!(layout.service_at(layout.clients()), None);
    }
}
