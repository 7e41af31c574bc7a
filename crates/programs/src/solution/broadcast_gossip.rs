//! Challenges 3a, 3b and 3c, broadcast that loses nothing: flooding, until it is acknowledged.
//!
//! Idea: a value that is new to a node goes to its disk and to all its neighbours but the one it
//! came from, and so on until all have it. What a neighbour has not acknowledged goes with whatever
//! is sent to it next, and alone after a while (`shipping`).
//! Cost: on a tree one message per node and value, on other shapes one per edge or more, and half
//! as many again for acknowledgements where they find nothing to ride on; latency is one hop per
//! edge of the way.
//! Survives: partition, one-way, crash, pause, slow, skew, loss, duplication.
//! Not wipe: what a node acknowledged and had not yet told is gone with its disk.

use super::shipping::{Parcel, Patience, Relay, Shipping};
use super::{Build, Options};
use crate::engine::time::Duration;
use crate::glomers::{Caller, Cx, Server};
use crate::glomers::{Reply, Request};
use crate::node::{NodeId, Timer};

/// A second is long after a round trip, and short before a reader would mind.
const PATIENCE: Patience =
    Patience { ack: Duration::from_ms(500), repeat: Duration::from_seconds(1) };

/// A node that relays.
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
