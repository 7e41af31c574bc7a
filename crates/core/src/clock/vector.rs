//! Vector clocks: the exact happens-before relation of events.
//!
//! C. Fidge, "Timestamps in Message-Passing Systems That Preserve the Partial Ordering", 1988;
//! F. Mattern, "Virtual Time and Global States of Distributed Systems", 1989.

/// Happens-before relation of two events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VectorOrder {
    /// The first happened before the second.
    Before,
    /// The second happened before the first.
    After,
    /// Both are the same event.
    Equal,
    /// Neither happened before the other.
    Concurrent,
}

/// Causal history of an event, as the number of known events of each machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VectorClock(Vec<u64>);

impl VectorClock {
    /// Creates the clock of `machines` machines before any event.
    pub fn new(machines: usize) -> VectorClock {
        VectorClock(vec![0; machines])
    }

    /// Number of known events of each machine.
    pub fn counts(&self) -> &[u64] {
        &self.0
    }

    /// Counts a local event of `machine`.
    pub fn step(&mut self, machine: usize) {
        self.0[machine] += 1;
    }

    /// Merges the causal history of `other`: the maximum for each machine.
    pub fn merge(&mut self, other: &VectorClock) {
        self.0.iter_mut().zip(&other.0).for_each(|(mine, theirs)| *mine = (*mine).max(*theirs));
    }

    /// Compares the event with this clock with the event with clock `other`.
    pub fn compare(&self, other: &VectorClock) -> VectorOrder {
        let below = self.0.iter().zip(&other.0).any(|(a, b)| a < b);
        let above = self.0.iter().zip(&other.0).any(|(a, b)| a > b);
        match (below, above) {
            (false, false) => VectorOrder::Equal,
            (true, false) => VectorOrder::Before,
            (false, true) => VectorOrder::After,
            (true, true) => VectorOrder::Concurrent,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_orders_what_was_concurrent() {
        let (mut a, mut b) = (VectorClock::new(2), VectorClock::new(2));
        a.step(0);
        b.step(1);
        assert_eq!(a.compare(&b), VectorOrder::Concurrent);
        b.merge(&a);
        b.step(1);
        assert_eq!(a.compare(&b), VectorOrder::Before);
        assert_eq!(b.compare(&a), VectorOrder::After);
        assert_eq!(b.counts(), [1, 2]);
    }
}
