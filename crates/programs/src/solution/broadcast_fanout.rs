//! Challenge 3d, broadcast with low latency: from its origin to everybody, at once.
//!
//! Idea: a client's value goes to the disk and directly to all other nodes, whatever the topology;
//! nobody relays. Acknowledgements ride on the receiver's own values, and go alone only where it
//! has none for seconds; what is not acknowledged goes with the next value, and alone after a while
//! (`shipping`).
//! Cost: one message per other node and value, the least that is possible without waiting, and a
//! few for acknowledgements when traffic ends; latency is one hop. On seeds 0 to 99 of
//! `glomers/3d`: at most 12.8 messages per operation, a median of 88 ms and a maximum of 99 ms.
//! Survives: partition, one-way, crash, pause, slow, skew, loss, duplication.
//! Not wipe: what a node acknowledged and nobody has heard is gone with its disk.

use super::shipping::{Parcel, Patience, Relay, Shipping};
use super::{Build, Options};
use crate::engine::time::Duration;
use crate::glomers::{Caller, Cx, Server};
use crate::glomers::{Reply, Request};
use crate::node::{NodeId, Timer};

/// With two values per second and node, one in four hundred gaps between them is above 3 s. What is
/// repeated after 4 s has had the time for a late acknowledgement and its way.
const PATIENCE: Patience =
    Patience { ack: Duration::from_seconds(3), repeat: Duration::from_seconds(4) };

/// A node that tells everybody.
#[derive(Debug)]
pub(super) struct FanOut {
    shipping: Shipping,
}

impl Build for FanOut {
    fn build(_: &Options) -> FanOut {
        FanOut { shipping: Shipping::new(Relay::Own, PATIENCE) }
    }
}

impl Server for FanOut {
    type Peer = Parcel;

    fn start(&mut self, cx: &mut Cx<'_, Parcel>) {
        self.shipping.restore(cx.disk());
        for peer in cx.peers() {
            self.shipping.add_peer(peer, cx.disk());
        }
        self.shipping.watch(cx);
    }

    fn request(&mut self, caller: Caller, request: Request, cx: &mut Cx<'_, Parcel>) {
        match request {
            Request::Broadcast(value) => {
                if self.shipping.add(value, cx) {
                    self.shipping.ship_news(cx);
                }
                cx.reply(caller, Reply::BroadcastOk);
            }
            Request::Read => cx.reply(caller, Reply::ReadOk(self.shipping.values())),
            _ => cx.refuse(caller),
        }
        self.shipping.watch(cx);
    }

    fn peer(&mut self, from: NodeId, parcel: Parcel, cx: &mut Cx<'_, Parcel>) {
        self.shipping.take(from, parcel, cx);
        self.shipping.watch(cx);
    }

    fn timer(&mut self, timer: Timer, cx: &mut Cx<'_, Parcel>) {
        self.shipping.timer(timer, cx);
    }
}
