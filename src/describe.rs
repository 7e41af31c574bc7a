//! An event of a run in one line of words.

use std::fmt::Write;

use crate::causal::{
    CausalEvent, CausalFate, CausalGraph, CausalKind, EventId, LaneId, MessageCopy,
};
use crate::escape;
use crate::history::Op;

/// Describes an event, without its lane: `receive broadcast 41 from n1 (clock 17)`.
pub(crate) fn event(graph: &CausalGraph, id: EventId, history: Option<&[Op]>) -> String {
    let event = graph.event(id);
    let mut text = match event.kind {
        CausalKind::Send => send(graph, event),
        CausalKind::Receive => match graph.received(id) {
            Some(copy) => format!("receive {} from {}", name(copy), lane(graph, copy.from)),
            None => "receive".to_owned(),
        },
        CausalKind::Internal => "internal".to_owned(),
        CausalKind::Invoke | CausalKind::Complete => operation(event, history),
    };
    if let Some(clock) = event.clock {
        let _ = write!(text, " (clock {clock})");
    }
    text
}

fn send(graph: &CausalGraph, event: &CausalEvent) -> String {
    let copies = event.message.map_or(&[][..], |message| graph.copies_of(message));
    let Some(first) = copies.first() else { return "send".to_owned() };
    let mut text = format!("send {} to {}", name(first), lane(graph, first.to));
    for copy in &copies[1..] {
        let _ = write!(text, ", {}", lane(graph, copy.to));
    }
    for copy in copies {
        if copy.fate != CausalFate::Received {
            let _ = write!(text, "; {}", copy.fate.in_words());
        }
    }
    text
}

/// Describes an operation: `invoke broadcast 7`.
fn operation(event: &CausalEvent, history: Option<&[Op]>) -> String {
    let entry = event.entry.and_then(|entry| history?.get(entry as usize));
    entry.map_or_else(|| "operation".to_owned(), entry_text)
}

/// Describes an entry of a history: its type, function and value.
pub(crate) fn entry_text(op: &Op) -> String {
    let value = op.value.to_json();
    let value = if value.is_null() { String::new() } else { format!(" {value}") };
    escape::line(&format!("{} {}{value}", op.kind.name(), op.f.name()))
}

/// Returns the kind and number of a message.
pub(crate) fn name(copy: &MessageCopy) -> String {
    match &copy.kind {
        Some(kind) => format!("{} {}", escape::line(kind), copy.message),
        None => format!("message {}", copy.message),
    }
}

/// Returns the name of a lane, escaped.
pub(crate) fn lane(graph: &CausalGraph, lane: LaneId) -> String {
    escape::line(&graph.title(lane))
}
