//! `trace.csv`: one row per event of a machine, as bytes, formatted by hand since this is the hot
//! path.

use super::event::{Event, EventKind, Peer};
use super::line::Line;
use crate::engine::time::Instant;
use crate::node::NodeId;

/// The header line.
pub const HEADER: &str = "time_ns,machine,event,clock,queue_len,from,to,message,stamp,copy\n";

/// Writes the row of one event, with an LF at the end. Fields that the event kind does not use are
/// empty; machines are counted from 1, and 0 means all.
#[inline(always)]
pub(super) fn write_event(line: &mut Line<'_>, at: Instant, machine: NodeId, event: &Event) {
    line.number(at.as_ns(), b',');
    line.number(u64::from(machine.0) + 1, b',');
    match event.kind {
        EventKind::Send => {
            line.text(b"send,");
            clock_and_queue(line, event);
            line.text(b",");
            match event.peer {
                Peer::One(to) => line.number(u64::from(to.0) + 1, b','),
                Peer::All | Peer::None => line.text(b"0,"),
            }
            message_and_stamp(line, event);
            line.text(b"\n");
        }
        EventKind::Receive => {
            line.text(b"receive,");
            clock_and_queue(line, event);
            match event.peer {
                Peer::One(from) => line.number(u64::from(from.0) + 1, b','),
                Peer::All | Peer::None => line.text(b","),
            }
            line.text(b",");
            message_and_stamp(line, event);
            line.number(event.copy.into(), b'\n');
        }
        EventKind::Internal => {
            line.text(b"internal,");
            clock_and_queue(line, event);
            line.text(b",,,,\n");
        }
    }
}

#[inline(always)]
fn clock_and_queue(line: &mut Line<'_>, event: &Event) {
    line.number(event.clock, b',');
    line.number(event.queue_len, b',');
}

#[inline(always)]
fn message_and_stamp(line: &mut Line<'_>, event: &Event) {
    line.number(event.message, b',');
    line.number(event.stamp, b',');
}

#[cfg(test)]
mod tests {
    use super::super::rows::Rows;
    use super::*;

    #[track_caller]
    fn check(event: Event, expected: &str) {
        let mut rows = Rows::new("", 0);
        rows.add_event(Instant::from_ns(1_500), NodeId(0), &event);
        assert_eq!(String::from_utf8_lossy(rows.text()), expected);
    }

    #[test]
    fn a_row_has_ten_columns_and_leaves_unused_ones_empty() {
        let base = Event { message: 3, stamp: 6, copy: 1, ..Event::internal(7, 2) };
        check(Event::internal(7, 2), "1500,1,internal,7,2,,,,,\n");
        let to = Peer::One(NodeId(1));
        check(Event { kind: EventKind::Send, peer: to, ..base }, "1500,1,send,7,2,,2,3,6,\n");
        check(
            Event { kind: EventKind::Send, peer: Peer::All, ..base },
            "1500,1,send,7,2,,0,3,6,\n",
        );
        check(
            Event { kind: EventKind::Receive, peer: to, ..base },
            "1500,1,receive,7,2,2,,3,6,1\n",
        );
        check(Event { kind: EventKind::Receive, ..base }, "1500,1,receive,7,2,,,3,6,1\n");
    }
}
