//! Node set-up: each node receives `init`, and, where a workload has a topology, its neighbours;
//! again after each crash. When all nodes have replied, clients begin.
//!
//! These messages take no time and are never lost: a run begins at once. A node that is down or
//! paused at that instant is set up when it is back. The time in which it is away does not count
//! towards its timeout.

mod absences;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

pub(super) use absences::Absences;

use super::outbox::Outbox;
use super::parameters::Layout;
use super::protocol::{Body, Reply, Request};
use super::record::{Problem, ProblemKind, Record};
use crate::engine::time::Duration;
use crate::node::{NodeId, Timer};

/// Default timeout for a node to start; time in which the node is away does not count.
const PATIENCE: Duration = Duration::from_seconds(10);

/// The participant that sets nodes up. Node `i` receives `init` from client `c<i>`, and `topology`
/// from client `c<n + i>`, as in Maelstrom.
#[derive(Debug)]
pub struct SetUp {
    layout: Layout,
    neighbours: Option<Rc<Vec<Vec<NodeId>>>>,
    /// When each node is down or paused.
    absences: Absences,
    /// The timers of the restarts to come, each with its node.
    due: BTreeMap<Timer, NodeId>,
    nodes: Vec<Progress>,
    /// The nodes that are not ready.
    unready: BTreeSet<NodeId>,
    began: bool,
    /// Whether a node is set up only once its process has started ([`Body::Spawned`]).
    waits: bool,
    patience: Duration,
}

/// How far the set-up of a node has come.
#[derive(Debug, Default)]
struct Progress {
    messages: u32,
    timeout: Option<Timer>,
}

impl SetUp {
    /// Sets up the nodes of a layout; with `neighbours` if they receive a topology.
    pub(super) fn new(
        layout: Layout,
        neighbours: Option<Vec<Vec<NodeId>>>,
        absences: Absences,
    ) -> SetUp {
        let nodes = (0..layout.servers).map(|_| Progress::default()).collect();
        let neighbours = neighbours.map(Rc::new);
        SetUp {
            layout,
            neighbours,
            absences,
            due: BTreeMap::new(),
            nodes,
            unready: (0..layout.servers).map(NodeId).collect(),
            began: false,
            waits: false,
            patience: PATIENCE,
        }
    }

    /// Sets up hosted processes: each as soon as it has started ([`Body::Spawned`]), with
    /// `patience` as the timeout for its reply.
    pub(super) fn of_processes(
        layout: Layout,
        neighbours: Option<Vec<Vec<NodeId>>>,
        patience: Duration,
    ) -> SetUp {
        SetUp { waits: true, patience, ..SetUp::new(layout, neighbours, Absences::default()) }
    }

    pub(super) fn start(&mut self, cx: &mut dyn Outbox) {
        for (at, node) in self.absences.restarts() {
            let after = Duration::from_ns(at.as_ns());
            self.due.insert(cx.set_timer(after), *node);
        }
        if self.waits {
            return;
        }
        for id in 0..self.layout.servers {
            self.init(NodeId(id), cx);
        }
        self.begin_if_all_are_ready(cx);
    }

    fn init(&mut self, node: NodeId, cx: &mut dyn Outbox) {
        self.unready.insert(node);
        let patience = self.absences.patience(node, cx.now(), self.patience);
        let place = &mut self.nodes[node.index()];
        if let Some(timer) = place.timeout.replace(cx.set_timer(patience)) {
            cx.cancel_timer(timer);
        }
        self.ask(node, node.0, Request::Init, cx);
    }

    fn ask(&mut self, node: NodeId, client: u32, request: Request, cx: &mut dyn Outbox) {
        let place = &mut self.nodes[node.index()];
        place.messages += 1;
        let request = Box::new(request);
        cx.send(node, Body::Request { client, msg: place.messages, request });
    }

    pub(super) fn message(&mut self, node: NodeId, body: Body, cx: &mut dyn Outbox) {
        let (in_reply_to, reply) = match body {
            Body::Spawned => return self.init(node, cx),
            Body::Faults(faults) => {
                self.absences = Absences::new(&faults);
                return;
            }
            Body::Reply { in_reply_to, reply, .. } => (in_reply_to, *reply),
            _ => return,
        };
        let place = &self.nodes[node.index()];
        if in_reply_to != place.messages || !self.unready.contains(&node) {
            return; // from before its last crash
        }
        match (reply, self.neighbours.clone()) {
            (Reply::InitOk, Some(all)) => {
                self.ask(node, self.layout.servers + node.0, Request::Topology(all), cx);
            }
            (Reply::InitOk | Reply::TopologyOk, _) => self.is_ready(node, cx),
            (other, _) => {
                let text = match other {
                    Reply::Malformed(text) => text.into(),
                    Reply::Error(failure) => {
                        format!("answered error {}: {}", failure.code.0, failure.text)
                    }
                    other => format!("{} instead of init_ok or topology_ok", other.name()),
                };
                let kind = ProblemKind::NotReady;
                cx.record(Record::Problem(Problem { node, kind, text }));
            }
        }
    }

    fn is_ready(&mut self, node: NodeId, cx: &mut dyn Outbox) {
        let place = &mut self.nodes[node.index()];
        self.unready.remove(&node);
        if let Some(timer) = place.timeout.take() {
            cx.cancel_timer(timer);
        }
        self.begin_if_all_are_ready(cx);
    }

    /// Lets clients begin once all nodes are ready, except those that are down or paused.
    fn begin_if_all_are_ready(&mut self, cx: &mut dyn Outbox) {
        let now = cx.now();
        if !self.began && self.unready.iter().all(|id| self.absences.is_away(*id, now)) {
            self.began = true;
            cx.record(Record::Began);
            cx.send(self.layout.clients(), Body::Go);
        }
    }

    pub(super) fn timer(&mut self, timer: Timer, cx: &mut dyn Outbox) {
        if let Some(node) = self.due.remove(&timer) {
            return self.init(node, cx);
        }
        let late = self.nodes.iter().position(|place| place.timeout == Some(timer));
        if let Some(place) = late {
            let (node, kind) = (NodeId(place as u32), ProblemKind::NotReady);
            let text = format!("was not set up within {}", self.patience);
            cx.record(Record::Problem(Problem { node, kind, text }));
        }
    }
}
