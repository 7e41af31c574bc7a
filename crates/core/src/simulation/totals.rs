//! Totals of a run: messages by their outcome, with the check that they are conserved.
//!
//! ```text
//!   copies = received + queued + in_flight + lost + cut + crashed + forgotten
//! ```

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::engine::limits::End;
use crate::engine::time::Instant;
use crate::network::Fate;

/// Totals of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Totals {
    /// Reason why it ended.
    pub end: End,
    /// End of the time that the run covers.
    pub before: Instant,
    /// Number of callbacks.
    pub events: u64,
    /// Messages sent; a message to several nodes counts once.
    pub messages: u64,
    /// Copies sent: one for each addressee, and the network's duplicates.
    pub copies: u64,
    /// Copies that the network made.
    pub duplicates: u64,
    /// Copies that a node took or reacted to.
    pub received: u64,
    /// Copies that arrived and wait.
    pub queued: u64,
    /// Copies that have not arrived yet.
    pub in_flight: u64,
    /// Copies lost at random.
    pub lost: u64,
    /// Copies cut off by a partition.
    pub cut: u64,
    /// Copies that arrived at a node that was down.
    pub crashed: u64,
    /// Copies that had arrived and were dropped in a crash.
    pub forgotten: u64,
}

/// Counters of a run in progress.
#[derive(Debug, Default)]
pub(super) struct Counts {
    pub(super) events: u64,
    pub(super) copies: u64,
    pub(super) duplicates: u64,
    /// Copies that will never be received: lost, cut off, or at a crashed node, by now or later.
    spoiled: u64,
    pub(super) reacted_to: u64,
    pub(super) forgotten: u64,
    /// Copies that had arrived at a reacting node and were not handled when the run ended.
    pub(super) unhandled: u64,
    lost: u64,
    /// Copies that are cut off or meet a crashed node, by now or later.
    cut: Spoiled,
    crashed: Spoiled,
}

/// Copies with an arrival that fails.
#[derive(Debug, Default)]
struct Spoiled {
    arrived: u64,
    under_way: BinaryHeap<Reverse<Instant>>,
}

impl Spoiled {
    fn add(&mut self, at: Instant, now: Instant) {
        self.under_way.push(Reverse(at));
        self.arrive(now);
    }

    /// Counts copies whose arrival was before `before`.
    fn arrive(&mut self, before: Instant) {
        while self.under_way.peek().is_some_and(|Reverse(at)| *at < before) {
            self.under_way.pop();
            self.arrived += 1;
        }
    }
}

impl Counts {
    /// Counts a callback. Apart from starts there are never more than `limits.events`.
    #[inline(always)]
    pub(super) fn note_callback(&mut self) {
        self.events = self.events.wrapping_add(1);
    }

    /// Counts a copy by its fate.
    #[inline(always)]
    pub(super) fn note_fate(&mut self, fate: Fate, now: Instant) {
        self.copies += 1;
        self.spoiled += u64::from(!matches!(fate, Fate::Arrives(_)));
        match fate {
            Fate::Arrives(_) => {}
            Fate::Lost(_) => self.lost += 1,
            Fate::Cut(at) => self.cut.add(at, now),
            Fate::Crashed(at) => self.crashed.add(at, now),
        }
    }

    /// Number of copies in flight that will be cut off or meet a crashed node.
    pub(super) fn spoiled_under_way(&mut self, now: Instant) -> u64 {
        let under_way = [&mut self.cut, &mut self.crashed].map(|spoiled| {
            spoiled.arrive(now);
            spoiled.under_way.len() as u64
        });
        under_way.into_iter().sum()
    }

    /// Number of copies that wait or are in flight, if `taken` have been taken from inboxes.
    #[inline]
    pub(super) fn pending(&self, taken: u64) -> u64 {
        self.copies - self.spoiled - taken - self.reacted_to - self.forgotten
    }
}

impl Totals {
    /// Computes the totals of a run that covers the time before `before`.
    ///
    /// # Panics
    /// If copies were not conserved.
    pub(super) fn new(
        (end, before): (End, Instant),
        counts: &mut Counts,
        (messages, taken): (u64, u64),
        (waiting, mut in_flight): (u64, u64),
    ) -> Totals {
        for spoiled in [&mut counts.cut, &mut counts.crashed] {
            spoiled.arrive(before);
            in_flight += spoiled.under_way.len() as u64;
        }
        let totals = Totals {
            end,
            before,
            events: counts.events,
            messages,
            copies: counts.copies,
            duplicates: counts.duplicates,
            received: taken + counts.reacted_to,
            queued: waiting + counts.unhandled,
            in_flight,
            lost: counts.lost,
            cut: counts.cut.arrived,
            crashed: counts.crashed.arrived,
            forgotten: counts.forgotten,
        };
        assert_eq!(totals.accounted(), totals.copies, "messages were not conserved: {totals:?}");
        totals
    }

    /// Sum of the copies of all outcomes.
    pub fn accounted(&self) -> u64 {
        let gone = self.lost + self.cut + self.crashed + self.forgotten;
        self.received + self.queued + self.in_flight + gone
    }
}
