//! A broken counter: one value for all, of which the latest wins.
//!
//! Mistake: each node adds to the value that it knows, records the time, and adopts what others
//! have changed later than itself. Of two concurrent additions only one survives.
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
pub(super) struct Latest {
    /// When the value was changed, in nanoseconds, and the value.
    register: (u64, i64),
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Register((u64, i64));

impl Peer for Register {}

impl Build for Latest {
    fn build(_: &Options) -> Latest {
        Latest::default()
    }
}

impl Server for Latest {
    type Peer = Register;

    fn start(&mut self, cx: &mut Cx<'_, Register>) {
        cx.set_timer(INTERVAL);
    }

    fn request(&mut self, caller: Caller, request: Request, cx: &mut Cx<'_, Register>) {
        match request {
            Request::Add(delta) => {
                self.register = (cx.now().as_ns(), self.register.1 + delta);
                cx.reply(caller, Reply::AddOk);
            }
            Request::Read => cx.reply(caller, Reply::CountOk(self.register.1)),
            _ => cx.refuse(caller),
        }
    }

    fn peer(&mut self, _: NodeId, Register(told): Register, _: &mut Cx<'_, Register>) {
        self.register = self.register.max(told);
    }

    fn timer(&mut self, _: Timer, cx: &mut Cx<'_, Register>) {
        for peer in cx.peers() {
            cx.send(peer, Register(self.register));
        }
        cx.set_timer(INTERVAL);
    }
}
