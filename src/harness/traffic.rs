//! What processes sent each other: counts, and messages that never arrived. From these `sim test`
//! tells causes.

use std::collections::BTreeMap;

use crate::engine::time::{Duration, Instant};
use crate::glomers::{Body, PeerMessage, Request};
use crate::network::{CopySent, Fate};
use crate::node::NodeId;

/// What the nodes of a run sent and received.
#[derive(Clone, Debug, Default)]
pub struct Traffic {
    /// Number of messages between two nodes, by sender, addressee and type.
    pub between: BTreeMap<(NodeId, NodeId), BTreeMap<String, u64>>,
    /// Number of requests of each node to services.
    pub to_services: BTreeMap<NodeId, u64>,
    /// Number of requests that clients sent to each node, without those that start it.
    pub requests: BTreeMap<NodeId, u64>,
    /// The end of the run.
    pub end: Instant,
    /// Messages that did not arrive, by sender, addressee and content.
    missed: BTreeMap<(NodeId, NodeId, [u8; 16]), Tries>,
}

/// The sends of messages of one content from one node to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tries {
    /// Number of sends since the first that did not arrive.
    pub count: u64,
    /// The first of them.
    pub first: Instant,
    /// The last of them.
    pub last: Instant,
    /// The beginning of the body.
    pub body: String,
    has_arrived: bool,
}

impl Tries {
    /// Whether it was not sent again in the time until `end`, though there was time for it.
    fn has_stopped(&self, end: Instant) -> bool {
        let between = self.last.saturating_since(self.first).as_ns() / (self.count.max(2) - 1);
        let patience = Duration::from_ns(3 * between).max(Duration::from_seconds(3));
        !self.has_arrived && self.last.saturating_add(patience) <= end
    }
}

/// Maximum number of different messages that are remembered.
const MISSED_MAX: usize = 20_000;
/// Maximum length of the beginning of a body, in characters.
const BODY_MAX: usize = 60;

/// Maximum length of a type that is counted by its name.
const KIND_MAX: usize = 100;
/// Maximum number of types that are counted by their names, for each pair of nodes.
const KINDS_MAX: usize = 100;
/// The name under which all other types are counted.
const OTHER_KINDS: &str = "other types";

impl Traffic {
    /// Counts a copy that was sent.
    pub(super) fn copy(&mut self, copy: &CopySent, body: &Body) {
        if copy.copy > 1 {
            return;
        }
        match body {
            Body::Peer(message) => {
                let kinds = self.between.entry((copy.from, copy.to)).or_default();
                // Types are the node's own words: neither their number nor their length is bounded.
                let is_short = message.kind().len() <= KIND_MAX;
                let is_counted = kinds.contains_key(message.kind()) || kinds.len() < KINDS_MAX;
                let kind = if is_short && is_counted { message.kind() } else { OTHER_KINDS };
                match kinds.get_mut(kind) {
                    Some(count) => *count += 1,
                    None => drop(kinds.insert(kind.to_owned(), 1)),
                }
                self.note_tries(copy, message);
            }
            Body::ServiceRequest { .. } => *self.to_services.entry(copy.from).or_default() += 1,
            Body::Request { request, .. } => match **request {
                Request::Init | Request::Topology(_) => {}
                _ => *self.requests.entry(copy.to).or_default() += 1,
            },
            _ => {}
        }
    }

    /// Remembers a message that does not arrive, and counts its further sends.
    fn note_tries(&mut self, copy: &CopySent, message: &PeerMessage) {
        let arrives = matches!(copy.fate, Fate::Arrives(_));
        let pair = (copy.from, copy.to, [0; 16])..=(copy.from, copy.to, [0xff; 16]);
        if copy.from == copy.to || arrives && self.missed.range(pair).next().is_none() {
            return;
        }
        let mut body = message.to_wire();
        // A reply is not repeated: its request is.
        if body.contains_key("in_reply_to") {
            return;
        }
        body.remove("msg_id");
        let text = serde_json::Value::Object(body).to_string();
        let mut hash = [0; 16];
        hash.copy_from_slice(&blake3::hash(text.as_bytes()).as_bytes()[..16]);
        let key = (copy.from, copy.to, hash);
        if let Some(tries) = self.missed.get_mut(&key) {
            tries.has_arrived |= arrives;
            (tries.count, tries.last) = (tries.count + 1, copy.sent);
        } else if !arrives && self.missed.len() < MISSED_MAX {
            let dots = if text.chars().count() > BODY_MAX { "…" } else { "" };
            let body = text.chars().take(BODY_MAX).collect::<String>() + dots;
            let (first, last) = (copy.sent, copy.sent);
            self.missed.insert(key, Tries { count: 1, first, last, body, has_arrived: false });
        }
    }

    /// Returns the messages that never arrived and were not sent again until the end of the run,
    /// with their senders and addressees.
    pub fn given_up(&self) -> impl Iterator<Item = (NodeId, NodeId, &Tries)> {
        let stopped = self.missed.iter().filter(|(_, tries)| tries.has_stopped(self.end));
        stopped.map(|((from, to, _), tries)| (*from, *to, tries))
    }
}
