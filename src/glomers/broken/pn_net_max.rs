//! A broken counter: one total per node, merged by the larger.
//!
//! Mistake: each node reports what its clients added less what they took away, and of two reports
//! the larger is kept. Right for a counter that only grows; here the newer may be the smaller.
//! Config: glomers/pn-counter
//! --set nemesis.kinds=[]
//! Caught by: out-of-range

use serde::{Deserialize, Serialize};

use super::{Build, Options};
use crate::engine::time::Duration;
use crate::glomers::peer::Peer;
use crate::glomers::protocol::{Reply, Request};
use crate::glomers::server::{Caller, Cx, Server};
use crate::node::{NodeId, Timer};

/// The time between two messages to the same node.
const INTERVAL: Duration = Duration::from_ms(500);

#[derive(Debug, Default)]
pub(super) struct NetMax {
    /// By the place of the node.
    totals: Vec<i64>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Report(Vec<i64>);

impl Peer for Report {}

impl Build for NetMax {
    fn build(_: &Options) -> NetMax {
        NetMax::default()
    }
}

impl Server for NetMax {
    type Peer = Report;

    fn start(&mut self, cx: &mut Cx<'_, Report>) {
        self.totals = cx.servers().map(|_| 0).collect();
        cx.set_timer(INTERVAL);
    }

    fn request(&mut self, caller: Caller, request: Request, cx: &mut Cx<'_, Report>) {
        match request {
            Request::Add(delta) => {
                self.totals[cx.me().index()] += delta;
                cx.reply(caller, Reply::AddOk);
            }
            Request::Read => cx.reply(caller, Reply::CountOk(self.totals.iter().sum())),
            _ => cx.refuse(caller),
        }
    }

    fn peer(&mut self, _: NodeId, Report(totals): Report, _: &mut Cx<'_, Report>) {
        for (known, told) in self.totals.iter_mut().zip(totals) {
            *known = told.max(*known);
        }
    }

    fn timer(&mut self, _: Timer, cx: &mut Cx<'_, Report>) {
        for peer in cx.peers() {
            cx.send(peer, Report(self.totals.clone()));
        }
        cx.set_timer(INTERVAL);
    }
}
