//! Pauses of nodes: callbacks are deferred while a node is paused.
//!
//! The callbacks of a paused node wait, in the order of arrival. When the node resumes, it handles
//! all of them at that one instant, before any other event of the instant.
//!
//! ```text
//!   n1 ─ pause ────────────────── resume: m1, t1, m2 ─►
//!                m1↑  t1↑  m2↑    (messages and timers that came in meanwhile)
//! ```
//!
//! A crash ends a pause, and the waiting callbacks are dropped. Pausing a node that is down, and
//! resuming a node that is not paused, has no effect.
//!
//! A paused node skips its ticks. A node that polls an inbox finds the messages that arrived
//! meanwhile in it.

use std::collections::VecDeque;

use super::callback::Call;
use super::{Event, Observer, Simulation};
use crate::engine::queue::{Class, Key, Queue};
use crate::engine::time::Instant;
use crate::node::{MessageId, Node, NodeId, Timer};

/// Paused nodes, and their waiting callbacks.
#[derive(Debug)]
pub(super) struct Pauses<M> {
    /// One for each node; empty until the first pause.
    of_node: Vec<Pause<M>>,
}

#[derive(Debug)]
struct Pause<M> {
    paused: bool,
    /// Callbacks that are still due: after the pause they are handled one event at a time.
    waiting: VecDeque<Waiting<M>>,
}

/// A deferred callback.
#[derive(Debug)]
pub(super) enum Waiting<M> {
    /// The node's start.
    Start,
    /// A message that the network delivered.
    Delivery(NodeId, MessageId, M),
    /// An injected message.
    Inject(NodeId, M),
    /// A timer that has gone off.
    Timer(Timer),
}

impl<M> Default for Pauses<M> {
    fn default() -> Self {
        Pauses { of_node: vec![] }
    }
}

impl<M> Pauses<M> {
    /// Whether any node has ever been paused.
    #[inline]
    pub(super) fn any(&self) -> bool {
        !self.of_node.is_empty()
    }

    /// Whether a node is paused now.
    #[inline]
    pub(super) fn holds(&self, id: NodeId) -> bool {
        self.of_node.get(id.index()).is_some_and(|pause| pause.paused)
    }

    fn begin(&mut self, id: NodeId, nodes: usize) {
        if self.of_node.is_empty() {
            let pause = || Pause { paused: false, waiting: VecDeque::new() };
            self.of_node = std::iter::repeat_with(pause).take(nodes).collect();
        }
        self.of_node[id.index()].paused = true;
    }

    /// Ends a pause; returns whether there was one.
    fn end(&mut self, id: NodeId) -> bool {
        let pause = self.of_node.get_mut(id.index());
        pause.is_some_and(|pause| std::mem::take(&mut pause.paused))
    }

    fn next(&mut self, id: NodeId) -> Option<Waiting<M>> {
        self.of_node.get_mut(id.index())?.waiting.pop_front()
    }

    /// Ends a pause and drops all waiting callbacks; returns how many of them were deliveries.
    pub(super) fn crash(&mut self, id: NodeId) -> u64 {
        self.end(id);
        let pause = self.of_node.get_mut(id.index());
        pause.map_or(0, |pause| deliveries(std::mem::take(&mut pause.waiting)))
    }

    /// Returns the number of deliveries that wait when the run ends.
    pub(super) fn left(&mut self) -> u64 {
        self.of_node.drain(..).map(|pause| deliveries(pause.waiting)).sum()
    }
}

fn deliveries<M>(waiting: VecDeque<Waiting<M>>) -> u64 {
    waiting.iter().filter(|waiting| matches!(waiting, Waiting::Delivery(..))).count() as u64
}

impl<N: Node, Q: Queue<Event<N::Message>>> Simulation<N, Q> {
    pub(super) fn pause(&mut self, at: Instant, id: NodeId) {
        if self.is_up(id, at) {
            self.pauses.begin(id, self.places.len());
            self.queue.set_tick(id.0, Instant::MAX);
        }
    }

    pub(super) fn resume(&mut self, at: Instant, id: NodeId) {
        if !self.pauses.end(id) {
            return;
        }
        let place = &mut self.places[id.index()];
        let schedule = &mut place.state.schedule;
        while schedule.next() < at {
            schedule.advance(&mut place.tick_rng);
        }
        self.queue.begin_ticks(id.0, schedule.next(), schedule.period());
        self.catch_up_next(at, id, 0);
    }

    /// Whether an event would be a callback of a paused node.
    #[inline(never)]
    pub(super) fn is_for_paused(&self, key: &Key, event: &Event<N::Message>) -> bool {
        match event {
            Event::Start(id) | Event::Timer(id, _) | Event::Inject(_, id, _) => {
                self.pauses.holds(*id)
            }
            Event::Deliver(..) if !N::POLLS_INBOX => self.pauses.holds(NodeId(key.addressee())),
            Event::Deliver(..) | Event::Fault(_) | Event::CatchUp(..) => false,
        }
    }

    /// Defers an event of a paused node.
    #[inline(never)]
    pub(super) fn keep(&mut self, key: &Key, event: Event<N::Message>) {
        let (id, waiting) = match event {
            Event::Start(id) => (id, Waiting::Start),
            Event::Timer(id, timer) => (id, Waiting::Timer(timer)),
            Event::Inject(from, id, message) => (id, Waiting::Inject(from, message)),
            Event::Deliver(from, message) => {
                let waiting = Waiting::Delivery(from, MessageId(key.message()), message);
                (NodeId(key.addressee()), waiting)
            }
            Event::Fault(_) | Event::CatchUp(..) => return,
        };
        self.pauses.of_node[id.index()].waiting.push_back(waiting);
    }

    /// Schedules the next deferred callback of a node that has resumed: one event each, so that a
    /// run can stop between them.
    fn catch_up_next(&mut self, at: Instant, id: NodeId, turn: u64) {
        self.queue.push(self.order.catch_up(at, id.0, turn), Event::CatchUp(id, turn));
    }

    /// Handles the first deferred callback of a node that has resumed.
    pub(super) fn catch_up(
        &mut self,
        at: Instant,
        id: NodeId,
        turn: u64,
        observer: &mut impl Observer<N>,
    ) {
        if self.pauses.holds(id) {
            return; // it has been paused again at this instant
        }
        let Some(waiting) = self.pauses.next(id) else { return };
        self.catch_up_next(at, id, turn + 1);
        let call = match waiting {
            Waiting::Start => Call::Start,
            Waiting::Delivery(from, message_id, message) => {
                self.effects.delivered = message_id;
                self.counts.reacted_to += 1;
                Call::Message(from, message)
            }
            Waiting::Inject(from, message) => Call::Message(from, message),
            Waiting::Timer(timer) if self.timers.remove(&(id, timer)) => Call::Timer(timer),
            Waiting::Timer(_) => return, // it was cancelled while it waited
        };
        self.other_turn(at, Class::Resumed, id, call, observer);
    }
}
