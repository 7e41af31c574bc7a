//! A sequence diagram for Mermaid: a participant per lane, an arrow per message at its receive, a
//! crossed one where it was not received, and a note for what a machine or client did by itself.

use std::fmt::Write as _;
use std::io::Write;

use super::{ExportError, ExportOptions, ExportedRun};
use crate::causal::{CausalFate, CausalGraph, CausalKind, EventId, LaneId, MessageCopy};
use crate::describe;
use crate::engine::time::Instant;

/// Maximum length of a text that Mermaid draws with its default settings.
pub const MERMAID_BYTES_MAX: usize = 50_000;

/// Writes the events in the window.
pub(super) fn write(
    run: &ExportedRun<'_>,
    options: &ExportOptions,
    out: &mut (dyn Write + Send),
) -> Result<(), ExportError> {
    let graph = run.graph()?;
    let mut lines = lines(graph, run, options);
    if lines.is_empty() {
        return Err(ExportError::Empty(options.window));
    }
    // In the order of time; at one instant in that of the events.
    lines.sort_by_key(|line| (line.at, line.order));
    let mut text = String::from("sequenceDiagram\n");
    let mut is_used = vec![false; graph.lanes().len()];
    lines.iter().flat_map(|line| line.lanes).for_each(|lane| is_used[lane.index()] = true);
    for place in (0..is_used.len()).filter(|place| is_used[*place]) {
        let _ = writeln!(
            text,
            "    participant L{place} as {}",
            encoded(&graph.title(LaneId(place as u32)))
        );
    }
    let mut count = 0;
    for line in &lines {
        count += 1;
        text += &line.text;
        if text.len() > MERMAID_BYTES_MAX {
            return Err(ExportError::TooLarge(format!(
                "{count} of {} events are {} bytes, and Mermaid draws {MERMAID_BYTES_MAX} at most; \
                 narrow the window with --from and --until",
                lines.len(),
                text.len()
            )));
        }
    }
    Ok(out.write_all(text.as_bytes())?)
}

/// A line of the diagram.
struct Line {
    at: Instant,
    order: usize,
    lanes: [LaneId; 2],
    text: String,
}

fn lines(graph: &CausalGraph, run: &ExportedRun<'_>, options: &ExportOptions) -> Vec<Line> {
    let mut lines = Vec::new();
    for (order, event) in graph.events().iter().enumerate() {
        let id = EventId(order as u32);
        if !options.window.contains(event.at) {
            continue;
        }
        let mut add =
            |lanes: [LaneId; 2], text| lines.push(Line { at: event.at, order, lanes, text });
        match event.kind {
            CausalKind::Receive => match graph.received(id) {
                Some(copy) => add([copy.from, copy.to], arrow(copy, event.clock, event.at)),
                None => add([event.lane; 2], note(graph, id, run)),
            },
            // Its copies are drawn where they are received, or below.
            CausalKind::Send => {}
            _ => add([event.lane; 2], note(graph, id, run)),
        }
    }
    for copy in graph.copies() {
        let Some(at) = copy.sent.or(copy.at).filter(|at| options.window.contains(*at)) else {
            continue;
        };
        if copy.fate != CausalFate::Received && copy.receive.is_none() {
            let order = copy.send.map_or(usize::MAX, EventId::index);
            let text = arrow(copy, None, at);
            lines.push(Line { at, order, lanes: [copy.from, copy.to], text });
        }
    }
    lines
}

/// Returns the arrow of a copy.
fn arrow(copy: &MessageCopy, clock: Option<u64>, at: Instant) -> String {
    let mut label = describe::name(copy);
    let tip = match copy.receive {
        None => {
            let _ = write!(label, " at {at}: {}", copy.fate.in_words());
            "-x"
        }
        Some(_) => {
            match copy.sent {
                Some(sent) => drop(write!(label, ", {sent} to {at}")),
                None => drop(write!(label, ", at {at}")),
            }
            "->>"
        }
    };
    if let Some(clock) = clock {
        let _ = write!(label, ", clock {clock}");
    }
    format!("    L{}{tip}L{}: {}\n", copy.from.0, copy.to.0, encoded(&label))
}

fn note(graph: &CausalGraph, id: EventId, run: &ExportedRun<'_>) -> String {
    let event = graph.event(id);
    let text = format!("{} at {}", describe::event(graph, id, run.history), event.at);
    format!("    Note over L{}: {}\n", event.lane.0, encoded(&text))
}

/// Returns the text with entity codes for what has a meaning in Mermaid.
fn encoded(text: &str) -> String {
    let mut encoded = String::new();
    for c in crate::escape::line(text).chars() {
        match c {
            '#' | ';' | '<' | '>' | '&' | '%' | '"' | '{' | '}' => {
                let _ = write!(encoded, "#{};", u32::from(c));
            }
            c => encoded.push(c),
        }
    }
    // A word of its own at the end of a line that would close a block.
    match encoded.as_str() {
        "end" => "#101;nd".to_owned(),
        _ => encoded,
    }
}
