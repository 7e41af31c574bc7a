//! Setting nodes up: each is told who it is, and, where a workload has a topology, who its
//! neighbours are; again after each crash. When all know who are there, clients begin.
//!
//! These messages take no time and are never lost: a run begins at once. A node that is down or
//! paused at that instant is set up when it is back. The time in which it is away does not count
//! against it.

use std::rc::Rc;

use super::parameters::Layout;
use super::participant::{Participant, Problem, ProblemKind, Record};
use super::protocol::{Body, Reply, Request};
use super::server::Peer;
use crate::engine::time::{Duration, Instant};
use crate::node::{Context, NodeId, Timer};
use crate::simulation::Fault;

/// A node has so long to start, while it is there, if nobody says otherwise.
const PATIENCE: Duration = Duration::from_seconds(10);

/// Who sets nodes up. Node `i` is told who it is by client `c<i>`, and its neighbours by client
/// `c<n + i>`, as in Maelstrom.
#[derive(Debug)]
pub struct SetUp {
    layout: Layout,
    neighbours: Option<Rc<Vec<Vec<NodeId>>>>,
    /// When which node is not there, in the order in which it is there again.
    absences: Vec<Absence>,
    /// The timers of the starts to come.
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

/// A time in which a node can do nothing.
#[derive(Clone, Copy, Debug)]
pub(super) struct Absence {
    node: NodeId,
    at: Instant,
    until: Instant,
    /// Whether it starts again after that.
    restarts: bool,
}

/// The absences that these faults make, in the order of their ends.
pub(super) fn absences(faults: &[(Instant, Fault)]) -> Vec<Absence> {
    let mut faults = faults.to_vec();
    faults.sort_by_key(|(at, _)| *at);
    let mut begun: Vec<(NodeId, bool, Instant)> = Vec::new();
    let mut absences = Vec::new();
    for (time, fault) in faults {
        match fault {
            Fault::Crash(node) | Fault::Wipe(node) => begun.push((node, true, time)),
            Fault::Pause(node) => begun.push((node, false, time)),
            Fault::Restart(node) | Fault::Resume(node) => {
                let restarts = matches!(fault, Fault::Restart(_));
                let its = begun.iter().position(|b| (b.0, b.1) == (node, restarts));
                let at = its.map_or(time, |its| begun.remove(its).2);
                absences.push(Absence { node, at, until: time, restarts });
            }
        }
    }
    absences
}

impl SetUp {
    /// For the nodes of a layout; with `neighbours` if they are told of these.
    pub(super) fn new(
        layout: Layout,
        neighbours: Option<Vec<Vec<NodeId>>>,
        absences: Vec<Absence>,
    ) -> SetUp {
        let nodes = (0..layout.servers).map(|_| Progress::default()).collect();
        let neighbours = neighbours.map(Rc::new);
        SetUp {
            layout,
            neighbours,
            absences,
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
        for absence in self.absences.iter().filter(|absence| absence.restarts) {
            let after = Duration::from_ns(absence.until.as_ns());
            self.due.push((cx.set_timer(after), absence.node));
        }
        if self.waits {
            return;
        }
        for id in 0..self.layout.servers {
            self.init(NodeId(id), cx);
        }
        self.begin_if_all_are_ready(cx);
    }

    fn init<P: Peer>(&mut self, node: NodeId, cx: &mut Context<'_, Participant<P>>) {
        let place = &mut self.nodes[node.index()];
        place.ready = false;
        let patience = patience(&self.absences, node, cx.now(), self.patience);
        if let Some(timer) = place.timeout.replace(cx.set_timer(patience)) {
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
        let request = Box::new(request);
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
            Body::Faults(faults) => {
                self.absences = absences(&faults);
                return;
            }
            Body::Reply { in_reply_to, reply, .. } => (in_reply_to, *reply),
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
        self.begin_if_all_are_ready(cx);
    }

    /// Lets clients begin when all nodes are ready but those that are not there.
    fn begin_if_all_are_ready<P: Peer>(&mut self, cx: &mut Context<'_, Participant<P>>) {
        let now = cx.now();
        let is_away = |id| {
            let mut its = self.absences.iter().filter(|absence| absence.node == id);
            its.any(|absence| (absence.at..absence.until).contains(&now))
        };
        let mut nodes = (0..).map(NodeId).zip(&self.nodes);
        if !self.began && nodes.all(|(id, place)| place.ready || is_away(id)) {
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

/// How long after `now` a node will have been there for so long.
fn patience(absences: &[Absence], node: NodeId, now: Instant, there: Duration) -> Duration {
    let mut its: Vec<&Absence> = absences.iter().filter(|absence| absence.node == node).collect();
    its.sort_by_key(|absence| absence.at);
    let mut end = now.saturating_add(there);
    let mut there_since = now;
    for absence in its.into_iter().filter(|absence| absence.until > now) {
        let at = absence.at.max(there_since);
        if at >= end {
            break;
        }
        end = end.saturating_add(absence.until.saturating_since(at));
        there_since = there_since.max(absence.until);
    }
    end.saturating_since(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Instant {
        Instant::ZERO.saturating_add(Duration::from_seconds(seconds))
    }

    #[test]
    fn the_time_in_which_a_node_is_away_does_not_count() {
        let node = NodeId(1);
        let faults = [
            (at(0), Fault::Pause(node)),
            (at(12), Fault::Resume(node)),
            (at(15), Fault::Crash(node)),
            (at(15), Fault::Pause(NodeId(0))),
            (at(18), Fault::Restart(node)),
            (at(60), Fault::Resume(NodeId(0))),
        ];
        let absences = absences(&faults);
        let seconds =
            |node, now| patience(&absences, node, at(now), PATIENCE).as_ns() / 1_000_000_000;
        assert_eq!([seconds(node, 0), seconds(node, 2), seconds(node, 5)], [25, 23, 20]);
        assert_eq!([seconds(node, 12), seconds(node, 18)], [13, 10]);
        assert_eq!([seconds(NodeId(0), 0), seconds(NodeId(0), 5)], [10, 10]);
        assert_eq!(seconds(NodeId(0), 20), 50);
        assert_eq!(seconds(NodeId(2), 3), 10);
    }

    #[test]
    fn overlapping_absences_count_once() {
        let node = NodeId(0);
        let faults = [
            (at(0), Fault::Pause(node)),
            (at(5), Fault::Crash(node)),
            (at(8), Fault::Restart(node)),
            (at(20), Fault::Resume(node)),
        ];
        let absences = absences(&faults);
        assert_eq!(patience(&absences, node, at(0), PATIENCE).as_ns(), 30_000_000_000);
    }
}
