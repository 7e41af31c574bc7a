//! Vector clocks: exactly which events happened before which.
//!
//! C. Fidge, "Timestamps in Message-Passing Systems That Preserve the Partial Ordering", 1988;
//! F. Mattern, "Virtual Time and Global States of Distributed Systems", 1989.

/// How two events stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VectorOrder {
    /// The first happened before the second.
    Before,
    /// The second happened before the first.
    After,
    /// They are the same.
    Equal,
    /// Neither happened before the other.
    Concurrent,
}

/// For each machine the number of its events that are known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VectorClock(Vec<u64>);

impl VectorClock {
    /// The clock of `machines` machines before any event.
    pub fn new(machines: usize) -> VectorClock {
        VectorClock(vec![0; machines])
    }

    /// For each machine how many of its events are known.
    pub fn counts(&self) -> &[u64] {
        &self.0
    }

    /// Counts an event of `machine`.
    pub fn step(&mut self, machine: usize) {
        self.0[machine] += 1;
    }

    /// Learns all that `other` knows.
    pub fn merge(&mut self, other: &VectorClock) {
        self.0.iter_mut().zip(&other.0).for_each(|(mine, theirs)| *mine = (*mine).max(*theirs));
    }

    /// How the event with this clock stands to the one with the other.
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
