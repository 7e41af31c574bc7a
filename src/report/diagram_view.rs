//! The space-time diagram of a part of a causal graph.

use std::collections::{BTreeMap, BTreeSet};

use super::diagram::{
    Diagram, DrawnEvent, DrawnFault, DrawnLane, DrawnMessage, EventMark, MessageEnd, Side,
};
use super::diagram_source::{DiagramSource, LaneFault};
use super::diagram_words::{event_name, label, message_tooltip, rounded, tooltip};
use crate::causal::{
    CausalFate, CausalGraph, CausalKind, EventId, LaneId, LaneKind, Marks, MessageCopy,
};
use crate::engine::time::Instant;
use crate::history::EntryKind;

/// What a user wants to see of a run.
#[derive(Clone, Debug, Default)]
pub struct DiagramRequest {
    /// First instant; by default the beginning, or a little before the highlighted event.
    pub from: Option<Instant>,
    /// Last instant; by default as many events as are readable.
    pub until: Option<Instant>,
    /// Names of the lanes; by default all nodes, and what exchanges messages with them.
    pub lanes: Vec<String>,
    /// The event whose causal past and future are highlighted.
    pub causal: Option<EventId>,
}

/// Number of events that are shown by default.
const EVENTS: usize = 72;

/// Maximum number of messages that neither begin nor end in the picture.
const PASSING_MAX: usize = 30;

/// Maximum number of lanes.
const LANES_MAX: usize = 40;

/// Builds the diagram of a part of a run; `title` identifies the run.
///
/// # Errors
/// If there is no such lane, or nothing to draw.
pub fn draw_messages(
    source: &DiagramSource<'_>,
    request: &DiagramRequest,
    title: &str,
) -> Result<Diagram, String> {
    let graph = source.graph;
    if graph.events().is_empty() {
        return Err("there are no events to draw".to_owned());
    }
    let chosen = chosen(graph, &request.lanes)?;
    let (from, until) = window(source, request, &chosen)?;
    let view = View { source, from, until };
    let (lanes, left_out) = view.lanes(&chosen, !request.lanes.is_empty());
    let marks = request.causal.map(|event| (event, graph.past(event), graph.future(event)));
    let place: BTreeMap<LaneId, usize> =
        lanes.iter().enumerate().map(|(place, lane)| (*lane, place)).collect();
    let events = view.events(&place, marks.as_ref());
    let (messages, passing) = view.without_passing(view.messages(&place, marks.as_ref()));
    let lane = |lane: &LaneId| DrawnLane {
        name: graph.title(*lane),
        note: match graph.lanes()[lane.index()].kind {
            LaneKind::Node => String::new(),
            LaneKind::Service => "service".to_owned(),
            LaneKind::Client => "client".to_owned(),
        },
    };
    let end = last(source);
    let (shown_from, shown_until) = (rounded(from), rounded(until));
    let mut caption = vec![format!(
        "shown: {shown_from} to {shown_until} of {}, {} of {} events, {} copies of messages",
        rounded(end),
        events.len(),
        graph.events().len(),
        messages.len(),
    )];
    if request.until.is_none() && until < end {
        caption[0].push_str("; --from and --to choose another part");
    }
    caption.extend(left_out);
    caption.extend(passing);
    let causal = marks.as_ref().map(|(event, past, future)| {
        let name = event_name(graph, *event);
        caption.push(format!(
            "causal past of {name}: {} events; future: {}",
            past.count() - 1,
            future.count() - 1
        ));
        name
    });
    Ok(Diagram {
        title: title.to_owned(),
        caption,
        lanes: lanes.iter().map(lane).collect(),
        window: (from.as_ns(), until.as_ns()),
        events,
        messages,
        faults: view.faults(&place),
        causal,
    })
}

impl Diagram {
    /// Returns the diagram with these lines below it.
    pub fn with_caption(mut self, caption: Vec<String>) -> Diagram {
        self.caption.splice(0..0, caption);
        self
    }
}

/// Returns the lanes of these names, or all.
fn chosen(graph: &CausalGraph, names: &[String]) -> Result<Vec<LaneId>, String> {
    let all = || (0..graph.lanes().len() as u32).map(LaneId);
    if names.is_empty() {
        return Ok(all().collect());
    }
    let find = |name: &String| {
        graph.lane(name).ok_or_else(|| {
            let known: Vec<&str> = all().take(20).map(|lane| graph.name(lane)).collect();
            let more = if graph.lanes().len() > known.len() { ", …" } else { "" };
            format!("there is no lane `{name}`; there are {}{more}", known.join(", "))
        })
    };
    names.iter().map(find).collect()
}

/// Returns the end of the run, as far as it is known.
fn last(source: &DiagramSource<'_>) -> Instant {
    let event = source.graph.events().last().map(|event| event.at);
    let entry = source.history.last().map(|op| op.time);
    event.max(entry).unwrap_or(Instant::ZERO)
}

/// Chooses the part of the run that is shown.
fn window(
    source: &DiagramSource<'_>,
    request: &DiagramRequest,
    lanes: &[LaneId],
) -> Result<(Instant, Instant), String> {
    let lanes: BTreeSet<LaneId> = lanes.iter().copied().collect();
    let events = source.graph.events();
    let end = last(source);
    let counted = |at: &usize| lanes.contains(&events[*at].lane);
    let operation = events.iter().find(|event| event.kind == CausalKind::Invoke);
    let from = match (request.from, request.causal) {
        (Some(from), _) => from,
        // What sets nodes up comes before the first operation.
        (None, None) if request.until.is_none() => {
            operation.map_or(Instant::ZERO, |event| event.at)
        }
        (None, Some(event)) if request.until.is_none() => {
            let before = (0..event.index() + 1).rev().filter(counted).take(EVENTS / 2).last();
            before.map_or(Instant::ZERO, |place| events[place].at)
        }
        _ => Instant::ZERO,
    };
    let first = events.partition_point(|event| event.at < from);
    let until = request.until.unwrap_or_else(|| {
        let start = request.causal.map_or(first, |event| event.index().max(first));
        let count = if request.causal.is_some() { EVENTS / 2 } else { EVENTS };
        let shown = (start..events.len()).filter(counted).take(count).last();
        let until = shown.map_or(end, |place| events[place].at);
        match (start..events.len()).filter(counted).nth(count) {
            None => end.max(until),
            Some(_) => rounded_up(until, from),
        }
    });
    if from > until || (from == until && request.until.is_some()) {
        return Err(format!("--from {from} must be before --to {until}"));
    }
    if from > end {
        return Err(format!("--from {from} is after the end of the run at {end}"));
    }
    // A run of one instant still has a width.
    let until =
        if from == until { Instant::from_ns(from.as_ns().saturating_add(1_000)) } else { until };
    Ok((from, until))
}

/// Rounds the end of a window up to a hundredth of its length.
fn rounded_up(until: Instant, from: Instant) -> Instant {
    let mut step = 1_u64;
    while step < (until.as_ns() - from.as_ns().min(until.as_ns())) / 100 {
        step *= 10;
    }
    Instant::from_ns(until.as_ns().div_ceil(step).saturating_mul(step))
}

/// A part of a run.
struct View<'a> {
    source: &'a DiagramSource<'a>,
    from: Instant,
    until: Instant,
}

impl View<'_> {
    /// Returns the places of the events in the window.
    fn range(&self) -> std::ops::Range<usize> {
        let events = self.source.graph.events();
        let first = events.partition_point(|event| event.at < self.from);
        let last = events.partition_point(|event| event.at <= self.until);
        first..last
    }

    /// Returns the lanes that are drawn: those that were named, or all nodes, and whatever else has
    /// events; and a note about those left out.
    fn lanes(&self, chosen: &[LaneId], named: bool) -> (Vec<LaneId>, Option<String>) {
        let graph = self.source.graph;
        let mut counts: BTreeMap<LaneId, usize> = BTreeMap::new();
        for event in &graph.events()[self.range()] {
            *counts.entry(event.lane).or_default() += 1;
        }
        let is_node = |lane: LaneId| graph.lanes()[lane.index()].kind == LaneKind::Node;
        let wanted = |lane: &LaneId| named || is_node(*lane) || counts.contains_key(lane);
        let mut lanes: Vec<LaneId> = chosen.iter().copied().filter(wanted).collect();
        let all = lanes.len();
        if all <= LANES_MAX {
            return (lanes, None);
        }
        lanes
            .sort_by_key(|lane| (std::cmp::Reverse(counts.get(lane).copied().unwrap_or(0)), *lane));
        lanes.truncate(LANES_MAX);
        lanes.sort_unstable();
        let note = format!("the {LANES_MAX} of {all} lanes with most events; --lanes names others");
        (lanes, Some(note))
    }

    fn events(
        &self,
        places: &BTreeMap<LaneId, usize>,
        marks: Option<&(EventId, Marks, Marks)>,
    ) -> Vec<DrawnEvent> {
        let graph = self.source.graph;
        let mut drawn = Vec::new();
        for place in self.range() {
            let id = EventId(place as u32);
            let event = graph.event(id);
            let Some(lane) = places.get(&event.lane) else { continue };
            let entry = event.entry.and_then(|entry| self.source.history.get(entry as usize));
            let mark = match (event.kind, entry.map(|op| op.kind)) {
                (CausalKind::Send, _) => EventMark::Send,
                (CausalKind::Receive, _) => EventMark::Receive,
                (CausalKind::Internal, _) => EventMark::Internal,
                (CausalKind::Invoke, _) => EventMark::Invoke,
                (CausalKind::Complete, Some(EntryKind::Fail)) => EventMark::Fail,
                (CausalKind::Complete, Some(EntryKind::Info)) => EventMark::Info,
                (CausalKind::Complete, _) => EventMark::Ok,
            };
            let (label, is_jump) = label(graph, id, entry);
            drawn.push(DrawnEvent {
                lane: *lane,
                at: event.at.as_ns(),
                mark,
                label,
                is_jump,
                side: side(marks, id),
                tooltip: tooltip(self.source, id, entry),
            });
        }
        drawn
    }

    fn messages(
        &self,
        places: &BTreeMap<LaneId, usize>,
        marks: Option<&(EventId, Marks, Marks)>,
    ) -> Vec<DrawnMessage> {
        let all = self.source.graph.copies().iter();
        all.filter_map(|copy| self.message(copy, places, marks)).collect()
    }

    /// Leaves out messages that were sent before the window and are received after it, if they are
    /// many; returns a note about them.
    fn without_passing(&self, all: Vec<DrawnMessage>) -> (Vec<DrawnMessage>, Option<String>) {
        let passes = |message: &DrawnMessage| {
            message.sent < self.from.as_ns() && message.at > self.until.as_ns()
        };
        let count = all.iter().filter(|message| passes(message)).count();
        if count <= PASSING_MAX {
            return (all, None);
        }
        let kept = all.into_iter().filter(|message| !passes(message)).collect();
        let note = format!("not drawn: {count} that were sent before and are received after it");
        (kept, Some(note))
    }

    fn message(
        &self,
        copy: &MessageCopy,
        places: &BTreeMap<LaneId, usize>,
        marks: Option<&(EventId, Marks, Marks)>,
    ) -> Option<DrawnMessage> {
        let graph = self.source.graph;
        let sent = copy.sent?;
        let received = copy.receive.map(|receive| graph.event(receive).at);
        // What is still under way is drawn as far as the picture reaches.
        let stub = (self.until.as_ns() - self.from.as_ns()) / 25;
        let at = match copy.fate {
            CausalFate::InFlight => self.until.max(sent),
            CausalFate::NotReceived => Instant::from_ns(sent.as_ns().saturating_add(stub)),
            _ => received.or(copy.at)?,
        };
        if sent > self.until || at < self.from {
            return None;
        }
        let (from, to) = (*places.get(&copy.from)?, *places.get(&copy.to)?);
        let end = match copy.fate {
            CausalFate::Received => MessageEnd::Arrived,
            CausalFate::Waiting | CausalFate::InFlight | CausalFate::NotReceived => {
                MessageEnd::Open
            }
            CausalFate::Lost | CausalFate::Cut | CausalFate::Crashed => MessageEnd::Missed,
        };
        // An edge is in the past if its receive is, and in the future if its send is.
        let side = match (marks, copy.send, copy.receive) {
            (None, ..) => Side::Plain,
            (Some((_, past, _)), Some(send), Some(receive))
                if past.contains(receive) && past.contains(send) =>
            {
                Side::Past
            }
            (Some((_, _, future)), Some(send), _) if future.contains(send) => Side::Future,
            _ => Side::Apart,
        };
        Some(DrawnMessage {
            from,
            sent: sent.as_ns(),
            to,
            at: at.as_ns(),
            end,
            label: copy.kind.as_deref().unwrap_or("").to_owned(),
            side,
            tooltip: message_tooltip(self.source, copy),
        })
    }

    fn faults(&self, places: &BTreeMap<LaneId, usize>) -> Vec<DrawnFault> {
        let graph = self.source.graph;
        let nodes = || {
            let is_node = |lane: &&LaneId| graph.lanes()[lane.index()].kind == LaneKind::Node;
            places.keys().filter(is_node).filter_map(|lane| places.get(lane).copied())
        };
        let drawn = |fault: &LaneFault| {
            let named = fault.lanes.iter().filter_map(|name| graph.lane(name));
            let named: Vec<usize> = named.filter_map(|lane| places.get(&lane).copied()).collect();
            DrawnFault {
                kind: fault.kind.clone(),
                from: fault.from.as_ns(),
                until: fault.until.as_ns(),
                lanes: if fault.lanes.is_empty() { nodes().collect() } else { named },
                tooltip: vec![
                    format!("{}: {} to {}", fault.kind, fault.from, fault.until),
                    fault.note.clone(),
                ],
            }
        };
        let seen = |fault: &&LaneFault| fault.from <= self.until && fault.until >= self.from;
        self.source.faults.iter().filter(seen).map(drawn).collect()
    }
}

fn side(marks: Option<&(EventId, Marks, Marks)>, event: EventId) -> Side {
    match marks {
        None => Side::Plain,
        Some((centre, ..)) if *centre == event => Side::Centre,
        Some((_, past, _)) if past.contains(event) => Side::Past,
        Some((_, _, future)) if future.contains(event) => Side::Future,
        Some(_) => Side::Apart,
    }
}
