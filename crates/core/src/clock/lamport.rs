//! Lamport's clock: a number that never runs against causality.
//!
//! L. Lamport, "Time, Clocks, and the Ordering of Events in a Distributed System", CACM 21(7),
//! 1978: rule IR1 is [`Lamport::step`], rule IR2 is [`Lamport::receive`].

/// A Lamport clock, 0 before the first event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Lamport(u64);

impl Lamport {
    /// What it shows.
    #[inline]
    pub fn value(self) -> u64 {
        self.0
    }

    /// Counts an event of the clock's own machine; returns what it shows after it.
    ///
    /// # Panics
    /// After 2⁶⁴ events.
    #[inline]
    pub fn step(&mut self) -> u64 {
        self.0 += 1;
        self.0
    }

    /// Counts the receipt of a message that carries `stamp`; returns what it shows after it.
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
