//! Log shipping: how all values of one node reach others, whatever the network does.
//!
//! Idea: a node keeps a log, and for each other node the number of entries that this one is known
//! to have. A parcel carries all entries from that number on, and says up to where the log is then
//! known (`upto`), and how far the sender knows the receiver's log (`have`), which is the
//! acknowledgement. So any one parcel that arrives makes up for all that were lost before it;
//! duplicates and old parcels change nothing; and acknowledgements ride on what is sent anyway.
//!
//! The log, the other values and the numbers in `have` are on the disk before anything is said of
//! them. What others have is kept in memory alone: after a crash all is shipped again, in one
//! parcel each.
//!
//! Not here: when to ship. Each challenge has its own answer.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::engine::time::{Duration, Instant};
use crate::glomers::Cx;
use crate::glomers::Peer;
use crate::node::{Disk, NodeId, Timer};

/// What one node tells another.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Parcel {
    /// Those of the sender's first `upto` entries that the receiver may not have.
    values: Vec<i64>,
    /// Whoever has this parcel has all entries of the sender's log before this one.
    upto: usize,
    /// The sender has all entries of the receiver's log before this one.
    have: usize,
    /// In a round of the sender: what the receiver has to know to be in time for the next one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    round: Option<Round>,
}

/// What a node is told of a round.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Round {
    /// How long, in nanoseconds, the last parcel of the receiver had waited for the round; `None`
    /// if there is none since the round before.
    waited: Option<u64>,
}

impl Peer for Parcel {
    fn kind(&self) -> &'static str {
        if self.values.is_empty() { "ack" } else { "ship" }
    }
}

/// What goes into a node's log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Relay {
    /// What its own clients say: others hear the rest from where that was said.
    Own,
    /// All that it learns, from whomever.
    All,
}

/// How long a node waits before it sends something that carries no news.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    /// Before an acknowledgement goes alone.
    pub(super) ack: Duration,
    /// Before what was not acknowledged is sent again.
    pub(super) repeat: Duration,
}

/// The values that a node knows, and how far others know its log.
#[derive(Debug)]
pub(super) struct Shipping {
    relay: Relay,
    patience: Patience,
    known: BTreeSet<i64>,
    log: Vec<Entry>,
    links: BTreeMap<NodeId, Link>,
    /// When it is looked whether something has been waiting for too long.
    check: Option<Timer>,
    /// Whether what is sent belongs to a round.
    in_round: bool,
}

/// A value, and who told it, unless it was a client.
#[derive(Clone, Copy, Debug)]
struct Entry {
    value: i64,
    from: Option<NodeId>,
}

/// What is known of one other node.
#[derive(Debug, Default)]
struct Link {
    /// It has all entries of our log before this one.
    acked: usize,
    /// All entries before this one have been sent to it at least once.
    sent: usize,
    /// When something was last sent to it.
    sent_at: Instant,
    /// We have all entries of its log before this one.
    have: usize,
    /// Since when it has been waiting to hear that.
    owed: Option<Instant>,
    /// When its last parcel came, until a round has told it.
    heard: Option<Instant>,
    /// When the last parcel of a round of its came.
    round: Option<Instant>,
    /// The time that a parcel takes there and back, as last measured.
    round_trip: Option<Duration>,
}

impl Link {
    /// Notes a parcel of a round: the time from our last parcel to this one, less that for which
    /// our parcel waited there, is what the way takes. It tells nothing if our last parcel had not
    /// come before the round.
    fn note_round(&mut self, round: Round, have: usize, now: Instant) {
        self.round = Some(now);
        if let Some(waited) = round.waited.filter(|_| have >= self.sent) {
            let since_sent = now.saturating_since(self.sent_at);
            self.round_trip = Some(since_sent.saturating_sub(Duration::from_ns(waited)));
        }
    }
}

/// The time between two looks at what has been waiting for too long.
const CHECK_EVERY: Duration = Duration::from_ms(250);
/// The log: the entries one after the other, each a value and who told it.
const LOG: &[u8] = b"log";
/// The values that are not in the log.
const OTHERS: &[u8] = b"others";
/// In an entry on the disk: a client told it.
const NOBODY: u32 = u32::MAX;

impl Shipping {
    pub(super) fn new(relay: Relay, patience: Patience) -> Shipping {
        let (known, log, links) = (BTreeSet::new(), vec![], BTreeMap::new());
        Shipping { relay, patience, known, log, links, check: None, in_round: false }
    }

    /// Reads the disk: before anything else.
    pub(super) fn restore(&mut self, disk: &Disk) {
        let (log, _) = disk.read(LOG).unwrap_or_default().as_chunks::<12>();
        let (others, _) = disk.read(OTHERS).unwrap_or_default().as_chunks::<8>();
        self.log = log.iter().map(|bytes| Entry::from_bytes(*bytes)).collect();
        self.known = others.iter().map(|bytes| i64::from_le_bytes(*bytes)).collect();
        self.known.extend(self.log.iter().map(|entry| entry.value));
    }

    /// Relays from now on: only a node that has been told who it is knows whether it should.
    pub(super) fn relay_all(&mut self) {
        self.relay = Relay::All;
    }

    /// Ships to this node from now on, too.
    pub(super) fn add_peer(&mut self, peer: NodeId, disk: &Disk) {
        self.links.entry(peer).or_insert_with(|| Link::restored(peer, disk));
    }

    /// All values that are known.
    pub(super) fn values(&self) -> Vec<i64> {
        self.known.iter().copied().collect()
    }

    /// Takes a client's value; it is on the disk when this returns. Whether it is new.
    pub(super) fn add(&mut self, value: i64, cx: &mut Cx<'_, Parcel>) -> bool {
        let is_new = self.known.insert(value);
        if is_new {
            self.log(Entry { value, from: None }, cx.disk());
            cx.disk().sync();
        }
        is_new
    }

    /// Takes a parcel; all that it brings is on the disk when this returns. Whether there is
    /// anything new to ship.
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

    /// Whether there is something that was never sent to this node and that it did not tell us.
    pub(super) fn has_news_for(&self, peer: NodeId) -> bool {
        let Some(link) = self.links.get(&peer) else { return false };
        let unsent = &self.log[link.sent.max(link.acked)..];
        unsent.iter().any(|entry| entry.from != Some(peer))
    }

    /// Sends to each node that which was never sent to it.
    pub(super) fn ship_news(&mut self, cx: &mut Cx<'_, Parcel>) {
        self.ship_where(cx, |shipping, peer, _| shipping.has_news_for(peer));
    }

    /// The same in a round, and what is owed goes with it, also to those for whom there are no
    /// news.
    pub(super) fn ship_round(&mut self, cx: &mut Cx<'_, Parcel>) {
        let is_owed = |link: &Link| link.owed.is_some();
        self.in_round = true;
        self.ship_where(cx, |shipping, peer, _| {
            shipping.has_news_for(peer) || shipping.links.get(&peer).is_some_and(is_owed)
        });
        self.in_round = false;
    }

    /// When a node last had a round, as seen from here, and the time that a parcel takes there and
    /// back; `None` until both are known.
    pub(super) fn round_of(&self, peer: NodeId) -> Option<(Instant, Duration)> {
        let link = self.links.get(&peer)?;
        Some((link.round?, link.round_trip?))
    }

    /// Sees to it that there is a check while anything is owed or open. Every turn ends with it.
    pub(super) fn watch(&mut self, cx: &mut Cx<'_, Parcel>) {
        if self.check.is_none() && !self.is_quiet() {
            self.check = Some(cx.set_timer(CHECK_EVERY));
        }
    }

    /// A timer has gone off: if it is the check's, what has been waiting for too long is sent.
    pub(super) fn timer(&mut self, timer: Timer, cx: &mut Cx<'_, Parcel>) {
        if self.check == Some(timer) {
            self.check = None;
            self.ship_overdue(cx);
            self.watch(cx);
        }
    }

    /// Sends what has been waiting for longer than our patience.
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

    /// Sends to one node all that it may not have, with the acknowledgement that is owed to it.
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

    /// Whether this node may lack something.
    fn is_open(&self, peer: NodeId, link: &Link) -> bool {
        self.log[link.acked..].iter().any(|entry| entry.from != Some(peer))
    }

    /// Whether nothing is owed, and everybody has everything.
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
        from.copy_from_slice(&self.from.map_or(NOBODY, |id| id.0).to_le_bytes());
        bytes
    }

    fn from_bytes(bytes: [u8; 12]) -> Entry {
        let [a, b, c, d, e, f, g, h, from @ ..] = bytes;
        let from = u32::from_le_bytes(from);
        let value = i64::from_le_bytes([a, b, c, d, e, f, g, h]);
        Entry { value, from: (from != NOBODY).then_some(NodeId(from)) }
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
