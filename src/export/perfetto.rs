//! Trace events as JSON for ui.perfetto.dev and chrome://tracing: a track per lane, an arrow per
//! message, counters of clocks and queues, the operations of clients as slices.
//!
//! All events of a lane at one instant are one slice, since an arrow needs a slice to begin and end
//! in. A slice lasts until the next one of its lane, at most a millisecond.

use std::io::Write;

use serde_json::{Value, json};

use super::operations::operations;
use super::{ExportError, ExportOptions, ExportedRun};
use crate::causal::{CausalFate, CausalGraph, EventId, LaneId, LaneKind};
use crate::describe;
use crate::engine::time::{Duration, Instant};
use crate::escape;
use crate::history::Process;

/// Maximum duration of a slice.
const SLICE_MAX: Duration = Duration::from_ms(1);

/// The track of the faults: a process of its own.
const FAULTS: u32 = 4;

/// Writes the events in the window.
pub(super) fn write(
    run: &ExportedRun<'_>,
    options: &ExportOptions,
    out: &mut (dyn Write + Send),
) -> Result<(), ExportError> {
    let graph = run.graph()?;
    let mut list = EventList { out, count: 0 };
    list.begin()?;
    tracks(graph, run, &mut list)?;
    let head = list.count;
    client_operations(graph, run, options, &mut list)?;
    for lane in (0..graph.lanes().len() as u32).map(LaneId) {
        slices(graph, run, options, lane, &mut list)?;
    }
    arrows(graph, options, &mut list)?;
    faults(run, options, &mut list)?;
    if list.count == head {
        return Err(ExportError::Empty(options.window));
    }
    list.end(run.title)
}

/// A JSON array that is written one event after the other.
struct EventList<'o> {
    out: &'o mut (dyn Write + Send),
    count: u64,
}

impl EventList<'_> {
    fn begin(&mut self) -> Result<(), ExportError> {
        Ok(self.out.write_all(b"{\"traceEvents\":[")?)
    }

    /// Writes an event that has no time.
    fn add(&mut self, event: &Value) -> Result<(), ExportError> {
        let comma = if self.count == 0 { "\n" } else { ",\n" };
        self.count += 1;
        Ok(write!(self.out, "{comma}{event}")?)
    }

    /// Writes an event at an instant, in microseconds with three decimals.
    fn add_at(&mut self, at: Instant, mut event: Value) -> Result<(), ExportError> {
        event["ts"] = microseconds(at.as_ns());
        self.add(&event)
    }

    fn end(self, title: &str) -> Result<(), ExportError> {
        let other = json!({ "title": escape::line(title) });
        writeln!(self.out, "\n],\"displayTimeUnit\":\"ns\",\"otherData\":{other}}}")?;
        Ok(())
    }
}

/// Returns a number of microseconds, exactly.
fn microseconds(ns: u64) -> Value {
    let text = format!("{}.{:03}", ns / 1000, ns % 1000);
    serde_json::from_str(&text).unwrap_or(Value::Null)
}

/// Returns the number of the process that has the tracks of this kind.
fn process(graph: &CausalGraph, lane: LaneId) -> u32 {
    match graph.lanes()[lane.index()].kind {
        LaneKind::Node => 1,
        LaneKind::Service => 2,
        LaneKind::Client => 3,
    }
}

/// Names the tracks, in the order of the lanes.
fn tracks(
    graph: &CausalGraph,
    run: &ExportedRun<'_>,
    list: &mut EventList<'_>,
) -> Result<(), ExportError> {
    let nodes = if run.history.is_some() { "nodes" } else { "machines" };
    for (number, name) in [(1, nodes), (2, "services"), (3, "clients"), (FAULTS, "faults")] {
        let args = json!({ "name": name });
        list.add(&json!({"ph": "M", "name": "process_name", "pid": number, "args": args}))?;
        let args = json!({ "sort_index": number });
        list.add(&json!({"ph": "M", "name": "process_sort_index", "pid": number, "args": args}))?;
    }
    for lane in (0..graph.lanes().len() as u32).map(LaneId) {
        let (pid, tid) = (process(graph, lane), lane.0 + 1);
        let args = json!({ "name": describe::lane(graph, lane) });
        list.add(&json!({"ph": "M", "name": "thread_name", "pid": pid, "tid": tid, "args": args}))?;
        let args = json!({ "sort_index": tid });
        let name = "thread_sort_index";
        list.add(&json!({"ph": "M", "name": name, "pid": pid, "tid": tid, "args": args}))?;
    }
    Ok(())
}

/// Writes a slice for each operation, on the track of its client.
fn client_operations(
    graph: &CausalGraph,
    run: &ExportedRun<'_>,
    options: &ExportOptions,
    list: &mut EventList<'_>,
) -> Result<(), ExportError> {
    let Some(history) = run.history else { return Ok(()) };
    let end = history.last().map_or(Instant::ZERO, |op| op.time);
    // The lanes of clients by the entries that they have.
    let mut lanes: Vec<Option<LaneId>> = vec![None; history.len()];
    for event in graph.events() {
        if let Some(lane) = event.entry.and_then(|entry| lanes.get_mut(entry as usize)) {
            *lane = Some(event.lane);
        }
    }
    for operation in operations(history) {
        let from = operation.invocation.time;
        let Some(lane) = lanes[operation.entry] else { continue };
        if !options.window.contains(from) {
            continue;
        }
        let until = operation.completion.map_or(end, |op| op.time);
        let outcome = operation.completion.map_or("no completion", |op| op.kind.name());
        let result = operation.completion.map(describe::entry_text);
        list.add_at(
            from,
            json!({
                "ph": "X", "cat": "operation", "pid": process(graph, lane), "tid": lane.0 + 1,
                "name": escape::line(operation.invocation.f.name()),
                "dur": microseconds(until.saturating_since(from).as_ns()),
                "args": {
                    "request": describe::entry_text(operation.invocation),
                    "outcome": outcome,
                    "result": result,
                },
            }),
        )?;
    }
    Ok(())
}

/// Writes the slices of a lane, and its counters.
fn slices(
    graph: &CausalGraph,
    run: &ExportedRun<'_>,
    options: &ExportOptions,
    lane: LaneId,
    list: &mut EventList<'_>,
) -> Result<(), ExportError> {
    let (pid, tid) = (process(graph, lane), lane.0 + 1);
    let events = graph.events_of(lane);
    let mut rest = events;
    while let Some(first) = rest.first() {
        let at = graph.event(*first).at;
        let count = rest.partition_point(|event| graph.event(*event).at <= at);
        let (turn, after) = rest.split_at(count);
        rest = after;
        if !options.window.contains(at) {
            continue;
        }
        let next = after.first().map_or(Instant::MAX, |event| graph.event(*event).at);
        let duration = next.saturating_since(at).min(SLICE_MAX);
        let texts: Vec<String> =
            turn.iter().map(|event| describe::event(graph, *event, run.history)).collect();
        let more = if turn.len() > 1 { format!(" + {}", turn.len() - 1) } else { String::new() };
        let name = format!("{}{more}", texts[0]);
        list.add_at(
            at,
            json!({
                "ph": "X", "cat": "event", "pid": pid, "tid": tid, "name": name,
                "dur": microseconds(duration.as_ns()), "args": { "events": texts },
            }),
        )?;
        let last = graph.event(turn[turn.len() - 1]);
        let counters = [("clock", last.clock), ("queue", last.queue_len)];
        for (what, value) in counters {
            let Some(value) = value else { continue };
            let name = format!("{what} of {}", describe::lane(graph, lane));
            list.add_at(at, json!({"ph": "C", "pid": pid, "name": name, "args": { what: value }}))?;
        }
    }
    Ok(())
}

/// Writes an arrow for each copy that was received, and a mark for each that was not.
fn arrows(
    graph: &CausalGraph,
    options: &ExportOptions,
    list: &mut EventList<'_>,
) -> Result<(), ExportError> {
    let inside = |event: Option<EventId>| {
        let event = graph.event(event?);
        options.window.contains(event.at).then_some(event)
    };
    for (index, copy) in graph.copies().iter().enumerate() {
        let name = describe::name(copy);
        if let (Some(send), Some(receive)) = (inside(copy.send), inside(copy.receive)) {
            let common = |ph: &str, lane: LaneId| {
                json!({
                    "ph": ph, "cat": "message", "name": name, "id": index + 1,
                    "pid": process(graph, lane), "tid": lane.0 + 1,
                })
            };
            list.add_at(send.at, common("s", copy.from))?;
            let mut end = common("f", copy.to);
            end["bp"] = json!("e");
            list.add_at(receive.at, end)?;
        } else if !matches!(copy.fate, CausalFate::Received | CausalFate::Waiting)
            && let Some(at) = copy.at.or(copy.sent)
            && options.window.contains(at)
        {
            let fate = copy.fate.in_words();
            let from = describe::lane(graph, copy.from);
            list.add_at(
                at,
                json!({
                    "ph": "i", "s": "t", "cat": "message",
                    "name": format!("{name} from {from}: {fate}"),
                    "pid": process(graph, copy.to), "tid": copy.to.0 + 1,
                }),
            )?;
        }
    }
    Ok(())
}

/// Writes what the nemesis did.
fn faults(
    run: &ExportedRun<'_>,
    options: &ExportOptions,
    list: &mut EventList<'_>,
) -> Result<(), ExportError> {
    let entries = run.history.unwrap_or_default().iter();
    for op in entries.filter(|op| op.process == Process::Nemesis) {
        if options.window.contains(op.time) {
            let name = describe::entry_text(op);
            let event =
                json!({"ph": "i", "s": "g", "cat": "fault", "name": name, "pid": FAULTS, "tid": 1});
            list.add_at(op.time, event)?;
        }
    }
    Ok(())
}
