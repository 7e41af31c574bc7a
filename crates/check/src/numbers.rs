//! A compact set of mostly consecutive numbers, stored as a few ranges.

use std::collections::BTreeMap;

/// Numbers as disjoint, non-adjacent ranges: from the first number to the last.
#[derive(Debug, Default)]
pub(super) struct Numbers(BTreeMap<u64, u64>);

impl Numbers {
    /// Whether a number is in the set.
    pub(super) fn contains(&self, number: u64) -> bool {
        self.0.range(..=number).next_back().is_some_and(|(_, last)| number <= *last)
    }

    /// Inserts a number; returns whether it is new.
    pub(super) fn insert(&mut self, number: u64) -> bool {
        let below = self.0.range(..=number).next_back().map(|(first, last)| (*first, *last));
        if below.is_some_and(|(_, last)| number <= last) {
            return false;
        }
        let first = below.filter(|(_, last)| last + 1 == number).map_or(number, |(first, _)| first);
        let above = number.checked_add(1).and_then(|next| self.0.remove(&next));
        self.0.insert(first, above.unwrap_or(number));
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_become_one_range() {
        let mut numbers = Numbers::default();
        for number in [1, 2, 5, 4, 0, u64::MAX, 3, 9] {
            assert!(!numbers.contains(number));
            assert!(numbers.insert(number));
        }
        assert!([0, 3, 5, 9, u64::MAX].into_iter().all(|n| !numbers.insert(n)));
        assert!(!numbers.contains(6) && !numbers.contains(10));
        assert_eq!(numbers.0, BTreeMap::from([(0, 5), (9, 9), (u64::MAX, u64::MAX)]));
    }
}
