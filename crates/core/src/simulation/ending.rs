//! Pauses and the end of a run: limits of waiting messages, quiescence, and the totals.
//!
//! A callback is hot, so it checks one threshold alone, and calls [`Simulation::look`] when that is
//! exceeded: neither a pause nor a limit can be due before that number of copies is sent.

use super::{Event, Progress, Simulation, Totals};
use crate::engine::limits::{End, Limits};
use crate::engine::queue::Queue;
use crate::engine::time::Instant;
use crate::node::Node;

/// Maximum number of copies per callback before it counts as several towards a pause, so that a
/// caller regains control regularly.
const SENDS_PER_CALLBACK: u64 = 64;

/// Number of messages for which there is memory.
pub(super) fn room<N: Node>(limits: &Limits) -> u64 {
    limits.memory() / N::MESSAGE_BYTES
}

impl<N: Node, Q: Queue<Event<N::Message>>> Simulation<N, Q> {
    /// Makes the loop pause after `callbacks` callbacks from here, or after [`SENDS_PER_CALLBACK`]
    /// times as many copies.
    pub(super) fn pause_after(&mut self, callbacks: u64) {
        self.stop_at = self.counts.events.saturating_add(callbacks).min(self.limits.events);
        self.pause_at =
            self.counts.copies.saturating_add(callbacks.saturating_mul(SENDS_PER_CALLBACK));
        self.look_at = self.pause_at.min(self.recheck_queue_limit_at);
    }

    /// Checks the thresholds that only sends can exceed: a pause of the loop, and the limits of
    /// waiting messages.
    #[cold]
    #[inline(never)]
    pub(super) fn look(&mut self, sent: Instant) {
        if self.counts.copies > self.recheck_queue_limit_at {
            self.count_pending(sent);
        }
        if self.counts.copies > self.pause_at {
            (self.stop_at, self.pause_at) = (0, u64::MAX);
        }
        self.look_at = self.pause_at.min(self.recheck_queue_limit_at);
    }

    /// Checks the limits of messages that wait or are in flight: copies that were sent and not lost
    /// have entered the queue, copies that were taken have left it. The next check is only needed
    /// once enough copies have been sent to exceed a limit.
    fn count_pending(&mut self, sent: Instant) {
        let pending = self.counts.pending(self.effects.taken);
        // Of copies that will be cut off or meet a crashed node only the instant is stored.
        let spoiled = self.counts.spoiled_under_way(sent).div_ceil(N::MESSAGE_BYTES / 16);
        let by_count = self.limits.queued_messages.checked_sub(pending);
        let by_memory = room::<N>(&self.limits).checked_sub(pending.saturating_add(spoiled));
        match (by_count, by_memory) {
            (None, _) => self.end_with(End::QueueLimit { at: sent }),
            (_, None) => self.end_with(End::MemoryLimit { at: sent }),
            (Some(count), Some(memory)) => {
                self.recheck_queue_limit_at = self.counts.copies.saturating_add(count.min(memory));
            }
        }
    }

    /// Ends the run, unless it has ended already.
    #[cold]
    pub(super) fn end_with(&mut self, end: End) {
        self.end.get_or_insert(end);
        self.stop_at = 0;
    }

    /// Returns the progress when no event is left before `until`.
    pub(super) fn nothing_before(&mut self, until: Instant) -> Progress {
        if self.queue.peek().is_some() {
            return Progress::Reached;
        }
        let something_left = self.queue.holds_events()
            || self.places.iter().any(|place| !place.state.schedule.is_none());
        match (something_left, until) {
            (false, _) => self.end_with(End::Quiescent),
            (true, Instant::MAX) => self.end_with(End::EndOfTime),
            (true, _) => {}
        }
        self.end.map_or(Progress::Reached, Progress::Ended)
    }

    /// Ends the run, if it has not ended yet, and returns its totals.
    ///
    /// `before` is the end of the time that the run covers: messages that would arrive then or
    /// later are still in flight. A run that a limit ended covers the time up to its last event.
    ///
    /// # Panics
    /// If messages were not conserved, which is a bug of this program.
    pub fn finish(&mut self, end: End, before: Instant) -> Totals {
        self.end_with(end);
        let end = self.end.unwrap_or(end);
        let before = match end {
            End::Duration | End::Quiescent => before,
            _ => Instant::from_ns(self.now.as_ns().saturating_add(1)).min(before),
        };
        // The reference queue still holds deliveries to inboxes.
        let mut in_flight = 0;
        for (key, event) in self.queue.drain() {
            match event {
                Event::Deliver(from, message) if N::POLLS_INBOX => {
                    self.put_into_inbox(&key, from, message);
                }
                Event::Deliver(..) if key.at() >= before => in_flight += 1,
                // A limit can end a run within an instant: these have arrived and were not handled.
                Event::Deliver(..) => self.counts.unhandled += 1,
                _ => {}
            }
        }
        self.counts.unhandled += self.pauses.left();
        let mut queued = 0;
        for state in self.places.iter().map(|place| &place.state) {
            let waiting = state.inbox.arrivals().filter(|at| *at < before).count();
            queued += waiting as u64;
            in_flight += (state.inbox.total() - waiting) as u64;
        }
        let sent_and_taken = (self.effects.messages, self.effects.taken);
        Totals::new((end, before), &mut self.counts, sent_and_taken, (queued, in_flight))
    }
}
