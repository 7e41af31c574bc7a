//! The tables of a run: events, messages and operations, with the types of their columns.

use super::operations::{Operation, operations};
use super::{ExportError, ExportOptions, ExportedRun};
use crate::causal::{CausalGraph, EventId};
use crate::describe;
use crate::engine::time::{Duration, Instant};
use crate::history::node_name;
use crate::trace::{TableColumn, column};

/// A table of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportTable {
    /// A row per event of a machine, node or client.
    Events,
    /// A row per copy of a message.
    Messages,
    /// A row per operation of a client.
    Operations,
}

/// The type of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Whole numbers.
    Integer,
    /// A time or a span, in seconds.
    Seconds,
    /// Text.
    Text,
}

/// A field of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Cell {
    Empty,
    Integer(u64),
    Seconds(Duration),
    Text(String),
}

/// A table.
#[derive(Debug)]
pub(super) struct Table {
    #[cfg_attr(not(feature = "parquet"), expect(dead_code, reason = "only Parquet has names"))]
    pub(super) name: &'static str,
    pub(super) columns: &'static [TypedColumn],
    pub(super) rows: Vec<Vec<Cell>>,
}

const NEVER: &str = "never";
const NUMBER: &str = "a whole number from 0";
const TIME: &str = "seconds since the run began, with nine digits";
const SPAN: &str = "seconds, with nine digits";
const NAME: &str = "the name of a machine, node, client or service";
const CLOCKLESS: &str = "of Gossip Glomers";

/// A column and the type of its cells.
pub type TypedColumn = (TableColumn, Kind);

/// The columns of the table of events.
const EVENTS: &[TypedColumn] = &[
    (column("time_s", "when it was", TIME, NEVER), Kind::Seconds),
    (column("lane", "whose event it is", NAME, NEVER), Kind::Text),
    (column("event", "its kind", "`send`, `receive`, `internal`, …", NEVER), Kind::Text),
    (column("clock", "the Lamport clock after it", NUMBER, CLOCKLESS), Kind::Integer),
    (column("queue_len", "messages that wait after it", NUMBER, CLOCKLESS), Kind::Integer),
    (column("message", "the number of its message", NUMBER, "without a message"), Kind::Integer),
    (column("stamp", "the clock that the message carries", NUMBER, "without one"), Kind::Integer),
    (column("text", "the event in words", "a text", NEVER), Kind::Text),
];

/// The columns of the table of messages.
const MESSAGES: &[TypedColumn] = &[
    (column("message", "the number of the message", NUMBER, NEVER), Kind::Integer),
    (column("copy", "which copy it is", "a whole number from 1", NEVER), Kind::Integer),
    (column("from", "who sent it", NAME, NEVER), Kind::Text),
    (column("to", "for whom it is", NAME, NEVER), Kind::Text),
    (column("type", "the `type` of its body", "a text", "of the scale model"), Kind::Text),
    (column("sent_s", "when it was sent", TIME, "if its send is unknown"), Kind::Seconds),
    (column("at_s", "when it met its fate", TIME, "in flight, or unknown"), Kind::Seconds),
    (column("delay_s", "`at_s` - `sent_s`", SPAN, "if one of them is"), Kind::Seconds),
    (column("fate", "its fate in words", "a text", NEVER), Kind::Text),
    (column("note", "why a service gave an old answer", "a text", "without a reason"), Kind::Text),
];

/// The columns of the table of operations.
const OPERATIONS: &[TypedColumn] = &[
    (column("process", "who called it", "the number of a process", NEVER), Kind::Text),
    (column("node", "the node that it was sent to", "a name", "if it is unknown"), Kind::Text),
    (column("operation", "its name", "such as `read`", NEVER), Kind::Text),
    (column("value", "its argument", "a text, or JSON", "without one"), Kind::Text),
    (column("begin_s", "when it began", TIME, NEVER), Kind::Seconds),
    (column("end_s", "when it ended", TIME, "if it never did"), Kind::Seconds),
    (column("latency_s", "`end_s` - `begin_s`", SPAN, "if it never ended"), Kind::Seconds),
    (column("outcome", "how it ended", "`ok`, `fail` or `info`", "if it never ended"), Kind::Text),
    (column("result", "what it returned", "a text, or JSON", "without a result"), Kind::Text),
    (column("error", "its error", "name and text", "without an error"), Kind::Text),
];

/// The tables of a run for other programs, with their names and columns.
pub const EXPORT_TABLES: [(&str, &[TypedColumn]); 3] =
    [("events", EVENTS), ("messages", MESSAGES), ("operations", OPERATIONS)];

impl From<Option<u64>> for Cell {
    fn from(number: Option<u64>) -> Cell {
        number.map_or(Cell::Empty, Cell::Integer)
    }
}

impl From<Option<Instant>> for Cell {
    fn from(at: Option<Instant>) -> Cell {
        at.map_or(Cell::Empty, |at| Cell::Seconds(at.saturating_since(Instant::ZERO)))
    }
}

impl From<Option<Duration>> for Cell {
    fn from(span: Option<Duration>) -> Cell {
        span.map_or(Cell::Empty, Cell::Seconds)
    }
}

impl From<Option<&str>> for Cell {
    fn from(text: Option<&str>) -> Cell {
        text.map_or(Cell::Empty, |text| Cell::Text(text.to_owned()))
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Cell {
        Cell::Text(text.to_owned())
    }
}

/// Returns the table that is asked for, or the most useful one.
pub(super) fn table(run: &ExportedRun<'_>, options: &ExportOptions) -> Result<Table, ExportError> {
    let default = match run.history {
        Some(_) => ExportTable::Operations,
        None => ExportTable::Events,
    };
    Ok(match options.table.unwrap_or(default) {
        ExportTable::Events => {
            Table { name: "events", columns: EVENTS, rows: events(run.graph()?, run, options) }
        }
        ExportTable::Messages => {
            Table { name: "messages", columns: MESSAGES, rows: messages(run.graph()?, options) }
        }
        ExportTable::Operations => {
            let operations = operations(run.history()?);
            let inside = |o: &&Operation<'_>| options.window.contains(o.invocation.time);
            let rows = operations.iter().filter(inside).map(|o| operation(o, run.nodes)).collect();
            Table { name: "operations", columns: OPERATIONS, rows }
        }
    })
}

fn events(graph: &CausalGraph, run: &ExportedRun<'_>, options: &ExportOptions) -> Vec<Vec<Cell>> {
    let inside =
        |(_, event): &(usize, &crate::causal::CausalEvent)| options.window.contains(event.at);
    let row = |(place, event): (usize, &crate::causal::CausalEvent)| {
        vec![
            Some(event.at).into(),
            graph.name(event.lane).into(),
            event.kind.name().into(),
            event.clock.into(),
            event.queue_len.into(),
            event.message.into(),
            event.stamp.into(),
            describe::event(graph, EventId(place as u32), run.history).as_str().into(),
        ]
    };
    graph.events().iter().enumerate().filter(inside).map(row).collect()
}

fn messages(graph: &CausalGraph, options: &ExportOptions) -> Vec<Vec<Cell>> {
    let inside = |copy: &&crate::causal::MessageCopy| {
        copy.sent.or(copy.at).is_none_or(|at| options.window.contains(at))
    };
    let row = |copy: &crate::causal::MessageCopy| {
        let delay = copy.at.and_then(|at| at.checked_since(copy.sent?));
        vec![
            Some(copy.message).into(),
            Some(u64::from(copy.copy)).into(),
            graph.name(copy.from).into(),
            graph.name(copy.to).into(),
            copy.kind.as_deref().into(),
            copy.sent.into(),
            copy.at.into(),
            delay.into(),
            copy.fate.in_words().into(),
            copy.note.as_deref().into(),
        ]
    };
    graph.copies().iter().filter(inside).map(row).collect()
}

fn operation(operation: &Operation<'_>, nodes: &[String]) -> Vec<Cell> {
    let Operation { invocation, completion, .. } = operation;
    let end = completion.map(|op| op.time);
    let value = |op: &crate::history::Op| {
        let value = op.value.to_json();
        (!value.is_null()).then(|| match value.as_str() {
            Some(text) => text.to_owned(),
            None => value.to_string(),
        })
    };
    let node = invocation.node.or(completion.and_then(|op| op.node));
    let node = node.map(|node| node_name(node, nodes));
    let error = completion.and_then(|op| op.error.as_ref());
    let error = error.map(|(name, text)| format!("{name}: {text}"));
    let process = match invocation.process {
        crate::history::Process::Client(number) => number.to_string(),
        crate::history::Process::Nemesis => "nemesis".to_owned(),
    };
    vec![
        process.as_str().into(),
        node.as_deref().into(),
        invocation.f.name().into(),
        value(invocation).as_deref().into(),
        Some(invocation.time).into(),
        end.into(),
        end.and_then(|end| end.checked_since(invocation.time)).into(),
        completion.map(|op| op.kind.name()).into(),
        completion.and_then(value).as_deref().into(),
        error.as_deref().into(),
    ]
}

/// Writes the table as Parquet.
#[cfg(feature = "parquet")]
pub(super) fn write_parquet(
    run: &ExportedRun<'_>,
    options: &ExportOptions,
    out: &mut (dyn std::io::Write + Send),
) -> Result<(), ExportError> {
    use crate::parquet_table::{ParquetCell, ParquetKind, write};
    let table = table(run, options)?;
    let kind = |kind: Kind| match kind {
        Kind::Integer => ParquetKind::Integer,
        Kind::Seconds => ParquetKind::Real,
        Kind::Text => ParquetKind::Text,
    };
    let columns: Vec<_> = table.columns.iter().map(|(column, k)| (column.name, kind(*k))).collect();
    let mut rows = table.rows.into_iter();
    let mut next = |cells: &mut Vec<ParquetCell>| {
        let Some(row) = rows.next() else { return Ok(false) };
        cells.extend(row.into_iter().map(|cell| match cell {
            Cell::Empty => ParquetCell::Null,
            Cell::Integer(number) => {
                i64::try_from(number).map_or(ParquetCell::Null, ParquetCell::Integer)
            }
            Cell::Seconds(span) => ParquetCell::Real(span.as_seconds()),
            Cell::Text(text) => ParquetCell::Text(text),
        }));
        Ok(true)
    };
    Ok(write(table.name, &columns, &mut next, out)?)
}
