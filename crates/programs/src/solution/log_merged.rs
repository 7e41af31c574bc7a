//! Challenge 5c, a replicated log without a leader: every node appends, and Lamport clocks order
//! the messages.
//!
//! Idea: the offset of a message is the node's Lamport clock and the node's number, so offsets of
//! different nodes differ, and each node assigns its own at once. Nodes exchange what is new in
//! parcels, every `interval`. A parcel has the sender's clock: a promise that no later message of
//! it has a lower offset. A node shows only messages below the promises of all other nodes, so that
//! nothing can appear before what a consumer has read. A commit stays at its node; a list of
//! committed offsets asks all nodes for the largest.
//!
//! ```text
//!   n0   offsets 0 2 4   6 …            promise of n1: 5 ─► shows 0 1 2 3 4
//!   n1   offsets 1 3   5 …              promise of n0: 6 ─► shows 0 1 2 3 4 5
//! ```
//!
//! Cost: one parcel per pair of nodes and `interval` while there is something new, whatever the
//! number of operations; a client's request needs no other node, except for a list of committed
//! offsets, which asks all.
//! Gives up: a poll is behind by up to `interval` and a hop, and offsets are sparse. While a node
//! cannot be reached, polls show nothing newer, and lists of committed offsets fail.
//! Survives: partition, one-way, crash, pause, slow, skew, loss, duplication.
//! Not wipe: messages that a node acknowledged and no other has are lost with its disk.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::log_request::{LogCaller, LogRequest, Offsets};
use super::logs::Logs;
use super::{Build, Options};
use crate::engine::time::{Duration, Instant};
use crate::glomers::{Caller, Cx, Peer, Request, Server};
use crate::node::{NodeId, Timer};

/// Timeout after which what was not acknowledged is sent again, and a list of offsets fails.
const PATIENCE: Duration = Duration::from_seconds(1);
/// Minimum interval: at zero, timers would fire in no time, and nothing else would happen.
const SHORTEST: Duration = Duration::from_ms(1);
/// The disk key of the clock as it was last promised.
const CLOCK: &[u8] = b"clock";

/// A node with all logs.
#[derive(Debug, Default)]
pub(super) struct LogMerged {
    interval: Duration,
    logs: Logs,
    /// The Lamport clock: the next message of this node has an offset of at least this.
    clock: i64,
    /// The messages of this node, in the order of their offsets.
    own: Vec<Message>,
    peers: BTreeMap<NodeId, PeerState>,
    /// The timer of the next parcels.
    round: Option<Timer>,
    /// Lists of committed offsets that wait for other nodes.
    lists: BTreeMap<u64, Listing>,
    next_list: u64,
}

/// A message, with its key and its offset.
type Message = (String, i64, Value);

/// What is known of another node.
#[derive(Debug, Default)]
struct PeerState {
    /// It has our messages before this one.
    acked: usize,
    /// It was sent our messages before this one.
    sent: usize,
    /// It knows this promise of ours.
    promise_acked: i64,
    /// It was sent this promise of ours.
    promised: i64,
    /// When it last acknowledged something, or had nothing to acknowledge.
    progress_at: Instant,
    /// We have its messages before this one.
    have: usize,
    /// It will assign no offset below this one.
    promise: i64,
    /// Whether it has sent something that it has no acknowledgement of.
    owes_ack: bool,
}

impl PeerState {
    /// Whether it may not have received what it was sent.
    fn is_open(&self) -> bool {
        self.acked < self.sent || self.promise_acked < self.promised
    }
}

/// A list of committed offsets that waits for other nodes.
#[derive(Debug)]
struct Listing {
    caller: LogCaller,
    keys: Vec<String>,
    missing: BTreeSet<NodeId>,
    timeout: Timer,
}

/// A message between nodes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) enum Parcel {
    /// What is new.
    News(News),
    /// Requests all committed offsets.
    Ask(u64),
    /// Replies with all committed offsets.
    Tell(u64, Offsets),
}

/// What is new at a node.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct News {
    /// The number of the first of these messages.
    first: usize,
    /// Messages of the sender.
    messages: Vec<Message>,
    /// The sender will assign no offset below this one.
    promise: i64,
    /// The sender has the receiver's messages before this one.
    have: usize,
    /// The sender knows this promise of the receiver.
    known: i64,
    /// Whether the sender waits for an acknowledgement: of this, or of an earlier parcel.
    waits: bool,
}

impl Peer for Parcel {
    fn kind(&self) -> &'static str {
        match self {
            Parcel::News(_) => "news",
            Parcel::Ask(_) => "ask_commits",
            Parcel::Tell(..) => "commits",
        }
    }
}

impl LogMerged {
    /// Assigns the next offset of this node.
    fn next_offset(&mut self, cx: &Cx<'_, Parcel>) -> i64 {
        let (nodes, me) = (cx.servers().count() as i64, i64::from(cx.me().0));
        let offset = self.clock + (me - self.clock).rem_euclid(nodes);
        self.clock = offset + 1;
        offset
    }

    /// Returns the offset below which all messages of all nodes are known.
    fn end(&self) -> i64 {
        self.peers.values().map(|peer| peer.promise).min().unwrap_or(i64::MAX)
    }

    /// Whether another node has to be sent something.
    fn has_news(&self, peer: &PeerState) -> bool {
        peer.sent < self.own.len() || peer.promised < self.clock || peer.owes_ack
    }

    /// Sets the timer of the next parcels, if there is something to send or to wait for.
    fn plan(&mut self, cx: &mut Cx<'_, Parcel>) {
        let is_open = |peer: &PeerState| peer.is_open() || self.has_news(peer);
        if self.round.is_none() && self.peers.values().any(is_open) {
            self.round = Some(cx.set_timer(self.interval));
        }
    }

    /// Sends each node what is new, and again what it has not acknowledged in time.
    fn send_news(&mut self, cx: &mut Cx<'_, Parcel>) {
        let now = cx.now();
        for peer in self.peers.values_mut() {
            if peer.is_open() && now.saturating_since(peer.progress_at) >= PATIENCE {
                (peer.sent, peer.promised) = (peer.acked, peer.promise_acked);
            }
        }
        let due = self.peers.iter().filter(|(_, peer)| self.has_news(peer));
        let due: Vec<NodeId> = due.map(|(id, _)| *id).collect();
        if !due.is_empty() {
            // A promise outlives a crash.
            cx.disk().write(CLOCK, self.clock.to_le_bytes());
            cx.disk().sync();
        }
        for id in due {
            let Some(peer) = self.peers.get_mut(&id) else { continue };
            if !peer.is_open() {
                peer.progress_at = now;
            }
            let (first, messages) = (peer.sent, self.own[peer.sent..].to_vec());
            (peer.sent, peer.promised, peer.owes_ack) = (self.own.len(), self.clock, false);
            let (have, known, waits) = (peer.have, peer.promise, peer.is_open());
            let news = News { first, messages, promise: self.clock, have, known, waits };
            cx.send(id, Parcel::News(news));
        }
    }

    /// Handles what is new at another node, and what it acknowledges. After its restart it has
    /// nothing of ours.
    fn take(&mut self, from: NodeId, news: News, now: Instant) {
        let News { first, messages, promise, have, known, waits } = news;
        let Some(peer) = self.peers.get_mut(&from) else { return };
        if have > peer.acked || known > peer.promise_acked {
            peer.progress_at = now;
        }
        (peer.acked, peer.promise_acked) = (have.min(self.own.len()), known);
        // Also of what is here already, or follows on something that is not: the sender learns what
        // is here, which after a restart is nothing.
        peer.owes_ack |= waits;
        if first > peer.have {
            return; // an earlier parcel is missing
        }
        let new = (first + messages.len()).saturating_sub(peer.have);
        peer.promise = promise.max(peer.promise);
        peer.have += new;
        let old = messages.len() - new;
        for (key, offset, message) in messages.into_iter().skip(old) {
            self.clock = self.clock.max(offset + 1);
            self.logs.insert(&key, offset, message);
        }
    }

    fn list(&mut self, caller: LogCaller, keys: Vec<String>, cx: &mut Cx<'_, Parcel>) {
        if self.peers.is_empty() {
            return caller.listed(self.logs.committed(&keys), cx);
        }
        let number = self.next_list;
        self.next_list += 1;
        cx.send_to_each(self.peers.keys().copied(), Parcel::Ask(number));
        let missing = self.peers.keys().copied().collect();
        let timeout = cx.set_timer(PATIENCE);
        self.lists.insert(number, Listing { caller, keys, missing, timeout });
    }

    fn listed(&mut self, number: u64, from: NodeId, cx: &mut Cx<'_, Parcel>) {
        let Some(listing) = self.lists.get_mut(&number) else { return };
        listing.missing.remove(&from);
        if listing.missing.is_empty()
            && let Some(Listing { caller, keys, timeout, .. }) = self.lists.remove(&number)
        {
            cx.cancel_timer(timeout);
            caller.listed(self.logs.committed(&keys), cx);
        }
    }
}

impl Build for LogMerged {
    fn build(options: &Options) -> LogMerged {
        LogMerged { interval: options.time("interval").max(SHORTEST), ..LogMerged::default() }
    }
}

impl Server for LogMerged {
    type Peer = Parcel;

    fn start(&mut self, cx: &mut Cx<'_, Parcel>) {
        self.logs = Logs::restored(cx.disk());
        let all = self.logs.all();
        self.own =
            all.map(|(key, offset, value)| (key.to_owned(), offset, value.clone())).collect();
        self.own.sort_by_key(|(_, offset, _)| *offset);
        let clock = cx.disk().read(CLOCK).and_then(|bytes| bytes.first_chunk::<8>());
        let promised = clock.map_or(0, |bytes| i64::from_le_bytes(*bytes));
        self.clock = self.own.last().map_or(0, |(_, offset, _)| offset + 1).max(promised);
        self.peers = cx.peers().map(|id| (id, PeerState::default())).collect();
        self.plan(cx);
    }

    fn request(&mut self, caller: Caller, request: Request, cx: &mut Cx<'_, Parcel>) {
        let Some((caller, request)) = LogRequest::decode(caller, request, cx) else { return };
        match request {
            LogRequest::Send(key, message) => {
                let offset = self.next_offset(cx);
                self.logs.add(&key, offset, message.clone(), cx.disk());
                cx.disk().sync();
                self.own.push((key, offset, message));
                caller.sent(offset, cx);
            }
            LogRequest::Poll(offsets) => caller.polled(self.logs.poll(&offsets, self.end()), cx),
            LogRequest::Commit(offsets) => {
                self.logs.commit(&offsets, cx.disk());
                cx.disk().sync();
                caller.committed(cx);
            }
            LogRequest::List(keys) => self.list(caller, keys, cx),
        }
        self.plan(cx);
    }

    fn peer(&mut self, from: NodeId, parcel: Parcel, cx: &mut Cx<'_, Parcel>) {
        match parcel {
            Parcel::News(news) => self.take(from, news, cx.now()),
            Parcel::Ask(number) => {
                cx.send(from, Parcel::Tell(number, self.logs.all_committed().clone()));
            }
            Parcel::Tell(number, offsets) => {
                self.logs.commit(&offsets, cx.disk());
                cx.disk().sync();
                self.listed(number, from, cx);
            }
        }
        self.plan(cx);
    }

    fn timer(&mut self, timer: Timer, cx: &mut Cx<'_, Parcel>) {
        if self.round.take_if(|round| *round == timer).is_some() {
            self.send_news(cx);
            self.plan(cx);
            return;
        }
        let late = self.lists.iter().find(|(_, list)| list.timeout == timer);
        if let Some(number) = late.map(|(number, _)| *number)
            && let Some(listing) = self.lists.remove(&number)
        {
            listing.caller.unavailable("another node does not answer", cx);
        }
    }
}
