//! Exact histogram of integers, compact for small ones.

use std::collections::BTreeMap;

/// Largest value that is counted in an array; larger ones are in a map.
const SMALL_MAX: u64 = 1_024;

/// Number of occurrences of each integer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Histogram {
    small: Vec<u64>,
    large: BTreeMap<u64, u64>,
}

impl Histogram {
    /// Counts one occurrence of `value`.
    #[inline(always)]
    pub fn add(&mut self, value: u64) {
        match self.small.get_mut(value as usize) {
            Some(count) => *count += 1,
            None => self.add_many(value, 1),
        }
    }

    /// Counts `count` occurrences of `value`.
    #[cold]
    pub fn add_many(&mut self, value: u64, count: u64) {
        if value > SMALL_MAX {
            *self.large.entry(value).or_default() += count;
            return;
        }
        let place = value as usize;
        if place >= self.small.len() {
            self.small.resize(place + 1, 0);
        }
        self.small[place] += count;
    }

    /// Returns the values that occurred with their counts, in ascending order.
    pub fn counts(&self) -> impl Iterator<Item = (u64, u64)> {
        let small = (0..).zip(self.small.iter().copied()).filter(|(_, count)| *count > 0);
        small.chain(self.large.iter().map(|(value, count)| (*value, *count)))
    }

    /// Adds all counts of `other`.
    pub fn merge(&mut self, other: &Histogram) {
        other.counts().for_each(|(value, count)| self.add_many(value, count));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_and_large_values_come_out_in_order() {
        let mut histogram = Histogram::default();
        [5, 1, 1, 90_000, 1_024, 1_025].into_iter().for_each(|value| histogram.add(value));
        let counts: Vec<_> = histogram.counts().collect();
        assert_eq!(counts, [(1, 2), (5, 1), (1_024, 1), (1_025, 1), (90_000, 1)]);
    }
}
