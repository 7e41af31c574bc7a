//! Sending: turns the messages of a callback into copies on their way.
//!
//! The fate of each copy is decided here, when it is sent. If every copy arrives after a latency
//! that is known beforehand and no node is ever down, nothing has to be looked up: that is the hot
//! path.

use super::{Event, Observer, Simulation};
use crate::engine::queue::{DeliveryKey, Queue};
use crate::engine::time::Instant;
use crate::network::{CopySent, Fate, Routed};
use crate::node::{Delivery, MessageId, Node, NodeId, Outgoing};

impl<N: Node, Q: Queue<Event<N::Message>>> Simulation<N, Q> {
    /// Sends one message of a callback and checks the thresholds of sends.
    #[inline(always)]
    pub(super) fn send(
        &mut self,
        sent: Instant,
        from: NodeId,
        first: Outgoing<N::Message>,
        observer: &mut impl Observer<N>,
    ) {
        self.send_one(sent, from, first, observer);
        if self.counts.copies > self.look_at {
            self.look(sent);
        }
    }

    /// Sends all further messages of a callback.
    pub(super) fn send_further(
        &mut self,
        sent: Instant,
        from: NodeId,
        observer: &mut impl Observer<N>,
    ) {
        let mut messages = std::mem::take(&mut self.effects.further_messages);
        for outgoing in messages.drain(..) {
            self.send(sent, from, outgoing, observer);
        }
        // Put back empty, to reuse its memory.
        self.effects.further_messages = messages;
    }

    /// Sends one message to all its addressees.
    #[inline(always)]
    fn send_one(
        &mut self,
        sent: Instant,
        from: NodeId,
        Outgoing { id, to, message }: Outgoing<N::Message>,
        observer: &mut impl Observer<N>,
    ) {
        let sure = || self.network.sure_latency(from, to.filter(|_| self.outages.is_empty())?);
        let Some(latency) = self.plain_latency.or_else(sure) else {
            return self.route_all(Outgoing { id, to, message }, from, sent, observer);
        };
        let routed = Routed { copy: 1, fate: Fate::Arrives(sent.saturating_add(latency)) };
        let copies = match to {
            Some(to) => {
                self.dispatch(Posting { id, from, to, sent }, routed, message, observer);
                1
            }
            None => {
                let copies = self.places.len() as u32 - 1;
                for place in 0..copies {
                    let posting = Posting { id, from, to: other(place, from), sent };
                    self.dispatch(posting, routed, message.clone(), observer);
                }
                u64::from(copies)
            }
        };
        // Copies are made in memory, one by one: no run is long enough to overflow this.
        self.counts.copies = self.counts.copies.wrapping_add(copies);
    }

    /// Sends one message through a network in which anything can happen to it.
    #[inline(never)]
    fn route_all(
        &mut self,
        Outgoing { id, to, message }: Outgoing<N::Message>,
        from: NodeId,
        sent: Instant,
        observer: &mut impl Observer<N>,
    ) {
        if let Some(to) = to {
            return self.route(Posting { id, from, to, sent }, 0, message, observer);
        }
        for place in 0..self.places.len() as u32 - 1 {
            let posting = Posting { id, from, to: other(place, from), sent };
            self.route(posting, place.into(), message.clone(), observer);
        }
    }

    /// Sends one message to one addressee, the `place`-th of a broadcast.
    #[inline(always)]
    fn route(
        &mut self,
        posting: Posting,
        place: u64,
        message: N::Message,
        observer: &mut impl Observer<N>,
    ) {
        let Posting { from, to, sent, .. } = posting;
        let (first, second) = self.network.route(from, to, sent, place);
        if let Some(second) = second {
            self.counts.duplicates += 1;
            self.decide_fate(posting, first, message.clone(), observer);
            self.decide_fate(posting, second, message, observer);
        } else {
            self.decide_fate(posting, first, message, observer);
        }
    }

    /// Sends one copy, to a node that may be down when it arrives.
    #[inline(always)]
    fn decide_fate(
        &mut self,
        posting: Posting,
        Routed { copy, fate }: Routed,
        message: N::Message,
        observer: &mut impl Observer<N>,
    ) {
        let fate = match fate {
            Fate::Arrives(at) if self.outages.down(posting.to, at) => Fate::Crashed(at),
            fate => fate,
        };
        self.counts.note_fate(fate, posting.sent);
        self.dispatch(posting, Routed { copy, fate }, message, observer);
    }

    /// Dispatches one copy according to its fate.
    #[inline(always)]
    fn dispatch(
        &mut self,
        Posting { id, from, to, sent }: Posting,
        Routed { copy, fate }: Routed,
        message: N::Message,
        observer: &mut impl Observer<N>,
    ) {
        observer.copy(&CopySent { message: id, copy, from, to, sent, fate }, &message);
        let Fate::Arrives(arrives) = fate else { return };
        if N::POLLS_INBOX && !Q::DELIVERS_TO_INBOXES {
            let inbox = &mut self.places[to.index()].state.inbox;
            let delivery = || Delivery { arrives, sent, id, from, copy, message };
            inbox.push_with(arrives, to, &self.order, delivery);
        } else {
            let key = DeliveryKey { sent, from: from.0, message: id.0, copy, to: to.0 };
            let key = self.order.delivery(arrives, key);
            self.queue.push(key, Event::Deliver(from, message));
        }
    }
}

/// One message on its way to one node.
#[derive(Clone, Copy)]
struct Posting {
    id: MessageId,
    from: NodeId,
    to: NodeId,
    sent: Instant,
}

/// Returns the `place`-th node in the order of ids with the sender left out.
#[inline(always)]
fn other(place: u32, sender: NodeId) -> NodeId {
    NodeId(place + u32::from(place >= sender.0))
}
