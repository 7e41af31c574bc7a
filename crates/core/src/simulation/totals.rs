//! What became of all messages of a run, and the proof that none vanished.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::engine::limits::End;
use crate::engine::time::Instant;
use crate::network::Fate;

/// What a run came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Totals {
    /// Why it ended.
    pub end: End,
    /// The end of the time it covers.
    pub before: Instant,
    /// Turns that nodes took.
    pub events: u64,
    /// Messages sent; one to several nodes counts once.
    pub messages: u64,
    /// Copies sent: one for each addressee, and the network's duplicates.
    pub copies: u64,
    /// Copies that the network made on its own.
    pub duplicates: u64,
    /// Copies that a node took or reacted to.
    pub received: u64,
    /// Copies that arrived and wait.
    pub queued: u64,
    /// Copies under way.
    pub in_flight: u64,
    /// Copies lost by chance.
    pub lost: u64,
    /// Copies cut off by a partition.
    pub cut: u64,
    /// Copies that arrived at a node that was down.
    pub crashed: u64,
    /// Copies that had arrived and were forgotten in a crash.
    pub forgotten: u64,
}

/// What is counted while a run goes on.
#[derive(Debug, Default)]
pub(super) struct Counts {
    pub(super) events: u64,
    pub(super) copies: u64,
    pub(super) duplicates: u64,
    /// Copies that have never arrived, and never will.
    spoiled: u64,
    pub(super) reacted_to: u64,
    pub(super) forgotten: u64,
    /// Copies that have arrived at a reacting node when a limit ended the run.
    pub(super) unhandled: u64,
    lost: u64,
    /// Copies that were cut off or met a crashed node by now, and those for which that lies ahead.
    cut: Spoiled,
    crashed: Spoiled,
}

/// Copies that are spoiled at their arrival.
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

    /// Counts what has arrived before `before`.
    fn arrive(&mut self, before: Instant) {
        while self.under_way.peek().is_some_and(|Reverse(at)| *at < before) {
            self.under_way.pop();
            self.arrived += 1;
        }
    }
}

impl Counts {
    /// Counts a turn. Beyond those that start nodes there are never more than `limits.events`.
    #[inline(always)]
    pub(super) fn note_callback(&mut self) {
        self.events = self.events.wrapping_add(1);
    }

    /// Counts a copy and what becomes of it.
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

    /// Copies under way that will be cut off or meet a crashed node.
    pub(super) fn spoiled_under_way(&mut self, now: Instant) -> u64 {
        let under_way = [&mut self.cut, &mut self.crashed].map(|spoiled| {
            spoiled.arrive(now);
            spoiled.under_way.len() as u64
        });
        under_way.into_iter().sum()
    }

    /// Copies that wait or are under way, when `taken` have been taken from inboxes.
    #[inline]
    pub(super) fn pending(&self, taken: u64) -> u64 {
        self.copies - self.spoiled - taken - self.reacted_to - self.forgotten
    }
}

impl Totals {
    /// Adds up a run that covers the time before `before`.
    ///
    /// # Panics
    /// If a copy has vanished or come from nowhere.
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

    /// All copies of which it is known what became of them.
    pub fn accounted(&self) -> u64 {
        let gone = self.lost + self.cut + self.crashed + self.forgotten;
        self.received + self.queued + self.in_flight + gone
    }
}
