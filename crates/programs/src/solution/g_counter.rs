//! Challenge 4, a grow-only counter over `seq-kv`: a CRDT with one total per node, each under its
//! own key.
//!
//! Idea: a node keeps what its own clients added on its disk, and replies to them at once. It
//! writes this total to its key in `seq-kv` in the background. The counter is the sum of all keys.
//!
//! Writing: only one node changes a key, and the total only grows, so a compare-and-set from the
//! last total to the next cannot be undone by one that is late or duplicated, and one whose reply
//! was lost can be retried: if it was done, the node reads its key and continues from there. It has
//! one request in flight at a time.
//!
//! Reading: `seq-kv` may reply from a stale state, but not from one before the node's own last
//! change. So a round of reads begins with a change, of a key that means nothing, to a value that
//! was never there: the same value again would change nothing. The keys of the others are then at
//! least as new as the round. Its own total the node has in memory. Readers that arrive during a
//! round wait for the next.
//!
//! Cost: three to four requests per reader with three nodes, fewer where readers share a round, and
//! about one per addition. A reader waits for two rounds at most.
//! Survives: partition, one-way, crash, pause, slow, skew, loss, duplication.
//! Not wipe: a node without its total would restart below what it has written. Clients' requests
//! count as they arrive: a network that duplicates these, too, adds twice.

use serde_json::json;

use super::{Build, Options};
use crate::engine::time::Duration;
use crate::glomers::{Call, Caller, Cx, Server};
use crate::glomers::{ErrorCode, Reply, Request, Service, ServiceReply, ServiceRequest};
use crate::node::{NodeId, Timer};

/// Timeout after which a request is retried.
const PATIENCE: Duration = Duration::from_seconds(1);

/// A node with a total.
#[derive(Debug, Default)]
pub(super) struct GCounter {
    /// What our clients have added.
    total: u64,
    /// The value of our key, as far as we know.
    told: u64,
    /// Clients that wait for the next round.
    waiting: Vec<Caller>,
    /// Clients of the current round.
    readers: Vec<Caller>,
    /// What others have added, as far as the current round has read.
    found: u64,
    /// Whether readers go first, since our total was written last.
    readers_first: bool,
    asking: Option<Asking>,
}

/// The request in flight.
#[derive(Debug)]
struct Asking {
    step: Step,
    call: Call,
    timeout: Timer,
}

/// The purpose of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// Writes our total to our key.
    Tell(u64),
    /// Reads our own key.
    Recall,
    /// Makes a change, so that later reads see no state before it.
    Refresh,
    /// Reads another node's key.
    Read(NodeId),
}

/// The disk key of the total.
const TOTAL: &[u8] = b"total";

impl Build for GCounter {
    fn build(_: &Options) -> GCounter {
        GCounter::default()
    }
}

impl GCounter {
    /// Sends the next request, if none is in flight and there is one to send.
    fn go_on(&mut self, cx: &mut Cx<'_, ()>) {
        if self.asking.is_some() {
            return;
        }
        let lets_readers_go = self.readers_first && !self.waiting.is_empty();
        if self.total > self.told && !lets_readers_go {
            self.readers_first = true;
            self.ask(Step::Tell(self.total), cx);
        } else if !self.waiting.is_empty() {
            self.readers = std::mem::take(&mut self.waiting);
            self.found = 0;
            self.readers_first = false;
            self.ask(Step::Refresh, cx);
        }
    }

    fn ask(&mut self, step: Step, cx: &mut Cx<'_, ()>) {
        let key_of = |node| json!(format!("total-{}", cx.name(node)));
        let me = cx.me();
        let request = match step {
            Step::Tell(total) => {
                let (from, to) = (json!(self.told), json!(total));
                ServiceRequest::Cas { key: key_of(me), from, to, create: true }
            }
            Step::Recall => ServiceRequest::Read { key: key_of(me) },
            Step::Refresh => {
                let key = json!(format!("refresh-{}", cx.name(me)));
                ServiceRequest::Write { key, value: json!(cx.rng().next_u64()) }
            }
            Step::Read(node) => ServiceRequest::Read { key: key_of(node) },
        };
        let call = cx.call(Service::SeqKv, request);
        let timeout = cx.set_timer(PATIENCE);
        self.asking = Some(Asking { step, call, timeout });
    }

    fn next_step(&mut self, step: Step, answer: &ServiceReply, cx: &mut Cx<'_, ()>) {
        match (step, answer) {
            (Step::Tell(total), ServiceReply::Swapped) => self.told = total,
            // The key has changed: by an earlier request of ours, whose reply was lost.
            (Step::Tell(_), _) => return self.ask(Step::Recall, cx),
            (Step::Recall, answer) => self.told = number(answer).unwrap_or(self.told),
            (Step::Refresh, ServiceReply::Written) => return self.read_after(None, cx),
            (Step::Read(node), answer) => match number(answer) {
                Some(total) => {
                    self.found += total;
                    return self.read_after(Some(node), cx);
                }
                None => return self.ask(step, cx),
            },
            (Step::Refresh, _) => return self.ask(step, cx),
        }
        self.go_on(cx);
    }

    /// Reads the key of the node that follows, or ends the round.
    fn read_after(&mut self, node: Option<NodeId>, cx: &mut Cx<'_, ()>) {
        let following = cx.peers().find(|peer| Some(*peer) > node);
        if let Some(peer) = following {
            return self.ask(Step::Read(peer), cx);
        }
        let value = (self.found + self.total) as i64;
        for reader in std::mem::take(&mut self.readers) {
            cx.reply(reader, Reply::CountOk(value));
        }
        self.go_on(cx);
    }
}

impl Server for GCounter {
    type Peer = ();

    fn start(&mut self, cx: &mut Cx<'_, ()>) {
        let total = cx.disk().read(TOTAL).and_then(|bytes| bytes.first_chunk::<8>());
        self.total = total.map_or(0, |bytes| u64::from_le_bytes(*bytes));
        self.go_on(cx);
    }

    fn request(&mut self, caller: Caller, request: Request, cx: &mut Cx<'_, ()>) {
        match request {
            Request::Add(delta) if delta >= 0 => {
                self.total += delta.unsigned_abs();
                cx.disk().write(TOTAL, self.total.to_le_bytes());
                cx.disk().sync();
                cx.reply(caller, Reply::AddOk);
                self.go_on(cx);
            }
            Request::Read => {
                self.waiting.push(caller);
                self.go_on(cx);
            }
            _ => cx.refuse(caller),
        }
    }

    fn answer(&mut self, call: Call, answer: ServiceReply, cx: &mut Cx<'_, ()>) {
        // Any other reply is late or a duplicate.
        if let Some(Asking { step, timeout, .. }) = self.asking.take_if(|it| it.call == call) {
            cx.cancel_timer(timeout);
            self.next_step(step, &answer, cx);
        }
    }

    fn timer(&mut self, timer: Timer, cx: &mut Cx<'_, ()>) {
        if let Some(Asking { step, .. }) = self.asking.take_if(|it| it.timeout == timer) {
            self.ask(step, cx);
        }
    }
}

/// Returns the number in a reply; 0 for a key that does not exist.
fn number(answer: &ServiceReply) -> Option<u64> {
    match answer {
        ServiceReply::Value(value) => value.as_u64(),
        ServiceReply::Error(failure) if failure.code == ErrorCode::KEY_DOES_NOT_EXIST => Some(0),
        _ => None,
    }
}
