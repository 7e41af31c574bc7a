//! Time for which one of the fastest machines has the highest clock of all.

use crate::engine::time::Instant;

/// The highest clock so far, and whether one of the fastest machines has it.
#[derive(Debug)]
pub(super) struct Lead {
    /// The highest clock.
    pub(super) top: u64,
    /// Instant since which one of the fastest machines has it, if one has.
    since: Option<Instant>,
    /// Total of the earlier times for which one had it, in ns.
    ns: u64,
}

impl Default for Lead {
    /// All clocks are zero at the beginning.
    fn default() -> Lead {
        Lead { top: 0, since: Some(Instant::ZERO), ns: 0 }
    }
}

impl Lead {
    /// Updates with a clock that equals or exceeds the highest one.
    #[inline(always)]
    pub(super) fn add(&mut self, at: Instant, clock: u64, is_fastest: bool) {
        if is_fastest {
            self.since = self.since.or(Some(at));
        } else if clock > self.top
            && let Some(since) = self.since.take()
        {
            self.ns += at.saturating_since(since).as_ns();
        }
        self.top = clock;
    }

    /// Returns the time until `end` for which one of the fastest machines had the highest clock, in
    /// ns.
    pub(super) fn ns_until(&self, end: Instant) -> u64 {
        self.ns + self.since.map_or(0, |since| end.saturating_since(since).as_ns())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lead_is_lost_to_a_higher_clock_and_won_back_by_an_equal_one() {
        let mut lead = Lead::default();
        let mut add = |at, clock, is_fastest| lead.add(Instant::from_ns(at), clock, is_fastest);
        add(10, 1, true);
        add(20, 1, false);
        add(30, 2, false);
        add(35, 2, false);
        add(50, 2, true);
        add(60, 3, true);
        add(70, 4, false);
        assert_eq!(lead.ns_until(Instant::from_ns(65)), 30 + 20);
        assert_eq!(lead.ns_until(Instant::from_ns(100)), 30 + 20);
        lead.add(Instant::from_ns(90), 4, true);
        assert_eq!(lead.ns_until(Instant::from_ns(100)), 30 + 20 + 10);
    }
}
