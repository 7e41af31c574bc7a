//! Challenge 3e, broadcast with few messages: rounds through a hub.
//!
//! Idea: the first node is the hub. Once in `interval` it has a round: it sends each of the others
//! all that is new to it. With the first parcel that comes after a round it waits for `window`, so
//! that the others are heard too. The others send what is new so that it is there just before the
//! next round: the hub says in each round how long their last parcel had waited, and so they know
//! the time of the way and the beat of the hub, whatever their own clocks show. A node that does
//! not know them yet sends at once. Acknowledgements ride on all that in both directions, and what
//! was not acknowledged goes with the next news (`shipping`).
//! Cost: two messages per round and node, however many values there are; latency is up to one
//! interval, two hops and the window. On seeds 0 to 99 of `glomers/3e`: at most 0.63 messages per
//! operation, a median of 609 ms and a maximum of 1019 ms.
//! Survives: partition, one-way, crash, pause, slow, skew, loss, duplication.
//! Not wipe: what a node acknowledged and the hub has not heard is gone with its disk. While the
//! hub is away the others wait.

use super::shipping::{Parcel, Patience, Relay, Shipping};
use super::{Build, Options};
use crate::engine::time::{Duration, Instant};
use crate::glomers::{Caller, Cx, Server};
use crate::glomers::{Reply, Request};
use crate::node::{NodeId, Timer};

/// The node through which everything goes.
const HUB: NodeId = NodeId(0);

/// Acknowledgements find something to ride on in almost every round.
const PATIENCE: Patience =
    Patience { ack: Duration::from_seconds(3), repeat: Duration::from_seconds(4) };

/// A hub or one of the others.
#[derive(Debug)]
pub(super) struct Batched {
    interval: Duration,
    window: Duration,
    shipping: Shipping,
    /// When news are sent next, and by which timer.
    round: Option<(Instant, Timer)>,
    /// When the hub last sent what it had heard, and whether it has heard anything since.
    last_round: Option<Instant>,
    has_heard: bool,
}

/// No interval is shorter, or nothing else would ever happen.
const SHORTEST: Duration = Duration::from_ms(1);

impl Build for Batched {
    fn build(options: &Options) -> Batched {
        Batched {
            interval: options.time("interval").max(SHORTEST),
            window: options.time("window"),
            shipping: Shipping::new(Relay::Own, PATIENCE),
            round: None,
            last_round: None,
            has_heard: false,
        }
    }
}

impl Batched {
    /// Plans the next round for this instant, unless it comes earlier anyway.
    fn plan(&mut self, at: Instant, cx: &mut Cx<'_, Parcel>) {
        if let Some((planned, timer)) = self.round {
            if planned <= at {
                return;
            }
            cx.cancel_timer(timer);
        }
        let timer = cx.set_timer(at.saturating_since(cx.now()));
        self.round = Some((at, timer));
    }

    /// The earliest instant of the hub's next round, if it has heard something just now.
    fn after_window(&self, cx: &Cx<'_, Parcel>) -> Instant {
        let at = cx.now().saturating_add(self.window);
        self.last_round.map_or(at, |last| at.max(last.saturating_add(self.interval)))
    }

    /// Ends a turn: whatever waits is looked after. The others do this at their beats, too, since
    /// the hub begins a round with each that brings news.
    fn watch(&mut self, cx: &mut Cx<'_, Parcel>) {
        if cx.me() == HUB {
            self.shipping.watch(cx);
        } else if !self.shipping.is_quiet() {
            self.plan(self.next_beat(cx), cx);
        }
    }

    /// When a parcel has to leave to be at the hub a window before its next round; at once, if the
    /// hub's rounds are not known yet.
    fn next_beat(&self, cx: &Cx<'_, Parcel>) -> Instant {
        let now = cx.now();
        let Some((round, round_trip)) = self.shipping.round_of(HUB) else {
            let has_news = self.shipping.has_news_for(HUB);
            return if has_news { now } else { now.saturating_add(self.interval) };
        };
        let ahead = round_trip.saturating_add(self.window).as_ns();
        let (interval, since) = (self.interval.as_ns(), now.saturating_since(round).as_ns());
        let rounds = since.saturating_add(ahead) / interval + 1;
        let after = rounds.saturating_mul(interval).saturating_sub(ahead);
        round.saturating_add(Duration::from_ns(after))
    }
}

impl Server for Batched {
    type Peer = Parcel;

    fn start(&mut self, cx: &mut Cx<'_, Parcel>) {
        self.shipping.restore(cx.disk());
        if cx.me() == HUB {
            self.shipping.relay_all();
            for peer in cx.peers() {
                self.shipping.add_peer(peer, cx.disk());
            }
        } else {
            self.shipping.add_peer(HUB, cx.disk());
        }
        self.watch(cx);
    }

    fn request(&mut self, caller: Caller, request: Request, cx: &mut Cx<'_, Parcel>) {
        match request {
            Request::Broadcast(value) => {
                if self.shipping.add(value, cx) && cx.me() == HUB {
                    // It goes with the round that the others begin, if they do.
                    let patience = self.interval.saturating_mul(2);
                    self.plan(cx.now().saturating_add(patience), cx);
                }
                cx.reply(caller, Reply::BroadcastOk);
            }
            Request::Read => cx.reply(caller, Reply::ReadOk(self.shipping.values())),
            _ => cx.refuse(caller),
        }
        self.watch(cx);
    }

    fn peer(&mut self, from: NodeId, parcel: Parcel, cx: &mut Cx<'_, Parcel>) {
        if self.shipping.take(from, parcel, cx) && cx.me() == HUB {
            self.has_heard = true;
            self.plan(self.after_window(cx), cx);
        }
        self.watch(cx);
    }

    fn timer(&mut self, timer: Timer, cx: &mut Cx<'_, Parcel>) {
        if self.round.is_some_and(|(_, round)| round == timer) {
            self.round = None;
            if cx.me() == HUB {
                // A round of its own news alone does not set the beat.
                if std::mem::take(&mut self.has_heard) {
                    self.last_round = Some(cx.now());
                }
                self.shipping.ship_round(cx);
            } else {
                self.shipping.ship_news(cx);
                self.shipping.ship_overdue(cx);
            }
        }
        self.shipping.timer(timer, cx);
        self.watch(cx);
    }
}
