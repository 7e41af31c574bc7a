//! Challenge 6b, transactions that are totally available at read uncommitted: each write goes to
//! all other nodes by itself.
//!
//! Idea: a replica on each node (`txn_replica`) whose units are single writes. Stamps order the
//! writes of two transactions in the same way for every register, so there is no dirty write (G0).
//! Cost: for each write a message and an acknowledgement per other node.
//! Allows: half of a transaction and values between (G1b), skewed and lost updates, and stale
//! reads, all of which read uncommitted allows.
//! Survives: partition, one-way, crash, pause, slow, skew, loss, duplication.
//! Not wipe: writes that no other node has yet are lost with the disk.

use super::txn_replica::{Granularity, Replica, Shipment, Sight};
use super::txn_request::TxnCaller;
use super::{Build, Options};
use crate::glomers::{Caller, Cx, Request, Server};
use crate::node::{NodeId, Timer};

/// A node that ships its writes one by one.
#[derive(Debug)]
pub(crate) struct TxnByWrite {
    replica: Replica,
}

impl Build for TxnByWrite {
    fn build(_: &Options) -> TxnByWrite {
        TxnByWrite { replica: Replica::new(Granularity::Write) }
    }
}

impl Server for TxnByWrite {
    type Peer = Shipment;

    fn start(&mut self, cx: &mut Cx<'_, Shipment>) {
        self.replica.start(cx);
    }

    fn request(&mut self, caller: Caller, request: Request, cx: &mut Cx<'_, Shipment>) {
        let Some((caller, ops)) = TxnCaller::decode(caller, request, cx) else { return };
        let completed = self.replica.carry_out(&ops, Sight::Own, cx);
        caller.completed(completed, cx);
    }

    fn peer(&mut self, from: NodeId, message: Shipment, cx: &mut Cx<'_, Shipment>) {
        self.replica.message(from, message, cx);
    }

    fn timer(&mut self, timer: Timer, cx: &mut Cx<'_, Shipment>) {
        self.replica.timer(timer, cx);
    }
}
