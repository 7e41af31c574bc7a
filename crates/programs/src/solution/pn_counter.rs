//! A PN-counter, a state-based CRDT that grows and shrinks: two grow-only totals per node.
//!
//! Idea: each node keeps what its own clients added and what they subtracted as two totals, and the
//! totals that it has received of others. Of two reports of one total the larger is the newer, so
//! they are merged by the maximum, and may be late, duplicated or reordered. The counter is all
//! that was added less all that was subtracted. A node sends all that it knows to all others at
//! fixed intervals (anti-entropy).
//! Cost: one message per pair of nodes and `interval`, also when idle, two numbers per node long;
//! an addition is known everywhere after one interval and one hop.
//! Survives: partition, one-way, crash, pause, slow, skew, loss, duplication.
//! Only a node's own totals are on its disk, since others send it theirs again. Not wipe: a node
//! without its totals would restart below what others know of them. Clients' requests count as they
//! arrive: a network that duplicates these, too, adds twice.

use serde::{Deserialize, Serialize};

use super::{Build, Options};
use crate::engine::time::Duration;
use crate::glomers::Peer;
use crate::glomers::{Caller, Cx, Server};
use crate::glomers::{Reply, Request};
use crate::node::{NodeId, Timer};

/// A node and what it knows of all.
#[derive(Debug)]
pub(super) struct PnCounter {
    interval: Duration,
    /// Indexed by node.
    totals: Vec<Totals>,
}

/// What the clients of one node did.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub(super) struct Totals {
    added: u64,
    taken: u64,
}

/// What a node knows of all.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct TotalsMessage(Vec<Totals>);

impl Peer for TotalsMessage {
    fn kind(&self) -> &'static str {
        "report"
    }
}

/// The disk keys of a node's own totals.
const ADDED: &[u8] = b"added";
const TAKEN: &[u8] = b"taken";

/// Minimum interval: at zero, timers would fire in no time, and nothing else would happen.
const SHORTEST: Duration = Duration::from_ms(1);

impl Build for PnCounter {
    fn build(options: &Options) -> PnCounter {
        PnCounter { interval: options.time("interval").max(SHORTEST), totals: vec![] }
    }
}

impl PnCounter {
    fn add(&mut self, delta: i64, cx: &mut Cx<'_, TotalsMessage>) {
        let own = &mut self.totals[cx.me().index()];
        if delta >= 0 {
            own.added += delta.unsigned_abs();
            cx.disk().write(ADDED, own.added.to_le_bytes());
        } else {
            own.taken += delta.unsigned_abs();
            cx.disk().write(TAKEN, own.taken.to_le_bytes());
        }
        cx.disk().sync();
    }

    fn value(&self) -> i64 {
        self.totals.iter().map(|totals| totals.added.wrapping_sub(totals.taken) as i64).sum()
    }
}

impl Server for PnCounter {
    type Peer = TotalsMessage;

    fn start(&mut self, cx: &mut Cx<'_, TotalsMessage>) {
        self.totals = cx.servers().map(|_| Totals::default()).collect();
        let number = |key: &[u8], cx: &mut Cx<'_, TotalsMessage>| {
            let bytes = cx.disk().read(key).and_then(|bytes| bytes.first_chunk::<8>());
            bytes.map_or(0, |bytes| u64::from_le_bytes(*bytes))
        };
        let own = Totals { added: number(ADDED, cx), taken: number(TAKEN, cx) };
        self.totals[cx.me().index()] = own;
        cx.set_timer(self.interval);
    }

    fn request(&mut self, caller: Caller, request: Request, cx: &mut Cx<'_, TotalsMessage>) {
        match request {
            Request::Add(delta) => {
                self.add(delta, cx);
                cx.reply(caller, Reply::AddOk);
            }
            Request::Read => cx.reply(caller, Reply::CountOk(self.value())),
            _ => cx.refuse(caller),
        }
    }

    fn peer(
        &mut self,
        _: NodeId,
        TotalsMessage(totals): TotalsMessage,
        _: &mut Cx<'_, TotalsMessage>,
    ) {
        for (known, told) in self.totals.iter_mut().zip(totals) {
            known.added = known.added.max(told.added);
            known.taken = known.taken.max(told.taken);
        }
    }

    fn timer(&mut self, _: Timer, cx: &mut Cx<'_, TotalsMessage>) {
        cx.send_to_each(cx.peers(), TotalsMessage(self.totals.clone()));
        cx.set_timer(self.interval);
    }
}
