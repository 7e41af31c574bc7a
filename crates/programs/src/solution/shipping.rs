//! Log shipping: replicates all values of one node to others, whatever the network does.
//!
//! Idea: a node keeps a log, and for each other node the number of entries that it has
//! acknowledged. A parcel carries all entries from that number on, the length of the log that the
//! receiver then has (`upto`), and how much of the receiver's log the sender has (`have`), which is
//! a cumulative acknowledgement. So any one parcel that arrives makes up for all that were lost
//! before it; duplicates and old parcels change nothing; and acknowledgements are piggybacked on
//! what is sent anyway.
//!
//! ```text
//! log   0 ─────────────── acked ──────────────── sent ──────────── end
//!         the peer has it        in flight or lost     not yet sent
//! ```
//!
//! The log, the other values and the numbers in `have` are on the disk before anything is sent
//! about them. What others have is kept in memory only: after a crash everything is shipped again,
//! in one parcel per peer.
//!
//! Not here: when to ship. Each challenge has its own answer.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::engine::time::{Duration, Instant};
use crate::glomers::Cx;
use crate::glomers::Peer;
use crate::node::{Disk, NodeId, Timer};

/// A message from one node to another.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Parcel {
    /// Those of the sender's first `upto` entries that the receiver may lack.
    values: Vec<i64>,
    /// With this parcel the receiver has all entries of the sender's log before this one.
    upto: usize,
    /// The sender has all entries of the receiver's log before this one.
    have: usize,
    /// In a round of the sender: what the receiver needs to be in time for the next one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    round: Option<Round>,
}

/// The timing of a round, as reported to the receiver.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Round {
    /// How long, in nanoseconds, the last parcel of the receiver had waited for the round; `None`
    /// if none has arrived since the round before.
    waited: Option<u64>,
}

impl Peer for Parcel {
    fn kind(&self) -> &'static str {
        if self.values.is_empty() { "ack" } else { "ship" }
    }
}

/// Which values go into a node's log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Relay {
    /// Those of its own clients: others receive the rest from their origins.
    Own,
    /// All that it receives, from clients and nodes.
    All,
}

/// Timeouts after which a node sends a parcel without news.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    /// Timeout after which an acknowledgement is sent alone.
    pub(super) ack: Duration,
    /// Timeout after which unacknowledged entries are retried.
    pub(super) repeat: Duration,
}

/// The values that a node knows, and how much of its log others have.
#[derive(Debug)]
pub(super) struct Shipping {
    relay: Relay,
    patience: Patience,
    known: BTreeSet<i64>,
    log: Vec<Entry>,
    links: BTreeMap<NodeId, Link>,
    /// The timer of the next check for overdue parcels.
    check: Option<Timer>,
    /// Whether the parcels being sent belong to a round.
    in_round: bool,
}

/// A value, and the node that sent it, unless it was a client.
#[derive(Clone, Copy, Debug)]
struct Entry {
    value: i64,
    from: Option<NodeId>,
}

/// The state of the link to one other node.
#[derive(Debug, Default)]
struct Link {
    /// It has acknowledged all entries of our log before this one.
    acked: usize,
    /// All entries before this one have been sent to it at least once.
    sent: usize,
    /// When something was last sent to it.
    sent_at: Instant,
    /// We have all entries of its log before this one.
    have: usize,
    /// Since when we owe it an acknowledgement of that.
    owed: Option<Instant>,
    /// When its last parcel arrived, until a round has reported that.
    heard: Option<Instant>,
    /// When the parcel of its last round arrived.
    round: Option<Instant>,
    /// The round-trip time, as last measured.
    round_trip: Option<Duration>,
}

impl Link {
    /// Records a parcel of a round. The round-trip time is the time from our last parcel to this
    /// one, less the time that our parcel waited there:
    ///
    /// ```text
    /// we     sent_at ─┐                        ┌─ now
    /// peer            └─ arrives ── waited ── round
    /// ```
    ///
    /// It cannot be measured if our last parcel had not arrived before the round.
    fn note_round(&mut self, round: Round, have: usize, now: Instant) {
        self.round = Some(now);
        if let Some(waited) = round.waited.filter(|_| have >= self.sent) {
            let since_sent = now.saturating_since(self.sent_at);
            self.round_trip = Some(since_sent.saturating_sub(Duration::from_ns(waited)));
        }
    }
}

/// Time between two checks for overdue parcels.
const CHECK_EVERY: Duration = Duration::from_ms(250);
/// The disk key of the log: the entries one after the other, each a value and its sender.
const LOG: &[u8] = b"log";
/// The disk key of the values that are not in the log.
const OTHERS: &[u8] = b"others";
/// In an entry on the disk: the sender is a client.
const CLIENT: u32 = u32::MAX;

impl Shipping {
    pub(super) fn new(relay: Relay, patience: Patience) -> Shipping {
        let (known, log, links) = (BTreeSet::new(), vec![], BTreeMap::new());
        Shipping { relay, patience, known, log, links, check: None, in_round: false }
    }

    /// Restores the state from the disk; called before anything else.
    pub(super) fn restore(&mut self, disk: &Disk) {
        let (log, _) = disk.read(LOG).unwrap_or_default().as_chunks::<12>();
        let (others, _) = disk.read(OTHERS).unwrap_or_default().as_chunks::<8>();
        self.log = log.iter().map(|bytes| Entry::from_bytes(*bytes)).collect();
        self.known = others.iter().map(|bytes| i64::from_le_bytes(*bytes)).collect();
        self.known.extend(self.log.iter().map(|entry| entry.value));
    }

    /// Relays all values from now on; a node knows only after `init` whether it should.
    pub(super) fn relay_all(&mut self) {
        self.relay = Relay::All;
    }

    /// Ships to this node from now on, too.
    pub(super) fn add_peer(&mut self, peer: NodeId, disk: &Disk) {
        self.links.entry(peer).or_insert_with(|| Link::restored(peer, disk));
    }

    /// Returns all known values.
    pub(super) fn values(&self) -> Vec<i64> {
        self.known.iter().copied().collect()
    }

    /// Adds a client's value; it is on the disk when this returns. Returns whether it is new.
    pub(super) fn add(&mut self, value: i64, cx: &mut Cx<'_, Parcel>) -> bool {
        let is_new = self.known.insert(value);
        if is_new {
            self.log(Entry { value, from: None }, cx.disk());
            cx.disk().sync();
        }
        is_new
    }

    /// Handles a parcel; all that it brings is on the disk when this returns. Returns whether there
    /// is anything new to ship.
    pub(super) fn take(&mut self, from: NodeId, parcel: Parcel, cx: &mut Cx<'_, Parcel>) -> bool {
        let Parcel { values, upto, have, round } = parcel;
        self.add_peer(from, cx.disk());
        let before = self.log.len();
        if !values.is_empty() {
            self.learn(from, &values, cx.disk());
        }
        let (now, total) = (cx.now(), self.log.len());
        let Some(link) = self.links.get_mut(&from) else { return false };
        link.acked = link.acked.max(have.min(total));
        link.heard = Some(now);
        if let Some(round) = round {
            link.note_round(round, have, now);
        }
        if !values.is_empty() {
            link.owed = link.owed.or(Some(now));
        }
        if upto > link.have {
            link.have = upto;
            cx.disk().write(key_of_have(from), u64_bytes(upto));
        }
        cx.disk().sync();
        self.log.len() > before
    }

    fn learn(&mut self, from: NodeId, values: &[i64], disk: &mut Disk) {
        for value in values {
            if self.known.insert(*value) {
                match self.relay {
                    Relay::All => self.log(Entry { value: *value, from: Some(from) }, disk),
                    Relay::Own => disk.append(OTHERS, &value.to_le_bytes()),
                }
            }
        }
    }

    fn log(&mut self, entry: Entry, disk: &mut Disk) {
        disk.append(LOG, &entry.bytes());
        self.log.push(entry);
    }

    /// Whether there is an entry that was never sent to this node and did not come from it.
    pub(super) fn has_news_for(&self, peer: NodeId) -> bool {
        let Some(link) = self.links.get(&peer) else { return false };
        let unsent = &self.log[link.sent.max(link.acked)..];
        unsent.iter().any(|entry| entry.from != Some(peer))
    }

    /// Ships to each node for which there is news.
    pub(super) fn ship_news(&mut self, cx: &mut Cx<'_, Parcel>) {
        self.ship_where(cx, |shipping, peer, _| shipping.has_news_for(peer));
    }

    /// Ships to each node for which there is news, or to which an acknowledgement is owed, in a
    /// round.
    pub(super) fn ship_round(&mut self, cx: &mut Cx<'_, Parcel>) {
        let is_owed = |link: &Link| link.owed.is_some();
        self.in_round = true;
        self.ship_where(cx, |shipping, peer, _| {
            shipping.has_news_for(peer) || shipping.links.get(&peer).is_some_and(is_owed)
        });
        self.in_round = false;
    }

    /// Returns when a node's last round arrived here, and the round-trip time; `None` until both
    /// are known.
    pub(super) fn round_of(&self, peer: NodeId) -> Option<(Instant, Duration)> {
        let link = self.links.get(&peer)?;
        Some((link.round?, link.round_trip?))
    }

    /// Schedules a check while anything is owed or unacknowledged. Every callback ends with it.
    pub(super) fn watch(&mut self, cx: &mut Cx<'_, Parcel>) {
        if self.check.is_none() && !self.is_quiet() {
            self.check = Some(cx.set_timer(CHECK_EVERY));
        }
    }

    /// Handles a timer: if it is the check's, ships what is overdue.
    pub(super) fn timer(&mut self, timer: Timer, cx: &mut Cx<'_, Parcel>) {
        if self.check == Some(timer) {
            self.check = None;
            self.ship_overdue(cx);
            self.watch(cx);
        }
    }

    /// Ships to each node for which an acknowledgement or a retry is overdue.
    pub(super) fn ship_overdue(&mut self, cx: &mut Cx<'_, Parcel>) {
        self.ship_where(cx, Shipping::is_overdue);
    }

    fn ship_where(
        &mut self,
        cx: &mut Cx<'_, Parcel>,
        wanted: impl Fn(&Shipping, NodeId, Instant) -> bool,
    ) {
        let now = cx.now();
        let peers: Vec<NodeId> = self.links.keys().copied().collect();
        for peer in peers.into_iter().filter(|peer| wanted(self, *peer, now)).collect::<Vec<_>>() {
            self.ship(peer, cx);
        }
    }

    /// Sends one node all entries that it may lack, with the acknowledgement that is owed to it.
    fn ship(&mut self, peer: NodeId, cx: &mut Cx<'_, Parcel>) {
        let now = cx.now();
        let Some(link) = self.links.get_mut(&peer) else { return };
        let open = self.log[link.acked..].iter().filter(|entry| entry.from != Some(peer));
        let values = open.map(|entry| entry.value).collect();
        link.sent = self.log.len();
        link.sent_at = now;
        link.owed = None;
        let heard = link.heard.take_if(|_| self.in_round);
        let waited = heard.map(|heard| now.saturating_since(heard).as_ns());
        let round = self.in_round.then_some(Round { waited });
        cx.send(peer, Parcel { values, upto: self.log.len(), have: link.have, round });
    }

    fn is_overdue(&self, peer: NodeId, now: Instant) -> bool {
        let Some(link) = self.links.get(&peer) else { return false };
        let Patience { ack, repeat } = self.patience;
        let since = |start: Instant| now.saturating_since(start);
        let owed_for_long = link.owed.is_some_and(|start| since(start) >= ack);
        owed_for_long || since(link.sent_at) >= repeat && self.is_open(peer, link)
    }

    /// Whether this node may lack an entry.
    fn is_open(&self, peer: NodeId, link: &Link) -> bool {
        self.log[link.acked..].iter().any(|entry| entry.from != Some(peer))
    }

    /// Whether no acknowledgement is owed, and all nodes have all entries.
    pub(super) fn is_quiet(&self) -> bool {
        let is_quiet =
            |(peer, link): (&NodeId, &Link)| link.owed.is_none() && !self.is_open(*peer, link);
        self.links.iter().all(is_quiet)
    }
}

impl Entry {
    fn bytes(self) -> [u8; 12] {
        let mut bytes = [0; 12];
        let (value, from) = bytes.split_at_mut(8);
        value.copy_from_slice(&self.value.to_le_bytes());
        from.copy_from_slice(&self.from.map_or(CLIENT, |id| id.0).to_le_bytes());
        bytes
    }

    fn from_bytes(bytes: [u8; 12]) -> Entry {
        let [a, b, c, d, e, f, g, h, from @ ..] = bytes;
        let from = u32::from_le_bytes(from);
        let value = i64::from_le_bytes([a, b, c, d, e, f, g, h]);
        Entry { value, from: (from != CLIENT).then_some(NodeId(from)) }
    }
}

impl Link {
    fn restored(peer: NodeId, disk: &Disk) -> Link {
        let have = disk.read(key_of_have(peer)).and_then(|bytes| bytes.first_chunk::<8>());
        let have = have.map_or(0, |bytes| u64::from_le_bytes(*bytes) as usize);
        Link { have, ..Link::default() }
    }
}

fn key_of_have(peer: NodeId) -> [u8; 8] {
    let [a, b, c, d] = peer.0.to_be_bytes();
    [b'h', b'a', b'v', b'e', a, b, c, d]
}

fn u64_bytes(number: usize) -> [u8; 8] {
    (number as u64).to_le_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_read_back_from_the_disk() {
        for entry in
            [Entry { value: -3, from: None }, Entry { value: i64::MAX, from: Some(NodeId(7)) }]
        {
            let read = Entry::from_bytes(entry.bytes());
            assert_eq!((read.value, read.from), (entry.value, entry.from));
        }
    }

    #[test]
    fn a_node_finds_its_values_and_what_it_has_of_others_on_its_disk() {
        let patience = Patience { ack: Duration::ZERO, repeat: Duration::ZERO };
        let mut disk = Disk::default();
        let mut before = Shipping::new(Relay::Own, patience);
        before.learn(NodeId(2), &[5, 3], &mut disk);
        before.known.insert(4);
        before.log(Entry { value: 4, from: None }, &mut disk);
        disk.write(key_of_have(NodeId(2)), u64_bytes(9));
        let mut after = Shipping::new(Relay::Own, patience);
        after.restore(&disk);
        after.add_peer(NodeId(2), &disk);
        assert_eq!(after.values(), [3, 4, 5]);
        assert_eq!(after.log.len(), 1);
        assert_eq!(after.links[&NodeId(2)].have, 9);
        assert!(!after.is_quiet());
    }
}
