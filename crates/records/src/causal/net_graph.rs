//! Builder of a graph from the journal and the history of a Gossip Glomers run.
//!
//! A send or a receive of the journal is an event of its lane, and so are invocation and completion
//! of an operation in the lane of its client. Events of one instant are in the order in which they
//! were carried out as far as it is recorded: messages are numbered in the order of their sends,
//! and what arrived at that instant comes as early as it can.

use std::collections::BTreeMap;

use super::copies::{implied, join};
use super::graph::{CausalEvent, CausalFate, CausalGraph, CausalKind, Lane, LaneKind, MessageCopy};
use super::ids::{EventId, LaneId};
use super::{EVENTS_MAX, TooLarge};
use crate::engine::time::Instant;
use crate::history::{EntryKind, Op, Process};
use crate::trace::{CopyFate, NamedCopy};

/// A graph that is being built from rows of a Gossip Glomers journal.
#[derive(Debug)]
pub struct NetGraph {
    /// Number of nodes: their lanes come first.
    nodes: u32,
    names: Vec<Box<str>>,
    lanes: BTreeMap<Box<str>, LaneId>,
    copies: Vec<MessageCopy>,
}

/// Place of an event within the order of a run: the instant, the number of the message that was
/// sent there, the phase of that message, and a number to tell equal ones apart.
type OrderKey = (Instant, u64, u8, u64);

/// Phases of a message at one instant.
const INVOKED: u8 = 0;
const SENT: u8 = 1;
const RECEIVED: u8 = 2;
const COMPLETED: u8 = 3;

/// A request that a client sent.
struct ClientSend {
    at: Instant,
    message: u64,
    client: LaneId,
    node: LaneId,
}

impl NetGraph {
    /// Begins the graph of a run with nodes of these names.
    pub fn new(nodes: &[String]) -> NetGraph {
        let mut graph = NetGraph {
            nodes: nodes.len() as u32,
            names: vec![],
            lanes: BTreeMap::new(),
            copies: vec![],
        };
        nodes.iter().for_each(|name| {
            graph.lane(name);
        });
        graph
    }

    /// Adds a row of the journal.
    ///
    /// # Errors
    /// If there are too many.
    pub fn add_copy(&mut self, row: &NamedCopy) -> Result<(), TooLarge> {
        if self.copies.len() >= EVENTS_MAX / 2 {
            return Err(TooLarge);
        }
        let (from, to) = (self.lane(&row.from), self.lane(&row.to));
        self.copies.push(MessageCopy {
            sent: Some(row.sent),
            at: (row.fate != CopyFate::InFlight).then_some(row.at),
            fate: CausalFate::from(row.fate),
            kind: Some(row.kind.clone()),
            note: (!row.note.is_empty()).then(|| row.note.clone()),
            ..implied(row.message, row.copy, from, to)
        });
        Ok(())
    }

    /// Returns the lane of a name.
    fn lane(&mut self, name: &str) -> LaneId {
        if let Some(lane) = self.lanes.get(name) {
            return *lane;
        }
        let lane = LaneId(self.names.len() as u32);
        self.names.push(name.into());
        self.lanes.insert(name.into(), lane);
        lane
    }

    /// Returns the graph, with the operations of a history.
    pub fn finish(mut self, history: &[Op]) -> CausalGraph {
        let mut drafts = self.messages();
        self.operations(history, &mut drafts);
        drafts.sort_by_key(|(key, _)| *key);
        let (number, mut lanes) = self.sorted_lanes();
        let mut events = Vec::with_capacity(drafts.len());
        for (place, (_, mut event)) in drafts.into_iter().enumerate() {
            event.lane = number[event.lane.index()];
            let of_lane = &mut lanes[event.lane.index()].events;
            event.place = of_lane.len() as u32;
            of_lane.push(EventId(place as u32));
            if let (CausalKind::Receive, Some(copy)) = (event.kind, event.copy) {
                self.copies[copy as usize].receive = Some(EventId(place as u32));
            }
            events.push(event);
        }
        for copy in &mut self.copies {
            (copy.from, copy.to) = (number[copy.from.index()], number[copy.to.index()]);
        }
        let copies = join(self.copies, &mut events);
        CausalGraph { lanes, events, copies }
    }

    /// Returns the sends and receives of all messages. A receive has the place of its copy.
    fn messages(&self) -> Vec<(OrderKey, CausalEvent)> {
        let mut drafts = Vec::with_capacity(2 * self.copies.len());
        for (place, copy) in self.copies.iter().enumerate() {
            let MessageCopy { message, copy: number, from, to, sent, at, fate, .. } = copy;
            let Some(sent) = *sent else { continue };
            let event = |lane, at, kind| CausalEvent {
                message: Some(*message),
                ..bare_event(lane, at, kind)
            };
            if *number == 1 {
                drafts.push(((sent, *message, SENT, 0), event(*from, sent, CausalKind::Send)));
            }
            if let (CausalFate::Waiting, Some(at)) = (fate, *at) {
                let cause = if at == sent { *message } else { 0 };
                let mut receive = event(*to, at, CausalKind::Receive);
                receive.copy = Some(place as u32);
                drafts.push(((at, cause, RECEIVED, place as u64), receive));
            }
        }
        drafts
    }

    /// Adds invocations and completions in the lanes of their clients.
    fn operations(&mut self, history: &[Op], drafts: &mut Vec<(OrderKey, CausalEvent)>) {
        let sends = self.client_sends();
        let replies = self.instant_replies();
        let mut clients: BTreeMap<u64, LaneId> = BTreeMap::new();
        // Clients of processes that go on, by client.
        let mut taken: BTreeMap<LaneId, u64> = BTreeMap::new();
        let mut next = 0;
        let mut last = (Instant::ZERO, 0, 0, 0);
        for (entry, op) in (0..).zip(history) {
            let Process::Client(process) = op.process else { continue };
            let reply = clients.get(&process).and_then(|client| replies.get(&(*client, op.time)));
            let mut key = (op.time, reply.copied().unwrap_or(0), COMPLETED, 0);
            if op.kind == EntryKind::Invoke {
                next += sends[next..].partition_point(|send| send.at < op.time);
                let now = sends[next..].iter().take_while(|send| send.at == op.time);
                let known = clients.get(&process).copied();
                let is_its = |send: &&ClientSend| match known {
                    Some(client) => send.client == client,
                    None => {
                        let node = op.node.is_none_or(|node| send.node.0 == node);
                        node && !taken.contains_key(&send.client)
                    }
                };
                if let Some(send) = now.into_iter().find(is_its) {
                    clients.insert(process, send.client);
                    taken.insert(send.client, process);
                    key = (op.time, send.message, INVOKED, 0);
                }
            }
            // Entries of one instant keep their order.
            last = key.max(last);
            last.3 += 1;
            let client = clients.get(&process).copied();
            let lane = client.unwrap_or_else(|| self.lane(&format!("process {process}")));
            let is_invocation = op.kind == EntryKind::Invoke;
            let kind = if is_invocation { CausalKind::Invoke } else { CausalKind::Complete };
            let event = CausalEvent { entry: Some(entry), ..bare_event(lane, op.time, kind) };
            drafts.push((last, event));
            if op.kind == EntryKind::Info
                && let Some(client) = client
            {
                taken.remove(&client);
            }
        }
    }

    /// Returns the last message that a client received at the instant of its send, by client and
    /// instant: the operation that it completes must come after it.
    fn instant_replies(&self) -> BTreeMap<(LaneId, Instant), u64> {
        let mut replies = BTreeMap::new();
        for copy in &self.copies {
            if copy.fate == CausalFate::Waiting
                && self.kind(copy.to) == LaneKind::Client
                && let Some(at) = copy.at.filter(|_| copy.at == copy.sent)
            {
                let last: &mut u64 = replies.entry((copy.to, at)).or_default();
                *last = copy.message.max(*last);
            }
        }
        replies
    }

    /// Returns what clients sent, in order.
    fn client_sends(&self) -> Vec<ClientSend> {
        let is_client = |copy: &&MessageCopy| {
            copy.copy == 1 && copy.to.0 < self.nodes && self.kind(copy.from) == LaneKind::Client
        };
        let send = |copy: &MessageCopy| {
            let MessageCopy { message, from: client, to: node, sent, .. } = *copy;
            sent.map(|at| ClientSend { at, message, client, node })
        };
        let mut sends: Vec<ClientSend> =
            self.copies.iter().filter(is_client).filter_map(send).collect();
        sends.sort_by_key(|send| (send.at, send.message));
        sends
    }

    fn kind(&self, lane: LaneId) -> LaneKind {
        if lane.0 < self.nodes {
            return LaneKind::Node;
        }
        let name = &self.names[lane.index()];
        match client_number(name).is_some() || name.starts_with("process ") {
            true => LaneKind::Client,
            false => LaneKind::Service,
        }
    }

    /// Returns the final number of each lane, and the lanes in this order.
    fn sorted_lanes(&self) -> (Vec<LaneId>, Vec<Lane>) {
        let mut order: Vec<LaneId> = (0..self.names.len() as u32).map(LaneId).collect();
        order.sort_by_cached_key(|lane| {
            let (kind, name) = (self.kind(*lane), &self.names[lane.index()]);
            let number = if kind == LaneKind::Node { u64::from(lane.0) } else { 0 };
            (kind, number, client_number(name), name.clone())
        });
        let mut number = vec![LaneId(0); order.len()];
        let mut lanes = Vec::with_capacity(order.len());
        for (place, lane) in (0..).zip(&order) {
            number[lane.index()] = LaneId(place);
            let (name, kind) = (self.names[lane.index()].clone(), self.kind(*lane));
            lanes.push(Lane { name, kind, events: vec![] });
        }
        (number, lanes)
    }
}

/// Returns the number of a client's name, such as `c7`.
fn client_number(name: &str) -> Option<u64> {
    name.strip_prefix('c')?.parse().ok()
}

fn bare_event(lane: LaneId, at: Instant, kind: CausalKind) -> CausalEvent {
    CausalEvent {
        lane,
        place: 0,
        at,
        kind,
        clock: None,
        queue_len: None,
        message: None,
        stamp: None,
        copy: None,
        entry: None,
        line: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::F;
    use crate::trace::read_net;

    fn graph(net: &str, history: &[Op]) -> CausalGraph {
        let header = "message,copy,from,to,sent_ns,fate,at_ns,type,note\n";
        let mut graph = NetGraph::new(&["n0".to_owned(), "n1".to_owned()]);
        for row in read_net(format!("{header}{net}").as_bytes()).expect("a header") {
            graph.add_copy(&row.expect("a row").1).expect("few");
        }
        graph.finish(history)
    }

    fn op(at: u64, process: u64, kind: EntryKind) -> Op {
        let process = Process::Client(process);
        Op { node: Some(0), ..Op::new(Instant::from_ns(at), process, kind, F::Read) }
    }

    fn words(graph: &CausalGraph) -> Vec<String> {
        let word = |event: &CausalEvent| {
            let number = event.message.or(event.entry.map(u64::from)).unwrap_or(0);
            format!("{} {:?} {number}", graph.name(event.lane), event.kind)
        };
        graph.events().iter().map(word).collect()
    }

    #[test]
    fn without_latency_causes_still_come_first() {
        let net = "1,1,c4,n0,5,delivered,5,read,\n2,1,n0,n1,5,delivered,5,gossip,\n\
                   3,1,n0,c4,5,delivered,5,read_ok,\n";
        let history = [op(5, 0, EntryKind::Invoke), op(5, 0, EntryKind::Ok)];
        let graph = graph(net, &history);
        let expected = [
            "c4 Invoke 0",
            "c4 Send 1",
            "n0 Receive 1",
            "n0 Send 2",
            "n1 Receive 2",
            "n0 Send 3",
            "c4 Receive 3",
            "c4 Complete 1",
        ];
        assert_eq!(words(&graph), expected);
        let past = graph.past(EventId(7));
        assert!(!past.contains(EventId(4)), "what n1 received caused nothing");
        assert_eq!(past.count(), 7);
    }

    #[test]
    fn operations_are_in_the_lanes_of_their_clients() {
        let net = "1,1,c4,n0,5,delivered,7,read,\n2,1,c5,n0,5,delivered,8,read,\n\
                   4,1,n0,c5,8,lost,8,read_ok,\n3,1,n0,c4,7,delivered,9,read_ok,\n\
                   5,1,c6,n0,30,in_flight,,read,\n";
        let history = [
            op(5, 0, EntryKind::Invoke),
            op(5, 1, EntryKind::Invoke),
            op(9, 0, EntryKind::Ok),
            op(20, 1, EntryKind::Info),
            op(30, 3, EntryKind::Invoke),
        ];
        let graph = graph(net, &history);
        let expected = [
            "c4 Invoke 0",
            "c4 Send 1",
            "c5 Invoke 1",
            "c5 Send 2",
            "n0 Receive 1",
            "n0 Send 3",
            "n0 Receive 2",
            "n0 Send 4",
            "c4 Receive 3",
            "c4 Complete 2",
            "c5 Complete 3",
            "c6 Invoke 4",
            "c6 Send 5",
        ];
        assert_eq!(words(&graph), expected);
        let names: Vec<&str> = graph.lanes().iter().map(|lane| &*lane.name).collect();
        assert_eq!(names, ["n0", "n1", "c4", "c5", "c6"]);
    }
}
