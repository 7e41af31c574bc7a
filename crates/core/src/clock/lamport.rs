//! Lamport clock: a counter that respects happens-before.
//!
//! If event a happened before event b, then the clock of a is smaller than that of b. The converse
//! does not hold: concurrent events are ordered, too.
//!
//! L. Lamport, "Time, Clocks, and the Ordering of Events in a Distributed System", CACM 21(7),
//! 1978: rule IR1 is [`Lamport::step`], rule IR2 is [`Lamport::receive`].

/// A Lamport clock, 0 before the first event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Lamport(u64);

impl Lamport {
    /// Returns the current value.
    #[inline]
    pub fn value(self) -> u64 {
        self.0
    }

    /// Counts a local event and returns the value after it.
    ///
    /// # Panics
    /// After 2⁶⁴ events.
    #[inline]
    pub fn step(&mut self) -> u64 {
        self.0 += 1;
        self.0
    }

    /// Counts the receipt of a message with timestamp `stamp` and returns the value after it.
    ///
    /// # Panics
    /// After 2⁶⁴ events.
    #[inline]
    pub fn receive(&mut self, stamp: u64) -> u64 {
        self.0 = self.0.max(stamp) + 1;
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receipt_goes_beyond_both_clocks() {
        let mut clock = Lamport::default();
        assert_eq!(clock.step(), 1);
        assert_eq!(clock.receive(7), 8);
        assert_eq!(clock.receive(3), 9);
    }
}
