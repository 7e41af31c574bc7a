//! Setting nodes up: each is told who it is, and, where a workload has a topology, who its
//! neighbours are; again after each crash. When all know, clients begin.
//!
//! These messages take no time and are never lost: a run begins at once.

use std::rc::Rc;

use super::parameters::Layout;
use super::participant::{Participant, Problem, ProblemKind, Record};
use super::protocol::{Body, Reply, Request};
use super::server::Peer;
use crate::engine::time::{Duration, Instant};
use crate::node::{Context, NodeId, Timer};

/// A node has so long to start, if nobody says otherwise.
pub(super) const PATIENCE: Duration = Duration::from_seconds(10);

/// Who sets nodes up. Node `i` is told who it is by client `c<i>`, and its neighbours by client
/// `c<n + i>`, as in Maelstrom.
#[derive(Debug)]
pub struct SetUp {
    layout: Layout,
    neighbours: Option<Rc<Vec<Vec<NodeId>>>>,
    /// When which node starts again, in order.
    restarts: Vec<(Instant, NodeId)>,
    /// The timers of those to come.
    due: Vec<(Timer, NodeId)>,
    nodes: Vec<Progress>,
    began: bool,
    /// Whether a node is only set up when somebody says that its process has begun.
    waits: bool,
    patience: Duration,
}

/// How far a node is.
#[derive(Debug, Default)]
struct Progress {
    messages: u32,
    ready: bool,
    timeout: Option<Timer>,
}

impl SetUp {
    /// For the nodes of a layout; with `neighbours` if they are told of these.
    pub(super) fn new(
        layout: Layout,
        neighbours: Option<Vec<Vec<NodeId>>>,
        restarts: Vec<(Instant, NodeId)>,
    ) -> SetUp {
        let nodes = (0..layout.servers).map(|_| Progress::default()).collect();
        let neighbours = neighbours.map(Rc::new);
        SetUp {
            layout,
            neighbours,
            restarts,
            due: vec![],
            nodes,
            began: false,
            waits: false,
            patience: PATIENCE,
        }
    }

    /// For nodes outside: each is set up as soon as its process has begun ([`Body::Spawned`]), and
    /// has so long to answer.
    pub(super) fn of_processes(
        layout: Layout,
        neighbours: Option<Vec<Vec<NodeId>>>,
        patience: Duration,
    ) -> SetUp {
        SetUp { waits: true, patience, ..SetUp::new(layout, neighbours, vec![]) }
    }

    pub(super) fn start<P: Peer>(&mut self, cx: &mut Context<'_, Participant<P>>) {
        for (at, node) in self.restarts.drain(..) {
            self.due.push((cx.set_timer(Duration::from_ns(at.as_ns())), node));
        }
        if self.waits {
            return;
        }
        for id in 0..self.layout.servers {
            self.init(NodeId(id), cx);
        }
    }

    fn init<P: Peer>(&mut self, node: NodeId, cx: &mut Context<'_, Participant<P>>) {
        let place = &mut self.nodes[node.index()];
        place.ready = false;
        if let Some(timer) = place.timeout.replace(cx.set_timer(self.patience)) {
            cx.cancel_timer(timer);
        }
        self.ask(node, node.0, Request::Init, cx);
    }

    fn ask<P: Peer>(
        &mut self,
        node: NodeId,
        client: u32,
        request: Request,
        cx: &mut Context<'_, Participant<P>>,
    ) {
        let place = &mut self.nodes[node.index()];
        place.messages += 1;
        cx.send(node, Body::Request { client, msg: place.messages, request });
    }

    pub(super) fn message<P: Peer>(
        &mut self,
        node: NodeId,
        body: Body<P>,
        cx: &mut Context<'_, Participant<P>>,
    ) {
        let (in_reply_to, reply) = match body {
            Body::Spawned => return self.init(node, cx),
            Body::Reply { in_reply_to, reply, .. } => (in_reply_to, reply),
            _ => return,
        };
        let place = &self.nodes[node.index()];
        if in_reply_to != place.messages || place.ready {
            return; // of a life before its crash
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

    fn is_ready<P: Peer>(&mut self, node: NodeId, cx: &mut Context<'_, Participant<P>>) {
        let place = &mut self.nodes[node.index()];
        place.ready = true;
        if let Some(timer) = place.timeout.take() {
            cx.cancel_timer(timer);
        }
        if !self.began && self.nodes.iter().all(|place| place.ready) {
            self.began = true;
            cx.record(Record::Began);
            cx.send(self.layout.clients(), Body::Go);
        }
    }

    pub(super) fn timer<P: Peer>(&mut self, timer: Timer, cx: &mut Context<'_, Participant<P>>) {
        if let Some(place) = self.due.iter().position(|(due, _)| *due == timer) {
            let (_, node) = self.due.remove(place);
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
