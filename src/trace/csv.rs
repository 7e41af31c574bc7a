//! `trace.csv`: one row per event of a machine, as bytes, formatted by hand since it is the hot
//! path.

use super::digits::Digits;
use super::event::{Event, Kind, Peer};
use crate::engine::time::Instant;
use crate::node::NodeId;

/// The first line.
pub const HEADER: &str = "time_ns,machine,event,clock,queue_len,from,to,message,stamp,copy\n";

/// Appends the row of one event: LF at its end, fields that its kind does not use empty, machines
/// counted from 1, `*` for all.
#[inline]
pub fn write_row(out: &mut Vec<u8>, at: Instant, machine: NodeId, event: &Event) {
    // From the last field to the first.
    let mut row = Digits::new();
    match event.kind {
        Kind::Internal => row.text(b",,,,,\n"),
        Kind::Send => {
            row.text(b",\n");
            row.number(event.stamp);
            row.text(b",");
            row.number(event.message);
            row.text(b",");
            match event.peer {
                Peer::One(to) => row.number(u64::from(to.0) + 1),
                Peer::All | Peer::None => row.text(b"*"),
            }
            row.text(b",,");
        }
        Kind::Receive => {
            row.text(b"\n");
            row.number(u64::from(event.copy));
            row.text(b",");
            row.number(event.stamp);
            row.text(b",");
            row.number(event.message);
            row.text(b",,");
            if let Peer::One(from) = event.peer {
                row.number(u64::from(from.0) + 1);
            }
            row.text(b",");
        }
    }
    row.number(event.queue_len);
    row.text(b",");
    row.number(event.clock);
    match event.kind {
        Kind::Internal => row.text(b",internal,"),
        Kind::Send => row.text(b",send,"),
        Kind::Receive => row.text(b",receive,"),
    }
    row.number(u64::from(machine.0) + 1);
    row.text(b",");
    row.number(at.as_ns());
    out.extend_from_slice(row.bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(event: Event, expected: &str) {
        let mut out = Vec::new();
        write_row(&mut out, Instant::from_ns(1_500), NodeId(0), &event);
        assert_eq!(String::from_utf8(out).expect("ASCII"), expected);
    }

    #[test]
    fn a_row_has_ten_columns_and_leaves_unused_ones_empty() {
        let base = Event { message: 3, stamp: 6, copy: 1, ..Event::internal(7, 2) };
        check(Event::internal(7, 2), "1500,1,internal,7,2,,,,,\n");
        let to = Peer::One(NodeId(1));
        check(Event { kind: Kind::Send, peer: to, ..base }, "1500,1,send,7,2,,2,3,6,\n");
        check(Event { kind: Kind::Send, peer: Peer::All, ..base }, "1500,1,send,7,2,,*,3,6,\n");
        check(Event { kind: Kind::Receive, peer: to, ..base }, "1500,1,receive,7,2,2,,3,6,1\n");
    }
}
