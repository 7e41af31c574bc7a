//! Builder of a graph from a trace of machines, with its journal if there is one.

use std::collections::BTreeMap;

use super::copies::{implied, join};
use super::graph::{CausalEvent, CausalFate, CausalGraph, CausalKind, Lane, LaneKind, MessageCopy};
use super::ids::{EventId, LaneId};
use super::{EVENTS_MAX, TooLarge};
use crate::node::NodeId;
use crate::trace::{CopyFate, CopyRow, Event, EventKind, Peer, Row};

/// A graph that is being built from rows of `trace.csv` and `net.csv`, ours or another program's.
#[derive(Debug, Default)]
pub struct TraceGraph {
    events: Vec<CausalEvent>,
    copies: Vec<MessageCopy>,
    /// Lanes in the order of their first appearance, by machine.
    lanes: BTreeMap<NodeId, LaneId>,
}

impl TraceGraph {
    /// Adds the row in this line of a trace. Rows come in their order.
    ///
    /// # Errors
    /// If there are too many.
    pub fn add_row(&mut self, line: u64, row: &Row) -> Result<(), TooLarge> {
        if self.events.len() >= EVENTS_MAX {
            return Err(TooLarge);
        }
        let lane = self.lane(row.machine);
        let id = EventId(self.events.len() as u32);
        let Event { message, copy, kind, peer, .. } = row.event;
        match (kind, peer) {
            (EventKind::Internal, _) => {}
            (EventKind::Send, peer) => {
                if let Peer::One(to) = peer {
                    let to = self.lane(to);
                    self.copies.push(implied(message, 1, lane, to));
                }
            }
            (EventKind::Receive, peer) => {
                let from = if let Peer::One(from) = peer { self.lane(from) } else { lane };
                let copy = implied(message, copy, from, lane);
                self.copies.push(MessageCopy { receive: Some(id), ..copy });
            }
        }
        self.add_event(line, row)
    }

    /// Adds the event of a row alone: the other machine of its message is to have no lane.
    ///
    /// # Errors
    /// If there are too many.
    pub fn add_event(&mut self, line: u64, row: &Row) -> Result<(), TooLarge> {
        if self.events.len() >= EVENTS_MAX {
            return Err(TooLarge);
        }
        let Row { at, machine, event } = row;
        let lane = self.lane(*machine);
        let Event { message, stamp, .. } = *event;
        let kind = match event.kind {
            EventKind::Internal => CausalKind::Internal,
            EventKind::Send => CausalKind::Send,
            EventKind::Receive => CausalKind::Receive,
        };
        let has_message = kind != CausalKind::Internal;
        self.events.push(CausalEvent {
            lane,
            place: 0,
            at: *at,
            kind,
            clock: Some(event.clock),
            queue_len: Some(event.queue_len),
            message: has_message.then_some(message),
            stamp: has_message.then_some(stamp),
            copy: None,
            entry: None,
            line: Some(line),
        });
        Ok(())
    }

    /// Adds a row of the journal.
    ///
    /// # Errors
    /// If there are too many.
    pub fn add_copy(&mut self, row: &CopyRow) -> Result<(), TooLarge> {
        if self.copies.len() >= 2 * EVENTS_MAX {
            return Err(TooLarge);
        }
        let (from, to) = (self.lane(row.from), self.lane(row.to));
        self.copies.push(MessageCopy {
            sent: Some(row.sent),
            at: (row.fate != CopyFate::InFlight).then_some(row.at),
            fate: CausalFate::from(row.fate),
            ..implied(row.message, row.copy, from, to)
        });
        Ok(())
    }

    /// Returns the lane of a machine.
    fn lane(&mut self, machine: NodeId) -> LaneId {
        let next = LaneId(self.lanes.len() as u32);
        *self.lanes.entry(machine).or_insert(next)
    }

    /// Returns the graph.
    pub fn finish(self) -> CausalGraph {
        let TraceGraph { mut events, mut copies, lanes: machines } = self;
        // Lanes are renumbered by machine.
        let mut number = vec![LaneId(0); machines.len()];
        let mut lanes = Vec::with_capacity(machines.len());
        for (place, (machine, lane)) in (0..).zip(&machines) {
            number[lane.index()] = LaneId(place);
            let name = (u64::from(machine.0) + 1).to_string().into();
            lanes.push(Lane { name, kind: LaneKind::Node, events: vec![] });
        }
        for (id, event) in (0..).map(EventId).zip(&mut events) {
            event.lane = number[event.lane.index()];
            let of_lane = &mut lanes[event.lane.index()].events;
            event.place = of_lane.len() as u32;
            of_lane.push(id);
        }
        for copy in &mut copies {
            (copy.from, copy.to) = (number[copy.from.index()], number[copy.to.index()]);
        }
        let copies = join(copies, &mut events);
        CausalGraph { lanes, events, copies }
    }
}
