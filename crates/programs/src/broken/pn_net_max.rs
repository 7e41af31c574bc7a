//! A broken counter: one total per node, merged by the larger.
//!
//! Mistake: each node reports what its clients added less what they subtracted, and of two reports
//! the larger is kept. Correct for a grow-only counter; here the newer may be the smaller.
//! Config: glomers/pn-counter
//! --set nemesis.kinds=[]
//! Caught by: out-of-range

use serde::{Deserialize, Serialize};

use super::{Build, Options};
use crate::engine::time::Duration;
use crate::glomers::Peer;
use crate::glomers::{Caller, Cx, Server};
use crate::glomers::{Reply, Request};
use crate::node::{NodeId, Timer};

/// The time between two messages to the same node.
const INTERVAL: Duration = Duration::from_ms(500);

#[derive(Debug, Default)]
pub(super) struct NetMax {
    /// Indexed by node.
    totals: Vec<i64>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct NetTotals(Vec<i64>);

impl Peer for NetTotals {}

impl Build for NetMax {
    fn build(_: &Options) -> NetMax {
        NetMax::default()
    }
}

impl Server for NetMax {
    type Peer = NetTotals;

    fn start(&mut self, cx: &mut Cx<'_, NetTotals>) {
        self.totals = cx.servers().map(|_| 0).collect();
        cx.set_timer(INTERVAL);
    }

    fn request(&mut self, caller: Caller, request: Request, cx: &mut Cx<'_, NetTotals>) {
        match request {
            Request::Add(delta) => {
                self.totals[cx.me().index()] += delta;
                cx.reply(caller, Reply::AddOk);
            }
            Request::Read => cx.reply(caller, Reply::CountOk(self.totals.iter().sum())),
            _ => cx.refuse(caller),
        }
    }

    fn peer(&mut self, _: NodeId, NetTotals(totals): NetTotals, _: &mut Cx<'_, NetTotals>) {
        for (known, told) in self.totals.iter_mut().zip(totals) {
            *known = told.max(*known);
        }
    }

    fn timer(&mut self, _: Timer, cx: &mut Cx<'_, NetTotals>) {
        for peer in cx.peers() {
            cx.send(peer, NetTotals(self.totals.clone()));
        }
        cx.set_timer(INTERVAL);
    }
}
