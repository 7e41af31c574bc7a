//! Challenge 3e, broadcast with few messages: batches in rounds through a hub.
//!
//! Idea: the first node is the hub. At most once per `interval` it runs a round: it sends each
//! other node everything that is new to it. After the first parcel that arrives since a round it
//! waits for `window`, so that the parcels of the others are included. The others send their news
//! so that it arrives just before the next round: in each round the hub reports how long their last
//! parcel had waited, from which they derive the round-trip time and the beat of the hub, whatever
//! their own clocks show. A node that does not know these yet sends at once. Acknowledgements are
//! piggybacked in both directions, and whatever is not acknowledged is retried with the next news
//! (`shipping`).
//! Cost: two messages per round and node, however many values there are; latency is up to one
//! interval, two hops and the window. On seeds 0 to 99 of `glomers/3e`: at most 0.63 messages per
//! operation, a median of 609 ms and a maximum of 1019 ms.
//! Survives: partition, one-way, crash, pause, slow, skew, loss, duplication.
//! Not wipe: values that a node acknowledged and the hub has not received are lost with its disk.
//! While the hub is away the others wait.

use super::shipping::{Parcel, Patience, Relay, Shipping};
use super::{Build, Options};
use crate::engine::time::{Duration, Instant};
use crate::glomers::{Caller, Cx, Server};
use crate::glomers::{Reply, Request};
use crate::node::{NodeId, Timer};

/// The node through which everything goes.
const HUB: NodeId = NodeId(0);

/// Acknowledgements are piggybacked in almost every round, so both timeouts are long.
const PATIENCE: Patience =
    Patience { ack: Duration::from_seconds(3), repeat: Duration::from_seconds(4) };

/// The hub, or one of the others.
#[derive(Debug)]
pub(super) struct Batched {
    interval: Duration,
    window: Duration,
    shipping: Shipping,
    /// When news is sent next, and the timer of that.
    round: Option<(Instant, Timer)>,
    /// When the hub last sent news of others, and whether it has received any since.
    last_round: Option<Instant>,
    has_heard: bool,
}

/// Minimum interval: at zero, rounds would follow each other in no time, and nothing else would
/// happen.
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
    /// Schedules the next round for this instant, unless one is due earlier.
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

    /// Returns the earliest instant of the hub's next round, if a parcel with news has just
    /// arrived.
    fn after_window(&self, cx: &Cx<'_, Parcel>) -> Instant {
        let at = cx.now().saturating_add(self.window);
        self.last_round.map_or(at, |last| at.max(last.saturating_add(self.interval)))
    }

    /// Ends a callback: makes sure that whatever is pending is sent. The others retry at their
    /// beats, too, since each of their parcels that brings news makes the hub begin a round.
    fn watch(&mut self, cx: &mut Cx<'_, Parcel>) {
        if cx.me() == HUB {
            self.shipping.watch(cx);
        } else if !self.shipping.is_quiet() {
            self.plan(self.next_beat(cx), cx);
        }
    }

    /// Returns when a parcel must leave to reach the hub one window before its next round. If the
    /// hub's rounds are not known yet: now for news, after an interval otherwise.
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
                    // It goes with the round that a parcel of the others begins, if one arrives.
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
