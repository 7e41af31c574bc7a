//! Where two recorded runs begin to differ, and which points of two sweeps do.

mod points;
mod settings;

use crate::causal::{CausalEvent, CausalGraph, CausalKind, EventId, MessageCopy};
use crate::describe;
use crate::engine::time::Instant;
use crate::history::Op;
pub use points::{PointDifference, PointsDifference, PointsError, differing_points};
pub use settings::{SettingDifference, differing_settings};

/// Number of events of the causal past that are shown.
const PAST_SHOWN: usize = 6;

/// The first event in which two runs differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventDifference {
    /// Number of events that are the same in both, from the first on.
    pub together: usize,
    /// The instant of the last of them.
    pub until: Option<Instant>,
    /// The first other event of one run; `None` if it has ended.
    pub left: Option<EventSeen>,
    /// That of the other run.
    pub right: Option<EventSeen>,
}

/// An event in words, with what it depends on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventSeen {
    /// When it was, where, and what.
    pub text: String,
    /// The latest events of its causal past, the latest first.
    pub past: Vec<String>,
    /// Number of events of its causal past.
    pub past_count: usize,
}

/// The first entry in which two histories differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryDifference {
    /// Its number, from 0.
    pub entry: usize,
    /// The entry of one history; `None` if it has ended.
    pub left: Option<String>,
    /// That of the other.
    pub right: Option<String>,
}

/// One of two runs.
#[derive(Clone, Copy, Debug)]
pub struct Side<'r> {
    /// Its events.
    pub graph: &'r CausalGraph,
    /// Its history, if it has one.
    pub history: Option<&'r [Op]>,
    /// Whether it has a journal: a trace alone knows of a copy only when it is received.
    pub knows_fates: bool,
}

/// Finds the first event in which two runs differ, in the order of both; `None` if they have the
/// same events with the same messages.
pub fn first_event(left: Side<'_>, right: Side<'_>) -> Option<EventDifference> {
    let (a, b) = (left.graph.events(), right.graph.events());
    let is_same = |place: usize| same_event(left, right, EventId(place as u32));
    let together = (0..a.len().min(b.len())).find(|place| !is_same(*place));
    let together = match together {
        Some(place) => place,
        None if a.len() == b.len() => return None,
        None => a.len().min(b.len()),
    };
    let seen = |side: Side<'_>| {
        let is_there = together < side.graph.events().len();
        is_there.then(|| seen(side, EventId(together as u32)))
    };
    let until = together.checked_sub(1).map(|place| a[place].at);
    Some(EventDifference { together, until, left: seen(left), right: seen(right) })
}

/// Whether an event is the same in both runs: when, where, what, and what became of its messages.
fn same_event(left: Side<'_>, right: Side<'_>, id: EventId) -> bool {
    let (a, b) = (left.graph.event(id), right.graph.event(id));
    let facts = |e: &CausalEvent| (e.at, e.kind, e.clock, e.queue_len, e.message, e.stamp);
    if facts(a) != facts(b) || left.graph.name(a.lane) != right.graph.name(b.lane) {
        return false;
    }
    match a.kind {
        CausalKind::Send if left.knows_fates && right.knows_fates => {
            let message = |event: &CausalEvent| event.message.unwrap_or(u64::MAX);
            let copies = left.graph.copies_of(message(a)).iter();
            let others = right.graph.copies_of(message(b)).iter();
            copies.map(|copy| fate(left, copy)).eq(others.map(|copy| fate(right, copy)))
        }
        CausalKind::Receive => {
            let from = |side: Side<'_>| {
                let copy = side.graph.received(id)?;
                Some((side.graph.name(copy.from).to_owned(), copy.message, copy.copy))
            };
            from(left) == from(right)
        }
        CausalKind::Send | CausalKind::Internal => true,
        CausalKind::Invoke | CausalKind::Complete => {
            let entry = |side: Side<'_>, event: &CausalEvent| {
                let history = side.history?;
                Some(describe::entry_text(history.get(event.entry? as usize)?))
            };
            entry(left, a) == entry(right, b)
        }
    }
}

/// What tells copies apart: the addressee, what became of it and when, its kind and note.
fn fate<'s>(side: Side<'s>, copy: &'s MessageCopy) -> impl PartialEq + use<'s> {
    let to = side.graph.name(copy.to);
    (to, copy.copy, copy.fate, copy.at, copy.kind.as_deref(), copy.note.as_deref())
}

fn seen(side: Side<'_>, id: EventId) -> EventSeen {
    let text = |id: EventId| {
        let event = side.graph.event(id);
        let lane = describe::lane(side.graph, event.lane);
        format!("{} {lane}: {}", event.at, describe::event(side.graph, id, side.history))
    };
    let past: Vec<EventId> = side.graph.past(id).iter().filter(|event| *event != id).collect();
    EventSeen {
        text: text(id),
        past: past.iter().rev().take(PAST_SHOWN).map(|event| text(*event)).collect(),
        past_count: past.len(),
    }
}

/// Finds the first entry in which two histories differ.
pub fn first_entry(left: &[Op], right: &[Op]) -> Option<EntryDifference> {
    let shorter = left.len().min(right.len());
    let entry = match (0..shorter).find(|entry| left[*entry] != right[*entry]) {
        Some(entry) => entry,
        None if left.len() == right.len() => return None,
        None => shorter,
    };
    let text = |history: &[Op]| {
        let op = history.get(entry)?;
        Some(format!("{} {}: {}", op.time, op.process, describe::entry_text(op)))
    };
    Some(EntryDifference { entry, left: text(left), right: text(right) })
}
