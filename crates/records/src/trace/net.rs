//! Reader of the journals of Gossip Glomers runs, whose parties have names.

use std::{io, iter};

use super::journal::CopyFate;
use super::read::{copy_number, fate, in_order};
use super::read_error::ReadError;
use super::table::{Fields, Table};
use crate::engine::time::Instant;

/// A row of such a journal: a copy of a message, and its fate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedCopy {
    /// Instant of the fate; `Instant::MAX` for a copy in flight.
    pub at: Instant,
    /// Instant of the send.
    pub sent: Instant,
    /// Number of the message.
    pub message: u64,
    /// Number of the copy: 1, or 2 for a duplicate.
    pub copy: u32,
    /// Name of the sender: a node, a service or a client.
    pub from: Box<str>,
    /// Name of the addressee.
    pub to: Box<str>,
    /// Fate of the copy.
    pub fate: CopyFate,
    /// The `type` of the body.
    pub kind: Box<str>,
    /// Why a service gave an old answer; empty if it did not.
    pub note: Box<str>,
}

const NET_COLUMNS: [&str; 9] =
    ["message", "copy", "from", "to", "sent_ns", "fate", "at_ns", "type", "note"];
const NET_HEADER: &str = "message,copy,from,to,sent_ns,fate,at_ns,type,note";

/// Reads the journal of a Gossip Glomers run. Each item is a row with its line number, or the error
/// that ends the iteration.
///
/// # Errors
/// If the header lacks a column.
pub fn read_net<R: io::Read>(
    input: R,
) -> Result<impl Iterator<Item = Result<(u64, NamedCopy), ReadError>>, ReadError> {
    let mut last = 0;
    let mut table = Table::open(input, NET_COLUMNS, NET_HEADER)?;
    let mut next = move || -> Result<Option<(u64, NamedCopy)>, ReadError> {
        let Some(fields) = table.next_row()? else { return Ok(None) };
        let row = row(&fields)?;
        if row.fate != CopyFate::InFlight {
            in_order(&mut last, row.at, fields.line)?;
        }
        Ok(Some((fields.line, row)))
    };
    Ok(iter::from_fn(move || next().transpose()))
}

fn row(fields: &Fields<'_, 9>) -> Result<NamedCopy, ReadError> {
    let fate = fate(fields, 5)?;
    let at = if fate == CopyFate::InFlight { u64::MAX } else { fields.number(6)? };
    Ok(NamedCopy {
        at: Instant::from_ns(at),
        sent: Instant::from_ns(fields.number(4)?),
        message: fields.number(0)?,
        copy: copy_number(fields, 1)?,
        from: name(fields, 2)?,
        to: name(fields, 3)?,
        fate,
        kind: fields.text(7).into(),
        note: fields.text(8).into(),
    })
}

/// Parses the name of a party.
fn name(fields: &Fields<'_, 9>, field: usize) -> Result<Box<str>, ReadError> {
    match fields.text(field) {
        "" => Err(fields.error(field, "the name of a node, a client or a service")),
        name => Ok(name.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_types_and_notes_are_read() {
        let text = format!(
            "{NET_HEADER}\n7,1,n0,seq-kv,5,delivered,9,read,\"old, by \"\"2\"\"\"\n\
             8,2,c3,n0,6,in_flight,,add,\n"
        );
        let rows: Result<Vec<_>, _> = read_net(text.as_bytes()).expect("a header").collect();
        let rows = rows.expect("rows");
        assert_eq!((&*rows[0].1.to, &*rows[0].1.note), ("seq-kv", "old, by \"2\""));
        assert_eq!((rows[1].0, rows[1].1.fate, rows[1].1.copy), (3, CopyFate::InFlight, 2));
    }

    #[test]
    fn a_party_without_a_name_is_refused() {
        let text = format!("{NET_HEADER}\n7,1,,n1,5,delivered,9,read,\n");
        let error = read_net(text.as_bytes()).expect("a header").next().expect("a row");
        assert_eq!(
            error.expect_err("no name").to_string(),
            "line 2: `from`: expected the name of a node, a client or a service, found ``"
        );
    }
}
