//! `net.csv`: one row per copy of a message with its fate, in the order of arrival.
//!
//! A simulation knows the fate of a copy when it is sent. The journal holds the row back until that
//! instant, so that rows are in time order and the journal of a run that was cut short is accurate.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::line::Line;
use crate::engine::time::Instant;
use crate::network::{CopySent, Fate};
use crate::node::NodeId;

/// The header line.
pub const JOURNAL_HEADER: &str = "message,copy,from,to,sent_ns,fate,at_ns\n";

/// Fate of a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CopyFate {
    /// It arrived.
    Delivered,
    /// It was lost by chance.
    Lost,
    /// A partition cut it off at its arrival.
    Cut,
    /// It arrived at a node that was down.
    Crashed,
    /// The run ended before it arrived.
    InFlight,
}

impl CopyFate {
    /// All fates.
    pub const ALL: [CopyFate; 5] =
        [CopyFate::Delivered, CopyFate::Lost, CopyFate::Cut, CopyFate::Crashed, CopyFate::InFlight];

    /// Returns the name in journals.
    pub fn name(self) -> &'static str {
        match self {
            CopyFate::Delivered => "delivered",
            CopyFate::Lost => "lost",
            CopyFate::Cut => "cut",
            CopyFate::Crashed => "crashed",
            CopyFate::InFlight => "in_flight",
        }
    }
}

/// A row of the journal. The order of the fields is the sort order of the rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CopyRow {
    /// Instant of the fate: the arrival, or the send if the copy was lost. For a copy in flight the
    /// instant at which it would have arrived, which is not written.
    pub at: Instant,
    /// Instant of the send.
    pub sent: Instant,
    /// Number of the message.
    pub message: u64,
    /// The addressee.
    pub to: NodeId,
    /// Number of the copy: 1, or 2 for a duplicate.
    pub copy: u32,
    /// The sender.
    pub from: NodeId,
    /// Fate of the copy.
    pub fate: CopyFate,
}

impl From<&CopySent> for CopyRow {
    /// Returns the row that the copy will have unless the run ends before.
    fn from(copy: &CopySent) -> CopyRow {
        let (fate, at) = match copy.fate {
            Fate::Arrives(at) => (CopyFate::Delivered, at),
            Fate::Lost(at) => (CopyFate::Lost, at),
            Fate::Cut(at) => (CopyFate::Cut, at),
            Fate::Crashed(at) => (CopyFate::Crashed, at),
        };
        let CopySent { message, copy, from, to, sent, .. } = *copy;
        CopyRow { at, sent, message: message.0, to, copy, from, fate }
    }
}

/// Copies whose fate is still in the future.
#[derive(Debug, Default)]
pub struct Journal {
    under_way: BinaryHeap<Reverse<CopyRow>>,
}

impl Journal {
    /// Records a copy at the instant of its send.
    pub fn note(&mut self, sent: &CopySent) {
        self.under_way.push(Reverse(CopyRow::from(sent)));
    }

    /// Returns the next row before `before`, if all that was sent before then has been recorded.
    pub fn next_before(&mut self, before: Instant) -> Option<CopyRow> {
        let due = self.under_way.peek().is_some_and(|Reverse(row)| row.at < before);
        if due { self.under_way.pop().map(|Reverse(row)| row) } else { None }
    }

    /// Returns the next row after the end of the run: a copy that is still in flight.
    pub fn next_in_flight(&mut self) -> Option<CopyRow> {
        let row = self.under_way.pop().map(|Reverse(row)| row)?;
        Some(CopyRow { fate: CopyFate::InFlight, ..row })
    }
}

/// Writes the row of one copy.
#[inline(always)]
pub(super) fn write_copy(line: &mut Line<'_>, row: &CopyRow) {
    line.number(row.message, b',');
    line.number(row.copy.into(), b',');
    line.number(u64::from(row.from.0) + 1, b',');
    line.number(u64::from(row.to.0) + 1, b',');
    line.number(row.sent.as_ns(), b',');
    match row.fate {
        CopyFate::Delivered => line.text(b"delivered,"),
        CopyFate::Lost => line.text(b"lost,"),
        CopyFate::Cut => line.text(b"cut,"),
        CopyFate::Crashed => line.text(b"crashed,"),
        CopyFate::InFlight => return line.text(b"in_flight,\n"),
    }
    line.number(row.at.as_ns(), b'\n');
}

#[cfg(test)]
mod tests {
    use super::super::rows::Rows;
    use super::*;
    use crate::node::MessageId;

    #[test]
    fn rows_come_in_the_order_of_arrival() {
        let mut journal = Journal::default();
        let at = Instant::from_ns;
        let copy = |message, sent, fate| CopySent {
            message: MessageId(message),
            copy: 1,
            from: NodeId(0),
            to: NodeId(1),
            sent: at(sent),
            fate,
        };
        journal.note(&copy(1, 5, Fate::Arrives(at(30))));
        journal.note(&copy(2, 6, Fate::Lost(at(6))));
        journal.note(&copy(3, 7, Fate::Cut(at(20))));
        journal.note(&copy(4, 8, Fate::Arrives(at(90))));
        journal.note(&copy(5, 9, Fate::Crashed(at(40))));
        let mut text = Rows::new("", 0);
        while let Some(row) = journal.next_before(at(50)) {
            text.add_copy(&row);
        }
        while let Some(row) = journal.next_in_flight() {
            text.add_copy(&row);
        }
        let rows = [
            "2,1,1,2,6,lost,6\n",
            "3,1,1,2,7,cut,20\n",
            "1,1,1,2,5,delivered,30\n",
            "5,1,1,2,9,crashed,40\n",
            "4,1,1,2,8,in_flight,\n",
        ];
        assert_eq!(String::from_utf8_lossy(text.text()), rows.concat());
    }
}
