//! The graph itself: lanes, events and copies, and queries on them.

use std::ops::Range;

use super::ids::{EventId, LaneId};
use super::marks::Marks;
use crate::engine::time::Instant;

/// What a lane stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LaneKind {
    /// A machine of the scale model, or a node under test.
    Node,
    /// A service, such as `seq-kv`.
    Service,
    /// A client.
    Client,
}

/// A lane: a sequence of events, one after the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lane {
    /// Its name: `3` for a machine, else that of the journal, such as `n1`, `lin-kv` or `c7`.
    pub name: Box<str>,
    /// What it stands for.
    pub kind: LaneKind,
    /// Its events, in order.
    pub(super) events: Vec<EventId>,
}

/// Kind of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CausalKind {
    /// A message was sent.
    Send,
    /// A message was received; in the scale model, taken from the queue.
    Receive,
    /// Neither: an internal step.
    Internal,
    /// A client invoked an operation.
    Invoke,
    /// An operation of a client completed.
    Complete,
}

impl CausalKind {
    /// Returns its name in one word.
    pub fn name(self) -> &'static str {
        match self {
            CausalKind::Send => "send",
            CausalKind::Receive => "receive",
            CausalKind::Internal => "internal",
            CausalKind::Invoke => "invoke",
            CausalKind::Complete => "complete",
        }
    }
}

/// An event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CausalEvent {
    /// The lane.
    pub lane: LaneId,
    /// Place in its lane.
    pub(super) place: u32,
    /// When it was.
    pub at: Instant,
    /// Its kind.
    pub kind: CausalKind,
    /// Logical clock after the event, where there is one.
    pub clock: Option<u64>,
    /// Number of messages that wait after the event, where it is known.
    pub queue_len: Option<u64>,
    /// Number of the message that was sent or received.
    pub message: Option<u64>,
    /// The message's logical timestamp, where it has one.
    pub stamp: Option<u64>,
    /// The copy that was received: its place in [`CausalGraph::copies`].
    pub(super) copy: Option<u32>,
    /// Number of the entry in the history, for an operation of a client.
    pub entry: Option<u32>,
    /// Line of the trace, where the event is a row of one.
    pub line: Option<u64>,
}

/// What happened to a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CausalFate {
    /// It was received.
    Received,
    /// It arrived and was never taken from the queue.
    Waiting,
    /// It was lost by chance.
    Lost,
    /// A partition cut it off.
    Cut,
    /// It came to a node that was down.
    Crashed,
    /// The run ended before it arrived.
    InFlight,
    /// It was not received, and without a journal nothing else is known.
    NotReceived,
}

impl CausalFate {
    /// Returns it in words: `cut off by a partition`.
    pub fn in_words(self) -> &'static str {
        match self {
            CausalFate::Received => "received",
            CausalFate::Waiting => "arrived, and was never taken",
            CausalFate::Lost => "lost",
            CausalFate::Cut => "cut off by a partition",
            CausalFate::Crashed => "came to a node that was down",
            CausalFate::InFlight => "still under way at the end",
            CausalFate::NotReceived => "not received, as far as is known",
        }
    }
}

/// A copy of a message: one receiver's share of it, or a duplicate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageCopy {
    /// Number of the message.
    pub message: u64,
    /// Number of the copy: 1, or more for a duplicate.
    pub copy: u32,
    /// The sender.
    pub from: LaneId,
    /// The addressee.
    pub to: LaneId,
    /// The send; `None` if it is not in the record, or after its receive.
    pub send: Option<EventId>,
    /// The receive, if it was received.
    pub receive: Option<EventId>,
    /// When it was sent, if that is known.
    pub sent: Option<Instant>,
    /// When its fate took effect: its arrival, or the instant at which it was lost or cut off.
    /// `None` in flight, and without a journal where it was not received.
    pub at: Option<Instant>,
    /// Its fate.
    pub fate: CausalFate,
    /// The `type` of the body, in Gossip Glomers runs.
    pub kind: Option<Box<str>>,
    /// Why a service gave an old answer, if it did.
    pub note: Option<Box<str>>,
}

/// The events and messages of a run, and what happened before what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CausalGraph {
    pub(super) lanes: Vec<Lane>,
    pub(super) events: Vec<CausalEvent>,
    /// By message, addressee and number.
    pub(super) copies: Vec<MessageCopy>,
}

impl CausalGraph {
    /// Returns the lanes: machines or nodes, services, then clients, each in the order of numbers.
    pub fn lanes(&self) -> &[Lane] {
        &self.lanes
    }

    /// Returns the events, in an order that respects causality and time.
    pub fn events(&self) -> &[CausalEvent] {
        &self.events
    }

    /// Returns the copies, by message, addressee and number.
    pub fn copies(&self) -> &[MessageCopy] {
        &self.copies
    }

    /// Returns an event.
    pub fn event(&self, event: EventId) -> &CausalEvent {
        &self.events[event.index()]
    }

    /// Returns the name of a lane.
    pub fn name(&self, lane: LaneId) -> &str {
        &self.lanes[lane.index()].name
    }

    /// Returns the name of a lane for people: machines are numbers, and have the word before them.
    pub fn title(&self, lane: LaneId) -> String {
        let Lane { name, kind, .. } = &self.lanes[lane.index()];
        match *kind == LaneKind::Node && name.parse::<u64>().is_ok() {
            true => format!("machine {name}"),
            false => name.to_string(),
        }
    }

    /// Finds a lane by its name.
    pub fn lane(&self, name: &str) -> Option<LaneId> {
        let place = self.lanes.iter().position(|lane| &*lane.name == name)?;
        u32::try_from(place).ok().map(LaneId)
    }

    /// Returns the events of a lane, in order.
    pub fn events_of(&self, lane: LaneId) -> &[EventId] {
        &self.lanes[lane.index()].events
    }

    /// Returns the last event of a lane at or before an instant.
    pub fn event_at(&self, lane: LaneId, at: Instant) -> Option<EventId> {
        let events = self.events_of(lane);
        let count = events.partition_point(|event| self.event(*event).at <= at);
        count.checked_sub(1).map(|place| events[place])
    }

    /// Returns the event before this one in its lane.
    pub fn previous(&self, event: EventId) -> Option<EventId> {
        let CausalEvent { lane, place, .. } = self.event(event);
        place.checked_sub(1).map(|place| self.events_of(*lane)[place as usize])
    }

    /// Returns the event after this one in its lane.
    pub fn next(&self, event: EventId) -> Option<EventId> {
        let CausalEvent { lane, place, .. } = self.event(event);
        self.events_of(*lane).get(*place as usize + 1).copied()
    }

    /// Returns the copies of a message.
    pub fn copies_of(&self, message: u64) -> &[MessageCopy] {
        let begin = self.copies.partition_point(|copy| copy.message < message);
        let count = self.copies[begin..].partition_point(|copy| copy.message == message);
        &self.copies[begin..begin + count]
    }

    /// Returns the copy that an event received; `None` if it is no receive.
    pub fn received(&self, event: EventId) -> Option<&MessageCopy> {
        self.event(event).copy.map(|copy| &self.copies[copy as usize])
    }

    /// Returns the send of what an event received, if it is in the record.
    pub fn send_of(&self, event: EventId) -> Option<EventId> {
        self.received(event)?.send
    }

    /// Returns the events that directly precede an event: the one before in its lane, and the send
    /// of what it received.
    pub fn causes(&self, event: EventId) -> impl Iterator<Item = EventId> {
        self.previous(event).into_iter().chain(self.send_of(event))
    }

    /// Marks an event and its causal past, in one pass over the events before it.
    pub fn past(&self, event: EventId) -> Marks {
        let mut marks = Marks::new(self.events.len());
        marks.add(event);
        for earlier in ids(0..event.index() + 1).rev() {
            if marks.contains(earlier) {
                self.causes(earlier).for_each(|cause| marks.add(cause));
            }
        }
        marks
    }

    /// Marks an event and its causal future, in one pass over the events after it.
    pub fn future(&self, event: EventId) -> Marks {
        let mut marks = Marks::new(self.events.len());
        marks.add(event);
        for later in ids(event.index() + 1..self.events.len()) {
            if self.causes(later).any(|cause| marks.contains(cause)) {
                marks.add(later);
            }
        }
        marks
    }
}

/// Returns the events at these places.
fn ids(places: Range<usize>) -> impl DoubleEndedIterator<Item = EventId> {
    places.map(|place| EventId(place as u32))
}

#[cfg(test)]
mod tests {
    use super::super::TraceGraph;
    use super::*;
    use crate::trace::{HEADER, JOURNAL_HEADER, read_copies, read_rows};

    /// Three machines: 1 sends to all, 2 receives it and sends on, 3 receives that only.
    const ROWS: &str = "5,1,send,1,0,,0,1,1,\n\
                        6,1,internal,2,0,,,,,\n\
                        7,2,internal,1,1,,,,,\n\
                        8,2,receive,2,0,1,,1,1,1\n\
                        9,2,send,3,0,,3,2,3,\n\
                        9,3,internal,1,0,,,,,\n\
                        12,3,receive,4,0,2,,2,3,1\n\
                        13,1,send,3,0,,2,3,3,\n";
    const NET: &str = "1,1,1,3,5,lost,5\n1,1,1,2,5,delivered,6\n2,1,2,3,9,delivered,10\n\
                       3,1,1,2,13,cut,14\n";

    fn graph(net: bool) -> CausalGraph {
        let mut rows = TraceGraph::default();
        for row in read_rows(format!("{HEADER}{ROWS}").as_bytes()).expect("a header") {
            let (line, row) = row.expect("a row");
            rows.add_row(line, &row).expect("few");
        }
        if net {
            for row in read_copies(format!("{JOURNAL_HEADER}{NET}").as_bytes()).expect("a header") {
                rows.add_copy(&row.expect("a row").1).expect("few");
            }
        }
        rows.finish()
    }

    fn marked(marks: &Marks) -> Vec<u32> {
        marks.iter().map(|event| event.0).collect()
    }

    #[test]
    fn past_and_future_follow_lanes_and_messages() {
        for graph in [graph(false), graph(true)] {
            assert_eq!(marked(&graph.past(EventId(6))), [0, 2, 3, 4, 5, 6]);
            assert_eq!(marked(&graph.future(EventId(3))), [3, 4, 6]);
            assert_eq!(marked(&graph.future(EventId(1))), [1, 7]);
            assert_eq!(graph.past(EventId(6)).count(), 6);
        }
    }

    #[test]
    fn events_are_found_by_lane_and_time() {
        let graph = graph(false);
        let lane = graph.lane("2").expect("a lane");
        let at = |ns| graph.event_at(lane, Instant::from_ns(ns)).map(|event| event.0);
        assert_eq!([at(6), at(7), at(8), at(99)], [None, Some(2), Some(3), Some(4)]);
        assert_eq!(graph.previous(EventId(3)), Some(EventId(2)));
        assert_eq!(graph.next(EventId(4)), None);
        assert_eq!(graph.send_of(EventId(6)), Some(EventId(4)));
        assert_eq!(graph.lane("4"), None);
    }

    #[test]
    fn copies_have_their_fates() {
        let fates = |graph: &CausalGraph, message| -> Vec<(u32, CausalFate)> {
            graph.copies_of(message).iter().map(|copy| (copy.to.0, copy.fate)).collect()
        };
        let with = graph(true);
        assert_eq!(fates(&with, 1), [(1, CausalFate::Received), (2, CausalFate::Lost)]);
        assert_eq!(fates(&with, 3), [(1, CausalFate::Cut)]);
        assert_eq!(with.copies_of(3)[0].send, Some(EventId(7)));
        assert_eq!(with.copies_of(1)[0].at, Some(Instant::from_ns(6)));
        let without = graph(false);
        assert_eq!(fates(&without, 1), [(1, CausalFate::Received)]);
        assert_eq!(fates(&without, 3), [(1, CausalFate::NotReceived)]);
        assert!(fates(&without, 4).is_empty());
    }

    #[test]
    fn a_receive_before_its_send_is_no_cause() {
        let text = format!("{HEADER}1,2,receive,2,0,1,,1,1,1\n5,1,send,1,0,,2,1,1,\n");
        let mut rows = TraceGraph::default();
        for row in read_rows(text.as_bytes()).expect("a header") {
            let (line, row) = row.expect("a row");
            rows.add_row(line, &row).expect("few");
        }
        let graph = rows.finish();
        assert_eq!(graph.send_of(EventId(0)), None);
        assert_eq!(marked(&graph.future(EventId(1))), [1]);
        assert_eq!(graph.copies_of(1)[0].sent, Some(Instant::from_ns(5)));
    }

    #[test]
    fn an_empty_record_is_an_empty_graph() {
        let graph = TraceGraph::default().finish();
        assert!(graph.lanes().is_empty() && graph.events().is_empty());
    }
}
