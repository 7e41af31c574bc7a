//! Challenge 3d, broadcast with low latency: direct fan-out from the origin to all nodes, at once.
//!
//! Idea: a client's value goes to the disk and directly to all other nodes, whatever the topology;
//! no node relays. Acknowledgements are piggybacked on the receiver's own values, and sent alone
//! only where it has none for seconds; what is not acknowledged is retried with the next value, and
//! alone after a timeout (`shipping`).
//! Cost: one message per other node and value, the minimum without waiting, and a few for
//! acknowledgements when traffic ends; latency is one hop. On seeds 0 to 99 of `glomers/3d`: at
//! most 12.8 messages per operation, a median of 88 ms and a maximum of 99 ms.
//! Survives: partition, one-way, crash, pause, slow, skew, loss, duplication.
//! Not wipe: values that a node acknowledged and no other has received are lost with its disk.

use super::shipping::{Parcel, Patience, Relay, Shipping};
use super::{Build, Options};
use crate::engine::time::Duration;
use crate::glomers::{Caller, Cx, Server};
use crate::glomers::{Reply, Request};
use crate::node::{NodeId, Timer};

/// With two values per second and node, one in four hundred gaps between them is above 3 s. A retry
/// after 4 s leaves time for a late acknowledgement to arrive.
const PATIENCE: Patience =
    Patience { ack: Duration::from_seconds(3), repeat: Duration::from_seconds(4) };

/// A node that sends its values to all others.
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
