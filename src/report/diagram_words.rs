//! What a space-time diagram says about an event or a message: labels and tooltips.

use super::diagram_source::DiagramSource;
use super::labels::fitting;
use crate::causal::{CausalGraph, CausalKind, EventId, MessageCopy};
use crate::engine::time::Instant;
use crate::history::{EntryKind, Op};

/// Maximum length of the value of an operation in a label.
const VALUE_MAX: usize = 16;

/// Maximum length of a value in a tooltip.
const BODY_MAX: usize = 1_000;

/// Rounds a time for people, to a millisecond in long runs.
pub(super) fn rounded(at: Instant) -> Instant {
    let step = if at.as_ns() >= 1_000_000_000 { 1_000_000 } else { 1_000 };
    Instant::from_ns(at.as_ns() / step * step)
}

/// Returns the name of an event: its lane and its time.
pub(super) fn event_name(graph: &CausalGraph, event: EventId) -> String {
    let found = graph.event(event);
    format!("{} at {}", graph.title(found.lane), rounded(found.at))
}

/// Returns by how much the clock advanced, if it did by more than one.
fn jump(graph: &CausalGraph, event: EventId) -> Option<u64> {
    let clock = graph.event(event).clock?;
    let before = graph.previous(event).and_then(|before| graph.event(before).clock).unwrap_or(0);
    clock.checked_sub(before).filter(|jump| *jump > 1)
}

/// Returns the label of an event, and whether its clock jumped.
pub(super) fn label(graph: &CausalGraph, event: EventId, entry: Option<&Op>) -> (String, bool) {
    let found = graph.event(event);
    if let Some(clock) = found.clock {
        return match jump(graph, event) {
            Some(jump) => (format!("{clock} (+{jump})"), true),
            None => (clock.to_string(), false),
        };
    }
    let Some(op) = entry else { return (String::new(), false) };
    let value = fitting(&value(op), VALUE_MAX);
    let text = match (found.kind, op.kind) {
        (CausalKind::Invoke, _) => format!("{} {value}", op.f.name()),
        (_, EntryKind::Ok) => format!("ok {value}"),
        (_, EntryKind::Fail) => "fail".to_owned(),
        _ => "unknown".to_owned(),
    };
    (text.trim_end().to_owned(), false)
}

/// Returns the value of an operation as JSON; nothing for null.
fn value(op: &Op) -> String {
    match op.value.to_json() {
        serde_json::Value::Null => String::new(),
        value => value.to_string(),
    }
}

/// Returns everything about an event, line by line.
pub(super) fn tooltip(
    source: &DiagramSource<'_>,
    event: EventId,
    entry: Option<&Op>,
) -> Vec<String> {
    let graph = source.graph;
    let found = graph.event(event);
    let what = found.kind.name();
    let mut lines = vec![format!("{}: {what} at {}", graph.title(found.lane), found.at)];
    if let Some(clock) = found.clock {
        let jump = jump(graph, event).map_or(String::new(), |jump| format!(" (a jump of {jump})"));
        let queue = found.queue_len.map_or(String::new(), |queue| format!(", {queue} waiting"));
        lines.push(format!("clock {clock}{jump}{queue}"));
    }
    if let Some(op) = entry {
        let error =
            op.error.as_ref().map_or(String::new(), |(name, text)| format!(" {name}: {text}"));
        let value = fitting(&value(op), BODY_MAX);
        lines.push(format!("{}: {} {value}{error}", op.process, op.f.name()));
    }
    if let Some(copy) = graph.received(event) {
        lines.extend(message_tooltip(source, copy));
    } else if let Some(message) = found.message {
        let stamp = found.stamp.map_or(String::new(), |stamp| format!(", stamp {stamp}"));
        let copies = graph.copies_of(message);
        let to: Vec<&str> = copies.iter().take(20).map(|copy| graph.name(copy.to)).collect();
        let kind = copies.iter().find_map(|copy| copy.kind.as_deref()).unwrap_or("");
        lines.push(format!("message {message}{stamp} to {} {kind}", to.join(", ")));
        lines.extend(source.bodies.get(&message).map(|body| fitting(body, BODY_MAX)));
    }
    if let Some(line) = found.line {
        lines.push(format!("line {line} of trace.csv"));
    }
    lines
}

/// Returns everything about a copy of a message, line by line.
pub(super) fn message_tooltip(source: &DiagramSource<'_>, copy: &MessageCopy) -> Vec<String> {
    let graph = source.graph;
    let kind = copy.kind.as_deref().unwrap_or("");
    let again = if copy.copy > 1 { format!(" (copy {})", copy.copy) } else { String::new() };
    let mut lines = vec![format!("message {}{again} {kind}", copy.message).trim_end().to_owned()];
    let (from, to) = (graph.title(copy.from), graph.title(copy.to));
    let sent = copy.sent.map_or(String::new(), |sent| format!(", sent at {sent}"));
    lines.push(format!("{from} to {to}{sent}"));
    let fate = copy.fate.in_words();
    let taken = copy.receive.map(|receive| graph.event(receive).at);
    lines.push(match (copy.at, taken) {
        (Some(at), Some(taken)) if at != taken => format!("arrived at {at}, taken at {taken}"),
        (Some(at), _) => format!("{fate} at {at}"),
        (None, _) => fate.to_owned(),
    });
    if let Some(stamp) = copy.send.and_then(|send| graph.event(send).stamp) {
        lines.push(format!("stamp {stamp}"));
    }
    lines.extend(copy.note.as_deref().map(str::to_owned));
    lines.extend(source.bodies.get(&copy.message).map(|body| fitting(body, BODY_MAX)));
    lines
}
