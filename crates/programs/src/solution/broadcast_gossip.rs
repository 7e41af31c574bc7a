//! Challenges 3a, 3b and 3c, reliable broadcast: gossip by flooding, retried until acknowledged.
//!
//! Idea: a value that is new to a node goes to its disk and to all its neighbours but the one it
//! came from, and so on until all have it. What a neighbour has not acknowledged is retried with
//! the next message to it, and alone after a timeout (`shipping`).
//! Cost: on a tree one message per node and value, on other shapes one per edge or more, and half
//! as many again for acknowledgements where they cannot be piggybacked; latency is one hop per edge
//! of the path.
//! Survives: partition, one-way, crash, pause, slow, skew, loss, duplication.
//! Not wipe: values that a node acknowledged and had not yet sent are lost with its disk.

use super::shipping::{Parcel, Patience, Relay, Shipping};
use super::{Build, Options};
use crate::engine::time::Duration;
use crate::glomers::{Caller, Cx, Server};
use crate::glomers::{Reply, Request};
use crate::node::{NodeId, Timer};

/// The retry timeout is far above a round trip, and still short for a reader.
const PATIENCE: Patience =
    Patience { ack: Duration::from_ms(500), repeat: Duration::from_seconds(1) };

/// A node that relays all values.
#[derive(Debug)]
pub(super) struct Gossip {
    shipping: Shipping,
}

impl Build for Gossip {
    fn build(_: &Options) -> Gossip {
        Gossip { shipping: Shipping::new(Relay::All, PATIENCE) }
    }
}

impl Server for Gossip {
    type Peer = Parcel;

    fn start(&mut self, cx: &mut Cx<'_, Parcel>) {
        self.shipping.restore(cx.disk());
    }

    fn topology(&mut self, neighbours: &[NodeId], cx: &mut Cx<'_, Parcel>) {
        for neighbour in neighbours {
            self.shipping.add_peer(*neighbour, cx.disk());
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
        if self.shipping.take(from, parcel, cx) {
            self.shipping.ship_news(cx);
        }
        self.shipping.watch(cx);
    }

    fn timer(&mut self, timer: Timer, cx: &mut Cx<'_, Parcel>) {
        self.shipping.timer(timer, cx);
    }
}
