//! Reading traces and journals, ours or another program's.
//!
//! Columns are found by their names in the first line, in any order; further ones are left alone.
//! Rows must be in time order.

use std::io;

use super::event::{Event, Kind, Peer};
use super::journal::{CopyFate, CopyRow};
use super::lines::Lines;
use crate::engine::time::Instant;
use crate::escape;
use crate::node::NodeId;

/// A row of a trace, and where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// When.
    pub at: Instant,
    /// Whose event.
    pub machine: NodeId,
    /// What happened.
    pub event: Event,
}

/// Why a trace or journal cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file could not be read.
    #[error("cannot be read: {0}")]
    Io(#[from] io::Error),
    /// Not CSV.
    #[error("line {line}: {}", escape::line(.reason))]
    Csv {
        /// The line, counted from 1.
        line: u64,
        /// What is wrong with it.
        reason: String,
    },
    /// There is nothing in it.
    #[error("it is empty; the first line has the columns {0}")]
    Empty(&'static str),
    /// A column is missing.
    #[error("line 1: there is no column `{0}`; the columns are {1}")]
    NoColumn(&'static str, &'static str),
    /// A field has a wrong value.
    #[error("line {line}: `{column}`: expected {expected}, found `{}`", escape::line(.found))]
    Field {
        /// The line, counted from 1.
        line: u64,
        /// The column.
        column: &'static str,
        /// What should stand there.
        expected: &'static str,
        /// What stands there.
        found: String,
    },
    /// Rows out of time order.
    #[error(
        "line {line}: time goes back from {before} ns to {after} ns; rows must be in time order"
    )]
    Order {
        /// The line, counted from 1.
        line: u64,
        /// The time of the row above.
        before: u64,
        /// The time of this row.
        after: u64,
    },
}

const ROW_COLUMNS: [&str; 10] =
    ["time_ns", "machine", "event", "clock", "queue_len", "from", "to", "message", "stamp", "copy"];
const COPY_COLUMNS: [&str; 7] = ["message", "copy", "from", "to", "sent_ns", "fate", "at_ns"];

/// Reads a trace. Each item is a row with its line number, or the error that ends it.
///
/// # Errors
/// If the first line lacks a column.
pub fn read_rows<R: io::Read>(
    input: R,
) -> Result<impl Iterator<Item = Result<(u64, Row), ReadError>>, ReadError> {
    let names = super::HEADER.trim_end();
    let mut last = 0;
    let rows = Table::open(input, ROW_COLUMNS, names)?;
    Ok(rows.map(move |fields| {
        let fields = fields?;
        let row = row(&fields)?;
        in_order(&mut last, row.at, fields.line)?;
        Ok((fields.line, row))
    }))
}

/// Reads a journal. Each item is a row with its line number, or the error that ends it.
///
/// # Errors
/// If the first line lacks a column.
pub fn read_copies<R: io::Read>(
    input: R,
) -> Result<impl Iterator<Item = Result<(u64, CopyRow), ReadError>>, ReadError> {
    let names = super::JOURNAL_HEADER.trim_end();
    let mut last = 0;
    let rows = Table::open(input, COPY_COLUMNS, names)?;
    Ok(rows.map(move |fields| {
        let fields = fields?;
        let row = copy(&fields)?;
        if row.fate != CopyFate::InFlight {
            in_order(&mut last, row.at, fields.line)?;
        }
        Ok((fields.line, row))
    }))
}

fn in_order(last: &mut u64, at: Instant, line: u64) -> Result<(), ReadError> {
    let before = std::mem::replace(last, at.as_ns());
    match before > at.as_ns() {
        true => Err(ReadError::Order { line, before, after: at.as_ns() }),
        false => Ok(()),
    }
}

fn row(fields: &Fields<10>) -> Result<Row, ReadError> {
    let kind = match fields.text(2) {
        "send" => Kind::Send,
        "receive" => Kind::Receive,
        "internal" => Kind::Internal,
        _ => return Err(fields.error(2, "send, receive or internal")),
    };
    let mut event = Event {
        kind,
        clock: fields.number(3)?,
        queue_len: fields.number(4)?,
        ..Event::internal(0, 0)
    };
    match kind {
        Kind::Internal => {}
        Kind::Send => {
            let to = fields.text(6);
            event.peer = if to == "*" { Peer::All } else { Peer::One(fields.machine(6)?) };
            event.message = fields.number(7)?;
            event.stamp = fields.number(8)?;
        }
        Kind::Receive => {
            event.peer = Peer::One(fields.machine(5)?);
            event.message = fields.number(7)?;
            event.stamp = fields.number(8)?;
            event.copy = fields.copy(9)?;
        }
    }
    Ok(Row { at: Instant::from_ns(fields.number(0)?), machine: fields.machine(1)?, event })
}

fn copy(fields: &Fields<7>) -> Result<CopyRow, ReadError> {
    let named = |name: &str| CopyFate::ALL.into_iter().find(|fate| fate.name() == name);
    let fate = named(fields.text(5))
        .ok_or_else(|| fields.error(5, "delivered, lost, cut, crashed or in_flight"))?;
    let at = if fate == CopyFate::InFlight { u64::MAX } else { fields.number(6)? };
    Ok(CopyRow {
        at: Instant::from_ns(at),
        sent: Instant::from_ns(fields.number(4)?),
        message: fields.number(0)?,
        to: fields.machine(3)?,
        copy: fields.copy(1)?,
        from: fields.machine(2)?,
        fate,
    })
}

/// A CSV table of which `N` columns are wanted.
struct Table<R, const N: usize> {
    records: csv::StringRecordsIntoIter<Lines<R>>,
    places: [usize; N],
    names: [&'static str; N],
}

/// The wanted fields of one row.
struct Fields<const N: usize> {
    record: csv::StringRecord,
    places: [usize; N],
    names: [&'static str; N],
    line: u64,
}

impl<R: io::Read, const N: usize> Table<R, N> {
    fn open(input: R, names: [&'static str; N], all: &'static str) -> Result<Self, ReadError> {
        let mut reader = csv::ReaderBuilder::new().flexible(false).from_reader(Lines::new(input));
        let header = reader.headers().map_err(csv_error)?.clone();
        if header.is_empty() {
            return Err(ReadError::Empty(all));
        }
        let mut places = [0; N];
        for (place, name) in places.iter_mut().zip(names) {
            let found = header.iter().position(|column| column.trim() == name);
            *place = found.ok_or(ReadError::NoColumn(name, all))?;
        }
        Ok(Table { records: reader.into_records(), places, names })
    }
}

impl<R: io::Read, const N: usize> Iterator for Table<R, N> {
    type Item = Result<Fields<N>, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        let record = self.records.next()?.map_err(csv_error);
        Some(record.map(|record| {
            let line = record.position().map_or(0, csv::Position::line);
            Fields { record, places: self.places, names: self.names, line }
        }))
    }
}

fn csv_error(error: csv::Error) -> ReadError {
    let line = error.position().map_or(1, csv::Position::line);
    match error.into_kind() {
        csv::ErrorKind::Io(error) => ReadError::Io(error),
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            ReadError::Csv { line, reason: format!("expected {expected_len} fields, found {len}") }
        }
        csv::ErrorKind::Utf8 { .. } => ReadError::Csv { line, reason: "it is not text".to_owned() },
        other => ReadError::Csv { line, reason: format!("{other:?}") },
    }
}

impl<const N: usize> Fields<N> {
    fn text(&self, field: usize) -> &str {
        self.record.get(self.places[field]).unwrap_or("").trim()
    }

    fn number(&self, field: usize) -> Result<u64, ReadError> {
        self.text(field).parse().map_err(|_| self.error(field, "a whole number"))
    }

    fn machine(&self, field: usize) -> Result<NodeId, ReadError> {
        let number = self.text(field).parse::<u32>().ok().and_then(|n| n.checked_sub(1));
        number.map(NodeId).ok_or_else(|| self.error(field, "a machine, counted from 1"))
    }

    fn copy(&self, field: usize) -> Result<u32, ReadError> {
        let number = self.text(field).parse().ok().filter(|copy| *copy > 0);
        number.ok_or_else(|| self.error(field, "a copy, counted from 1"))
    }

    fn error(&self, field: usize, expected: &'static str) -> ReadError {
        let found = self.text(field).to_owned();
        ReadError::Field { line: self.line, column: self.names[field], expected, found }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{HEADER, Rows};
    use super::*;

    fn rows(text: &str) -> Result<Vec<(u64, Row)>, ReadError> {
        read_rows(text.as_bytes())?.collect()
    }

    #[test]
    fn what_is_written_is_read_again() {
        let send = Event {
            kind: Kind::Send,
            peer: Peer::All,
            message: 1,
            stamp: 3,
            ..Event::internal(3, 0)
        };
        let receive =
            Event { kind: Kind::Receive, peer: Peer::One(NodeId(0)), copy: 2, clock: 4, ..send };
        let mut text = Rows::new(HEADER, 0);
        let events = [send, Event::internal(4, 1), receive];
        for event in &events {
            text.add_event(Instant::from_ns(9), NodeId(1), event);
        }
        let read = rows(&String::from_utf8_lossy(text.text())).expect("a trace");
        assert_eq!(read.iter().map(|(_, row)| row.event).collect::<Vec<_>>(), events);
        assert_eq!(read[2].0, 4, "line numbers count the header");
    }

    #[test]
    fn columns_may_stand_in_another_order() {
        let text = "clock,machine,time_ns,event,queue_len,from,to,message,stamp,copy,mood\n\
                    7,1,5,internal,0,,,,,,fine\n";
        assert_eq!(rows(text).expect("a trace")[0].1.event, Event::internal(7, 0));
    }

    #[track_caller]
    fn refused(text: &str, message: &str) {
        assert_eq!(rows(text).expect_err(text).to_string(), message);
    }

    #[test]
    fn faults_are_named_with_their_line() {
        let row = |row: &str| format!("{HEADER}{row}\n");
        refused(
            "time_ns,machine\n1,1\n",
            &format!("line 1: there is no column `event`; the columns are {}", HEADER.trim_end()),
        );
        refused(
            &row("5,0,internal,1,0,,,,,"),
            "line 2: `machine`: expected a machine, counted from 1, found `0`",
        );
        refused(
            &row("5,1,sleep,1,0,,,,,"),
            "line 2: `event`: expected send, receive or internal, found `sleep`",
        );
        refused(&row("5,1,internal,1"), "line 2: expected 10 fields, found 4");
        refused(
            &row("5,1,internal,1,0,,,,,\n4,1,internal,2,0,,,,,"),
            "line 3: time goes back from 5 ns to 4 ns; rows must be in time order",
        );
    }
}
