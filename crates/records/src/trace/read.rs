//! Readers of traces and journals, our own or those of other programs.
//!
//! Columns are found by their names in the header, in any order; unknown columns are ignored. Rows
//! must be in time order.

use std::{io, iter};

use super::columns::{JOURNAL_COLUMNS, TRACE_COLUMNS, names};
use super::event::{Event, EventKind, Peer};
use super::journal::{CopyFate, CopyRow};
use super::read_error::ReadError;
use super::table::{Fields, Table};
use crate::engine::time::Instant;
use crate::node::NodeId;

/// A row of a trace, with its line number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// Instant of the event.
    pub at: Instant,
    /// Machine of the event.
    pub machine: NodeId,
    /// The event.
    pub event: Event,
}

const ROW_COLUMNS: [&str; 10] = names(&TRACE_COLUMNS);
const COPY_COLUMNS: [&str; 7] = names(&JOURNAL_COLUMNS);

/// Reads a trace. Each item is a row with its line number, or the error that ends the iteration.
///
/// # Errors
/// If the header lacks a column.
pub fn read_rows<R: io::Read>(
    input: R,
) -> Result<impl Iterator<Item = Result<(u64, Row), ReadError>>, ReadError> {
    let names = super::HEADER.trim_end();
    let mut last = 0;
    let mut table = Table::open(input, ROW_COLUMNS, names)?;
    let mut next = move || -> Result<Option<(u64, Row)>, ReadError> {
        let Some(fields) = table.next_row()? else { return Ok(None) };
        let row = row(&fields)?;
        in_order(&mut last, row.at, fields.line)?;
        Ok(Some((fields.line, row)))
    };
    Ok(iter::from_fn(move || next().transpose()))
}

/// Reads a journal. Each item is a row with its line number, or the error that ends the iteration.
///
/// # Errors
/// If the header lacks a column.
pub fn read_copies<R: io::Read>(
    input: R,
) -> Result<impl Iterator<Item = Result<(u64, CopyRow), ReadError>>, ReadError> {
    let names = super::JOURNAL_HEADER.trim_end();
    let mut last = 0;
    let mut table = Table::open(input, COPY_COLUMNS, names)?;
    let mut next = move || -> Result<Option<(u64, CopyRow)>, ReadError> {
        let Some(fields) = table.next_row()? else { return Ok(None) };
        let row = copy(&fields)?;
        if row.fate != CopyFate::InFlight {
            in_order(&mut last, row.at, fields.line)?;
        }
        Ok(Some((fields.line, row)))
    };
    Ok(iter::from_fn(move || next().transpose()))
}

/// Validates that rows are in time order.
pub(super) fn in_order(last: &mut u64, at: Instant, line: u64) -> Result<(), ReadError> {
    let before = std::mem::replace(last, at.as_ns());
    match before > at.as_ns() {
        true => Err(ReadError::Order { line, before, after: at.as_ns() }),
        false => Ok(()),
    }
}

fn row(fields: &Fields<'_, 10>) -> Result<Row, ReadError> {
    let kind = match fields.text(2) {
        "send" => EventKind::Send,
        "receive" => EventKind::Receive,
        "internal" => EventKind::Internal,
        _ => return Err(fields.error(2, "send, receive or internal")),
    };
    let mut event = Event {
        kind,
        clock: fields.number(3)?,
        queue_len: fields.number(4)?,
        ..Event::internal(0, 0)
    };
    match kind {
        EventKind::Internal => {}
        EventKind::Send => {
            event.peer = addressee(fields)?;
            event.message = fields.number(7)?;
            event.stamp = fields.number(8)?;
        }
        EventKind::Receive => {
            event.peer = Peer::One(machine(fields, 5)?);
            event.message = fields.number(7)?;
            event.stamp = fields.number(8)?;
            event.copy = copy_number(fields, 9)?;
        }
    }
    Ok(Row { at: Instant::from_ns(fields.number(0)?), machine: machine(fields, 1)?, event })
}

/// Parses the addressee of a send; a send to all has a zero, or a star in older traces.
fn addressee(fields: &Fields<'_, 10>) -> Result<Peer, ReadError> {
    if fields.text(6) == "*" || fields.number(6).is_ok_and(|number| number == 0) {
        return Ok(Peer::All);
    }
    let machine = fields.ordinal(6, "a machine, counted from 1, or 0 for all")?;
    Ok(Peer::One(NodeId(machine - 1)))
}

fn machine<const N: usize>(fields: &Fields<'_, N>, field: usize) -> Result<NodeId, ReadError> {
    fields.ordinal(field, "a machine, counted from 1").map(|number| NodeId(number - 1))
}

/// Parses the number of a copy.
pub(super) fn copy_number<const N: usize>(
    fields: &Fields<'_, N>,
    field: usize,
) -> Result<u32, ReadError> {
    fields.ordinal(field, "a copy, counted from 1")
}

/// Parses the fate of a copy.
pub(super) fn fate<const N: usize>(
    fields: &Fields<'_, N>,
    field: usize,
) -> Result<CopyFate, ReadError> {
    let named = CopyFate::ALL.into_iter().find(|fate| fate.name() == fields.text(field));
    named.ok_or_else(|| fields.error(field, "delivered, lost, cut, crashed or in_flight"))
}

fn copy(fields: &Fields<'_, 7>) -> Result<CopyRow, ReadError> {
    let fate = fate(fields, 5)?;
    let at = if fate == CopyFate::InFlight { u64::MAX } else { fields.number(6)? };
    Ok(CopyRow {
        at: Instant::from_ns(at),
        sent: Instant::from_ns(fields.number(4)?),
        message: fields.number(0)?,
        to: machine(fields, 3)?,
        copy: copy_number(fields, 1)?,
        from: machine(fields, 2)?,
        fate,
    })
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
            kind: EventKind::Send,
            peer: Peer::All,
            message: 1,
            stamp: 3,
            ..Event::internal(3, 0)
        };
        let receive = Event {
            kind: EventKind::Receive,
            peer: Peer::One(NodeId(0)),
            copy: 2,
            clock: 4,
            ..send
        };
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

    #[test]
    fn a_send_to_all_has_a_zero_or_the_star_of_older_traces() {
        for to in ["0", "*", "0.0"] {
            let text = format!("{HEADER}5,1,send,7,2,,{to},3,6,\n");
            assert_eq!(rows(&text).expect("a trace")[0].1.event.peer, Peer::All, "{to}");
        }
    }

    #[test]
    fn what_pandas_makes_of_a_trace_is_the_same_trace() {
        let ours = "1,1,send,1,0,,2,1,1,\n2,2,internal,1,0,,,,,\n3,2,receive,2,0,1,,1,1,1\n";
        let theirs = "1,1,send,1,0,,2.0,1.0,1.0,\n2,2,internal,1,0,nan,NaN,,,\n\
                      3,2,receive,2,0,1.0,,1.0,1.0,1.0\n";
        let read = |text: &str| rows(&format!("{HEADER}{text}")).expect("a trace");
        assert_eq!(read(ours), read(theirs));
    }

    #[test]
    fn lines_are_counted_with_cr_lf_and_empty_lines() {
        let text = format!("{HEADER}\n5,1,internal,1,0,,,,,\n\n\n6,1,internal,x,0,,,,,\n");
        let text = text.replace('\n', "\r\n");
        let line = |text: &str| rows(text).expect_err("a clock").to_string();
        let message = "line 6: `clock`: expected a whole number, found `x`";
        assert_eq!(line(&text), message);
        assert_eq!(line(&text.replace("\r\n", "\n")), message);
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
            &row("5,1,send,1,0,,-1,1,1,"),
            "line 2: `to`: expected a machine, counted from 1, or 0 for all, found `-1`",
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
