//! Network traffic of a run: counts as Maelstrom makes them, and the rows of `net.csv`.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::fmt::Write;
use std::rc::Rc;

use super::parameters::Layout;
use super::protocol::Body;
use super::service_name::Service;
use crate::engine::time::Instant;
use crate::network::{CopySent, Fate};
use crate::node::NodeId;
use crate::trace::{FATE, TableColumn, column};

/// Message counts of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NetStats {
    /// Messages with a client at one end.
    pub clients: ZoneStats,
    /// Messages between nodes, and between nodes and services.
    pub servers: ZoneStats,
    /// Number of messages sent, by part of the network and kind.
    pub kinds: BTreeMap<(Zone, String), u64>,
    /// Copies that were lost by chance.
    pub lost: u64,
    /// Copies that a partition cut off.
    pub cut: u64,
    /// Copies that arrived at a node that was down.
    pub crashed: u64,
    /// Copies that the network made on its own.
    pub duplicates: u64,
    /// Replies of services that were stale: a newer value was known.
    pub stale_answers: u64,
}

/// A part of the network, by the ends of its messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Zone {
    /// Clients and nodes.
    Clients,
    /// Nodes among themselves.
    Nodes,
    /// Nodes and services.
    Services,
}

impl Zone {
    fn of(body: &Body) -> Zone {
        match body {
            Body::Request { .. }
            | Body::Reply { .. }
            | Body::Go
            | Body::Say { .. }
            | Body::Faults(_)
            | Body::Spawned => Zone::Clients,
            Body::ServiceRequest { .. } | Body::ServiceReply { .. } => Zone::Services,
            Body::Peer(_) => Zone::Nodes,
        }
    }

    /// The name in results.
    pub fn name(self) -> &'static str {
        match self {
            Zone::Clients => "clients",
            Zone::Nodes => "nodes",
            Zone::Services => "services",
        }
    }
}

/// Counts of a part of the network.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ZoneStats {
    /// Messages that were sent.
    pub sends: u64,
    /// Copies that arrived.
    pub receives: u64,
    /// Distinct messages.
    pub messages: u64,
}

/// One end of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Party {
    /// A node, counted from 0.
    Server(NodeId),
    /// A service.
    Service(Service),
    /// The client of this number.
    Client(u32),
}

/// One copy of a message, and its fate. Rows are ordered by the fields, in this order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NetRow {
    /// When its fate took effect.
    pub at: Instant,
    /// When it was sent.
    pub sent: Instant,
    /// The message's number.
    pub message: u64,
    /// Which copy: 1, or 2 for a duplicate.
    pub copy: u32,
    /// The sender.
    pub from: Party,
    /// The addressee.
    pub to: Party,
    /// Its fate: `delivered`, `lost`, `cut`, `crashed` or `in_flight`.
    pub fate: &'static str,
    /// The `type` of the message.
    pub kind: Rc<str>,
    /// Why a service gave a stale reply, if it did.
    pub note: Option<Box<str>>,
}

/// The first line of `net.csv`.
pub const NET_HEADER: &str = "message,copy,from,to,sent_ns,fate,at_ns,type,note\n";

/// The columns of `net.csv`: a row is a copy of a message.
pub const NET_COLUMNS: [TableColumn; 9] = [
    column(
        "message",
        "the number of the message, counted over the run",
        "a whole number from 1",
        "never",
    ),
    column("copy", "which copy it is", "1, or 2 for a duplicate that the network made", "never"),
    column("from", "who sent it", PARTY, "never"),
    column("to", "for whom it is", PARTY, "never"),
    column("sent_ns", "when it was sent, since the run began", NANOSECONDS, "never"),
    FATE,
    column(
        "at_ns",
        "when that happened: the arrival, at which a partition or an outage takes effect; of a \
         lost copy its sending",
        NANOSECONDS,
        "in flight",
    ),
    column("type", "the `type` of its body", "a text; `docs/protocol.md` has those known", "never"),
    column("note", "why a service gave an old answer", "a text", "where there is nothing to say"),
];

const NANOSECONDS: &str = "whole nanoseconds from 0, below 2⁶⁴";
const PARTY: &str = "a node (`n0`), a client (`c7`) or a service (`lin-kv`)";

/// Writes the row of one copy; `names` are those of the nodes.
pub fn write_net_row(out: &mut String, row: &NetRow, names: &[String]) {
    let NetRow { at, sent, message, copy, from, to, fate, kind, note } = row;
    let (from, to) = (from.name(names), to.name(names));
    let at = if *fate == "in_flight" { String::new() } else { at.as_ns().to_string() };
    let sent = sent.as_ns();
    // Notes may hold commas and quotes, as CSV has them.
    let note = note.as_ref().map(|note| format!("\"{}\"", note.replace('"', "\"\"")));
    let note = note.unwrap_or_default();
    let line = writeln!(out, "{message},{copy},{from},{to},{sent},{fate},{at},{kind},{note}");
    line.expect("writing to a string");
}

impl Party {
    /// The name on the wire; `names` are those of the nodes.
    pub fn name(self, names: &[String]) -> Cow<'_, str> {
        match self {
            Party::Server(id) => Cow::Borrowed(&names[id.index()]),
            Party::Service(service) => Cow::Borrowed(service.name()),
            Party::Client(number) => Cow::Owned(format!("c{number}")),
        }
    }
}

/// Counts messages, and holds back rows until their fates have taken effect.
#[derive(Debug)]
pub(super) struct NetTally {
    layout: Layout,
    stats: NetStats,
    kinds: Vec<((Zone, Rc<str>), u64)>,
    /// Arrivals that may lie beyond the end of the run, and whether they are a client's.
    ahead: Vec<(Instant, bool)>,
    /// Length of `ahead` at which those that have happened are counted.
    ahead_max: usize,
    rows: Option<BinaryHeap<Reverse<NetRow>>>,
}

/// Minimum of `ahead_max`: below it, arrivals that have happened are not looked for.
const AHEAD_MIN: usize = 1 << 10;

impl NetTally {
    /// Creates the tally of a run with this layout; `rows` if rows are wanted.
    pub(super) fn new(layout: Layout, rows: bool) -> NetTally {
        NetTally {
            layout,
            stats: NetStats::default(),
            kinds: vec![],
            ahead: vec![],
            ahead_max: AHEAD_MIN,
            rows: rows.then(BinaryHeap::new),
        }
    }

    fn is_client(&self, id: NodeId) -> bool {
        id.0 >= self.layout.clients().0
    }

    /// Counts a copy that is sent.
    #[inline]
    pub(super) fn copy(&mut self, copy: &CopySent, body: &Body) {
        let Some(kind) = kind(body) else { return };
        let client = self.is_client(copy.from) || self.is_client(copy.to);
        if copy.copy == 1 {
            let zone = if client { &mut self.stats.clients } else { &mut self.stats.servers };
            zone.sends += 1;
            zone.messages += 1;
            let zone = Zone::of(body);
            let is_it = |(of, known): &(Zone, Rc<str>)| *of == zone && **known == *kind;
            match self.kinds.iter_mut().find(|(known, _)| is_it(known)) {
                Some((_, count)) => *count += 1,
                None => self.kinds.push(((zone, kind.into()), 1)),
            }
        } else {
            self.stats.duplicates += 1;
        }
        match copy.fate {
            Fate::Arrives(at) => self.ahead.push((at, client)),
            Fate::Lost(_) => self.stats.lost += 1,
            Fate::Cut(_) => self.stats.cut += 1,
            Fate::Crashed(_) => self.stats.crashed += 1,
        }
        if let Body::ServiceReply { answer, .. } = body {
            self.stats.stale_answers += u64::from(answer.note.is_some());
        }
        if self.ahead.len() >= self.ahead_max {
            self.count_arrivals(copy.sent);
            self.ahead_max = AHEAD_MIN.max(2 * self.ahead.len());
        }
        if self.rows.is_some() {
            let row = self.row(copy, body, kind.into());
            self.rows.as_mut().into_iter().for_each(|rows| rows.push(Reverse(row.clone())));
        }
    }

    fn row(&self, copy: &CopySent, body: &Body, kind: Rc<str>) -> NetRow {
        let (fate, at) = match copy.fate {
            Fate::Arrives(at) => ("delivered", at),
            Fate::Lost(at) => ("lost", at),
            Fate::Cut(at) => ("cut", at),
            Fate::Crashed(at) => ("crashed", at),
        };
        let client = match body {
            Body::Request { client, .. } | Body::Reply { client, .. } => *client,
            _ => 0,
        };
        let party = |id: NodeId| match self.layout.service_at(id) {
            Some(service) => Party::Service(service),
            None if id.0 < self.layout.servers => Party::Server(id),
            None => Party::Client(client),
        };
        let note = match body {
            Body::ServiceReply { answer, .. } => answer.note.clone(),
            _ => None,
        };
        let CopySent { message, copy: number, from, to, sent, .. } = *copy;
        let (from, to) = (party(from), party(to));
        NetRow { at, sent, message: message.0, copy: number, from, to, fate, kind, note }
    }

    /// Passes the rows of what happened before an instant to `out`, in order.
    pub(super) fn flush_journal(&mut self, before: Instant, out: &mut dyn FnMut(&NetRow)) {
        let Some(rows) = &mut self.rows else { return };
        while rows.peek().is_some_and(|Reverse(row)| row.at < before) {
            rows.pop().into_iter().for_each(|Reverse(row)| out(&row));
        }
    }

    fn count_arrivals(&mut self, before: Instant) {
        let stats = &mut self.stats;
        self.ahead.retain(|(at, client)| {
            let arrived = *at < before;
            let zone = if *client { &mut stats.clients } else { &mut stats.servers };
            zone.receives += u64::from(arrived);
            !arrived
        });
    }

    /// Drops the rows that are not final yet.
    pub(super) fn forget_rows(&mut self) {
        self.rows = None;
    }

    /// Ends the count: what would arrive at `before` or later is still in flight.
    pub(super) fn finish(mut self, before: Instant, out: &mut dyn FnMut(&NetRow)) -> NetStats {
        self.flush_journal(before, out);
        while let Some(Reverse(row)) = self.rows.as_mut().and_then(BinaryHeap::pop) {
            out(&NetRow { fate: "in_flight", ..row });
        }
        self.count_arrivals(before);
        let count =
            |((zone, kind), count): ((Zone, Rc<str>), u64)| ((zone, kind.to_string()), count);
        NetStats { kinds: self.kinds.into_iter().map(count).collect(), ..self.stats }
    }
}

impl NetStats {
    /// The counts of the whole network.
    pub fn all(&self) -> ZoneStats {
        let (a, b) = (self.clients, self.servers);
        ZoneStats {
            sends: a.sends + b.sends,
            receives: a.receives + b.receives,
            messages: a.messages + b.messages,
        }
    }
}

/// Returns the `type` of a message; `None` if it is not a message of the protocol.
fn kind(body: &Body) -> Option<&str> {
    Some(match body {
        Body::Request { request, .. } => request.name(),
        Body::Reply { reply, .. } => reply.name(),
        Body::ServiceRequest { request, .. } => request.name(),
        Body::ServiceReply { answer, .. } => answer.answer.name(),
        Body::Peer(message) => message.kind(),
        Body::Go | Body::Say { .. } | Body::Faults(_) | Body::Spawned => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_is_that_of_the_table() {
        let names: Vec<&str> = NET_COLUMNS.iter().map(|column| column.name).collect();
        assert_eq!(NET_HEADER, names.join(",") + "\n");
    }
}
