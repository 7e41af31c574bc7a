//! `trace.csv`: one row per event of a machine, as bytes, formatted by hand since it is the hot
//! path.

use super::event::{Event, Kind, Peer};
use crate::engine::time::Instant;
use crate::node::NodeId;

/// The first line.
pub const HEADER: &str = "time_ns,machine,event,clock,queue_len,from,to,message,stamp,copy\n";

/// Appends the row of one event: LF at its end, fields that its kind does not use empty, machines
/// counted from 1, `*` for all.
#[inline]
pub fn write_row(out: &mut Vec<u8>, at: Instant, machine: NodeId, event: &Event) {
    let mut numbers = Numbers { out, buffer: itoa::Buffer::new() };
    numbers.put(at.as_ns(), b",");
    let machine = u64::from(machine.0) + 1;
    match event.kind {
        Kind::Internal => {
            numbers.put(machine, b",internal,");
            numbers.put(event.clock, b",");
            numbers.put(event.queue_len, b",,,,,\n");
        }
        Kind::Send => {
            numbers.put(machine, b",send,");
            numbers.put(event.clock, b",");
            numbers.put(event.queue_len, b",,");
            match event.peer {
                Peer::One(to) => numbers.put(u64::from(to.0) + 1, b","),
                Peer::All | Peer::None => numbers.out.extend_from_slice(b"*,"),
            }
            numbers.put(event.message, b",");
            numbers.put(event.stamp, b",\n");
        }
        Kind::Receive => {
            numbers.put(machine, b",receive,");
            numbers.put(event.clock, b",");
            numbers.put(event.queue_len, b",");
            if let Peer::One(from) = event.peer {
                numbers.put(u64::from(from.0) + 1, b",,");
            }
            numbers.put(event.message, b",");
            numbers.put(event.stamp, b",");
            numbers.put(u64::from(event.copy), b"\n");
        }
    }
}

/// Numbers, each with what follows it.
struct Numbers<'a> {
    out: &'a mut Vec<u8>,
    buffer: itoa::Buffer,
}

impl Numbers<'_> {
    #[inline]
    fn put(&mut self, number: u64, then: &[u8]) {
        self.out.extend_from_slice(self.buffer.format(number).as_bytes());
        self.out.extend_from_slice(then);
    }
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
