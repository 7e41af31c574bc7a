//! Dispatch of an event to the callback of its node.

use super::Simulation;
use super::callback::Call;
use super::event::Event;
use super::observer::Observer;
use crate::engine::queue::{Class, Key, Queue};
use crate::node::{Delivery, MessageId, Node, NodeId};

impl<N: Node, Q: Queue<Event<N::Message>>> Simulation<N, Q> {
    /// Processes an event: a callback of its node, unless the node is down or paused.
    #[inline(always)]
    pub(super) fn event(
        &mut self,
        key: &Key,
        event: Event<N::Message>,
        observer: &mut impl Observer<N>,
    ) {
        if self.pauses.any() && self.is_for_paused(key, &event) {
            return self.keep(key, event);
        }
        let at = key.at();
        match event {
            Event::Fault(fault) => self.fault(at, fault),
            Event::CatchUp(id, turn) => self.catch_up(at, id, turn, observer),
            Event::Start(id) if self.is_up(id, at) => {
                self.other_turn(at, Class::Start, id, Call::Start, observer);
            }
            Event::Deliver(from, message) if N::POLLS_INBOX => {
                self.put_into_inbox(key, from, message);
            }
            Event::Deliver(from, message) => {
                let (id, to) = (key.message(), NodeId(key.addressee()));
                self.counts.reacted_to += 1;
                self.effects.delivered = MessageId(id);
                self.note_busy(at, to);
                self.callback(at, Class::Delivery, to, Call::Message(from, message), observer);
            }
            Event::Inject(from, to, message) if self.is_up(to, at) => {
                self.note_busy(at, to);
                let call = Call::Message(from, message);
                self.other_turn(at, Class::ClientOperation, to, call, observer);
            }
            Event::Timer(id, timer) if self.timers.remove(&(id, timer)) => {
                self.note_busy(at, id);
                self.other_turn(at, Class::Timer, id, Call::Timer(timer), observer);
            }
            Event::Start(_) | Event::Inject(..) | Event::Timer(..) => {}
        }
    }

    /// Pushes a message that was delivered as an event to an inbox.
    #[cold]
    pub(super) fn put_into_inbox(&mut self, key: &Key, from: NodeId, message: N::Message) {
        let to = NodeId(key.addressee());
        let (arrives, id) = (key.at(), MessageId(key.message()));
        let delivery = Delivery { arrives, sent: key.sent(), id, from, copy: key.copy(), message };
        self.places[to.index()].state.inbox.push(delivery, to, &self.order);
    }
}
