//! Callbacks of nodes and their effects: messages, timers, records.

use std::hint;

use super::{Event, NodeEntry, Observer, Simulation};
use crate::engine::limits::End;
use crate::engine::queue::{Class, Queue};
use crate::engine::time::Instant;
use crate::node::{Context, Node, NodeId, Outgoing, Timer, TimerRequest};

/// Handler that is called.
pub(super) enum Call<M> {
    Start,
    Timer(Timer),
    Message(NodeId, M),
}

/// Effects of a callback that are not in the lists of [`Effects`](crate::node::Effects).
struct Done<N: Node> {
    outgoing: Option<Outgoing<N::Message>>,
    record: Option<N::Record>,
    /// Whether there are more effects in the lists.
    further: bool,
}

impl<N: Node, Q: Queue<Event<N::Message>>> Simulation<N, Q> {
    /// Handles a tick while other events are queued. Out of line, unlike [`Simulation::tick`].
    #[inline(never)]
    pub(super) fn tick_among_events(
        &mut self,
        at: Instant,
        id: NodeId,
        observer: &mut impl Observer<N>,
    ) {
        self.tick(at, id, observer);
    }

    /// Handles a tick of a node; returns the next tick and its node.
    #[inline(always)]
    pub(super) fn tick(
        &mut self,
        at: Instant,
        id: NodeId,
        observer: &mut impl Observer<N>,
    ) -> (Instant, u32) {
        self.now = at;
        self.counts.note_callback();
        let nodes = self.places.len() as u32;
        let place = &mut self.places[id.index()];
        place.state.schedule.advance(&mut place.tick_rng);
        let next = self.queue.move_tick(id.0, place.state.schedule.next());
        let mut context = Context {
            id,
            nodes,
            now: at,
            visible_before: self.order.seen_by_tick(at),
            order: &self.order,
            state: &mut place.state,
            effects: &mut self.effects,
            outgoing: None,
            record: None,
            further: false,
        };
        place.node.on_timer(Context::<N>::TICK, &mut context);
        let Context { outgoing, record, further, .. } = context;
        self.carry_out(at, id, Done { outgoing, record, further }, observer);
        let soon = self.queue.soon();
        if !soon.is_empty() {
            // Loaded side by side, they take the time of one.
            let touched = soon.iter().fold(0, |sum, node| {
                observer.expect(NodeId(*node)) ^ self.places[*node as usize].state.touch() ^ sum
            });
            hint::black_box(touched);
        }
        // It may have changed its schedule.
        if further { self.queue.next_tick() } else { next }
    }

    /// Counts a callback of a node at one instant, other than a tick.
    pub(super) fn note_busy(&mut self, at: Instant, id: NodeId) {
        if self.busy.is_empty() {
            self.busy = vec![(Instant::MAX, 0); self.places.len()];
        }
        let (last, count) = &mut self.busy[id.index()];
        *count = if *last == at { *count + 1 } else { 1 };
        *last = at;
        if *count >= self.limits.same_instant_events {
            self.end_with(End::SameInstantLimit { at, node: id.0 });
        }
    }

    /// Runs a callback of a node off the hot path.
    #[inline(never)]
    pub(super) fn other_turn(
        &mut self,
        at: Instant,
        class: Class,
        id: NodeId,
        call: Call<N::Message>,
        observer: &mut impl Observer<N>,
    ) {
        self.callback(at, class, id, call, observer);
    }

    /// Runs a callback of a node, then carries out its effects.
    #[inline(always)]
    pub(super) fn callback(
        &mut self,
        at: Instant,
        class: Class,
        id: NodeId,
        call: Call<N::Message>,
        observer: &mut impl Observer<N>,
    ) {
        self.counts.note_callback();
        let sees_now = class > Class::Delivery;
        let nodes = self.places.len() as u32;
        let NodeEntry { node, state, .. } = &mut self.places[id.index()];
        let mut context = Context {
            id,
            nodes,
            now: at,
            visible_before: Instant::from_ns(at.as_ns() + u64::from(sees_now)),
            order: &self.order,
            state,
            effects: &mut self.effects,
            outgoing: None,
            record: None,
            further: false,
        };
        match call {
            Call::Timer(timer) => node.on_timer(timer, &mut context),
            Call::Start => node.on_start(&mut context),
            Call::Message(from, message) => node.on_message(from, message, &mut context),
        }
        let Context { outgoing, record, further, .. } = context;
        self.carry_out(at, id, Done { outgoing, record, further }, observer);
    }

    /// Carries out the effects of a callback: messages, then timers, then records.
    #[inline(always)]
    fn carry_out(
        &mut self,
        at: Instant,
        id: NodeId,
        Done { outgoing, record, further }: Done<N>,
        observer: &mut impl Observer<N>,
    ) {
        if further {
            return self.carry_out_all(at, id, outgoing, record, observer);
        }
        if let Some(outgoing) = outgoing {
            self.send(at, id, outgoing, observer);
        }
        if let Some(record) = record {
            observer.record(at, id, &record);
        }
    }

    /// The same for a callback with effects in the lists.
    #[inline(never)]
    fn carry_out_all(
        &mut self,
        at: Instant,
        id: NodeId,
        outgoing: Option<Outgoing<N::Message>>,
        record: Option<N::Record>,
        observer: &mut impl Observer<N>,
    ) {
        if let Some(outgoing) = outgoing {
            self.send(at, id, outgoing, observer);
        }
        self.send_further(at, id, observer);
        self.set_timers(at, id);
        if let Some(record) = record {
            observer.record(at, id, &record);
        }
        for record in self.effects.further_records.drain(..) {
            observer.record(at, id, &record);
        }
    }

    /// Carries out a node's timer requests.
    #[cold]
    fn set_timers(&mut self, now: Instant, id: NodeId) {
        let mut requests = std::mem::take(&mut self.effects.timers);
        for request in requests.drain(..) {
            match request {
                TimerRequest::Set(timer, after) => {
                    let due = self.places[id.index()].state.due(now, after);
                    let key = self.order.timer(due, id.0, timer.0);
                    self.timers.insert((id, timer));
                    self.queue.push(key, Event::Timer(id, timer));
                }
                TimerRequest::Cancel(timer) => {
                    self.timers.remove(&(id, timer));
                }
                TimerRequest::Tick(ticks) => {
                    let place = &mut self.places[id.index()];
                    let schedule = ticks.begin(now, &mut place.tick_rng);
                    self.queue.begin_ticks(id.0, schedule.next(), schedule.period());
                    place.state.schedule = schedule;
                }
            }
        }
        self.effects.timers = requests;
    }
}
