//! A space-time diagram as plain values: lanes, events on them, messages between them, and faults.

/// A space-time diagram of a part of a run.
#[derive(Clone, Debug, Default)]
pub struct Diagram {
    pub(super) title: String,
    pub(super) caption: Vec<String>,
    /// From the top down.
    pub(super) lanes: Vec<DrawnLane>,
    /// First and last instant, in nanoseconds.
    pub(super) window: (u64, u64),
    pub(super) events: Vec<DrawnEvent>,
    pub(super) messages: Vec<DrawnMessage>,
    pub(super) faults: Vec<DrawnFault>,
    /// Name of the event whose past and future are highlighted.
    pub(super) causal: Option<String>,
}

/// A lane of a diagram.
#[derive(Clone, Debug)]
pub(super) struct DrawnLane {
    pub(super) name: String,
    /// What stands below its name.
    pub(super) note: String,
}

/// An event.
#[derive(Clone, Debug)]
pub(super) struct DrawnEvent {
    pub(super) lane: usize,
    pub(super) at: u64,
    pub(super) mark: EventMark,
    /// The text beside it, such as its clock; empty for none.
    pub(super) label: String,
    /// Whether its label comes before those of others.
    pub(super) is_jump: bool,
    pub(super) side: Side,
    pub(super) tooltip: Vec<String>,
}

/// Kind of an event, for its mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum EventMark {
    Send,
    Receive,
    Internal,
    Invoke,
    Ok,
    Fail,
    Info,
}

/// Relation to the highlighted event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Side {
    /// No event is highlighted.
    #[default]
    Plain,
    /// Neither before nor after it.
    Apart,
    Past,
    Future,
    /// The event itself.
    Centre,
}

/// A copy of a message.
#[derive(Clone, Debug)]
pub(super) struct DrawnMessage {
    pub(super) from: usize,
    pub(super) sent: u64,
    pub(super) to: usize,
    pub(super) at: u64,
    pub(super) end: MessageEnd,
    /// The text beside it; empty for none.
    pub(super) label: String,
    pub(super) side: Side,
    pub(super) tooltip: Vec<String>,
}

/// The end of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum MessageEnd {
    /// It was received, or arrived.
    Arrived,
    /// It was lost, cut off, or came to a node that was down.
    Missed,
    /// It is under way at the end, or nothing is known.
    Open,
}

/// A fault of some lanes.
#[derive(Clone, Debug)]
pub(super) struct DrawnFault {
    pub(super) kind: String,
    pub(super) from: u64,
    pub(super) until: u64,
    pub(super) lanes: Vec<usize>,
    pub(super) tooltip: Vec<String>,
}
