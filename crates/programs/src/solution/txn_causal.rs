//! Challenge 6c, transactions that are totally available and causally consistent, and so read
//! committed: the writes of a transaction travel together, after all that it could have seen.
//!
//! Idea: a replica on each node (`txn_replica`) whose units are whole transactions, each with the
//! number of units of every node that its own node had applied. A unit waits for these, so causes
//! come before effects, and no transaction is seen in part or between two of its writes.
//! Cost: for each transaction that writes, a message and an acknowledgement per other node.
//! Allows: lost updates, write skew, long forks and stale reads, as any totally available system
//! has to under partitions.
//! Survives: partition, one-way, crash, pause, slow, skew, loss, duplication.
//! Not wipe: writes that no other node has yet are lost with the disk.

use std::marker::PhantomData;

use super::txn_replica::{Granularity, Replica, Shipment, Sight};
use super::txn_request::TxnCaller;
use super::txn_variant::TxnVariant;
use super::{Build, Options};
use crate::glomers::{Caller, Cx, Request, Server};
use crate::node::{NodeId, Timer};

/// A node that ships whole transactions in causal order.
#[derive(Debug)]
pub(crate) struct TxnCausal<V> {
    replica: Replica,
    variant: PhantomData<V>,
}

impl<V: TxnVariant> Build for TxnCausal<V> {
    fn build(_: &Options) -> TxnCausal<V> {
        TxnCausal { replica: Replica::new(Granularity::Transaction), variant: PhantomData }
    }
}

impl<V: TxnVariant> Server for TxnCausal<V> {
    type Peer = Shipment;

    fn start(&mut self, cx: &mut Cx<'_, Shipment>) {
        self.replica.start(cx);
    }

    fn request(&mut self, caller: Caller, request: Request, cx: &mut Cx<'_, Shipment>) {
        let Some((caller, ops)) = TxnCaller::decode(caller, request, cx) else { return };
        let sight = if V::IS_BLIND_TO_ITSELF { Sight::Before } else { Sight::Own };
        let completed = self.replica.carry_out(&ops, sight, cx);
        caller.end::<V, _>(completed, cx);
    }

    fn peer(&mut self, from: NodeId, message: Shipment, cx: &mut Cx<'_, Shipment>) {
        self.replica.message(from, message, cx);
    }

    fn timer(&mut self, timer: Timer, cx: &mut Cx<'_, Shipment>) {
        self.replica.timer(timer, cx);
    }
}
