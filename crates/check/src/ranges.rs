//! Sets of integers as ranges, and the possible sums of a subset of many numbers.

use std::collections::BTreeMap;

/// Maximum number of separate ranges; a history with more possible values is not checked.
pub(super) const RANGES_MAX: usize = 100_000;

/// Integers as disjoint, non-adjacent inclusive ranges in ascending order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Ranges(Vec<(i128, i128)>);

impl Ranges {
    /// Returns all sums of `base` and a subset of `deltas`; `None` if there are too many ranges, or
    /// a sum exceeds 128 bits.
    pub(super) fn sums(base: i128, deltas: impl Iterator<Item = i128>) -> Option<Ranges> {
        let mut counts: BTreeMap<i128, i128> = BTreeMap::new();
        deltas.filter(|delta| *delta != 0).for_each(|d| *counts.entry(d).or_default() += 1);
        let mut counts: Vec<(i128, i128)> = counts.into_iter().collect();
        // Small ones first: they close gaps, which keeps the number of ranges small throughout.
        counts.sort_by_key(|(delta, _)| delta.unsigned_abs());
        let mut ranges = Ranges(vec![(base, base)]);
        for (delta, mut count) in counts {
            // A subset of n equal ones is a subset of groups of 1, 2, 4, … and the rest.
            let mut step = 1;
            while count > 0 {
                let taken = step.min(count);
                ranges = ranges.or_plus(taken.checked_mul(delta)?)?;
                count -= taken;
                step *= 2;
            }
        }
        Some(ranges)
    }

    /// Returns the union of these numbers and the same plus `delta`.
    fn or_plus(&self, delta: i128) -> Option<Ranges> {
        let mut both = self.0.clone();
        for (least, greatest) in &self.0 {
            both.push((least.checked_add(delta)?, greatest.checked_add(delta)?));
        }
        both.sort_unstable();
        let mut merged: Vec<(i128, i128)> = Vec::with_capacity(both.len());
        for (least, greatest) in both {
            match merged.last_mut() {
                Some(last) if least <= last.1.saturating_add(1) => last.1 = last.1.max(greatest),
                _ => merged.push((least, greatest)),
            }
        }
        (merged.len() <= RANGES_MAX).then_some(Ranges(merged))
    }

    /// Whether a number is in the set.
    pub(super) fn contain(&self, number: i128) -> bool {
        let after = self.0.partition_point(|(least, _)| *least <= number);
        after > 0 && number <= self.0[after - 1].1
    }

    /// Returns the ranges.
    pub(super) fn as_slice(&self) -> &[(i128, i128)] {
        &self.0
    }

    /// Formats the ranges: `5`, `95 to 101`, `0 or 3 to 7`; of many the first few.
    pub(super) fn in_words(&self) -> String {
        const SHOWN: usize = 4;
        let one = |(least, greatest): &(i128, i128)| match least == greatest {
            true => least.to_string(),
            false => format!("{least} to {greatest}"),
        };
        let mut words: Vec<String> = self.0.iter().take(SHOWN).map(one).collect();
        if self.0.len() > SHOWN {
            words.push(format!("{} further ranges", self.0.len() - SHOWN));
        }
        words.join(" or ")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn neighbours_are_merged() {
        let ranges = Ranges::sums(10, [3, 1, 0, 1].into_iter()).expect("few");
        assert_eq!(ranges.as_slice(), [(10, 15)]);
        let ranges = Ranges::sums(0, [-5, 2].into_iter()).expect("few");
        assert_eq!(ranges.in_words(), "-5 or -3 or 0 or 2");
    }

    #[test]
    fn numbers_of_any_size_and_many_of_them_are_fine() {
        let ends = [i64::MAX, i64::MIN].map(i128::from).into_iter().cycle().take(2000);
        assert!(Ranges::sums(0, ends).is_some_and(|ranges| ranges.contain(-1000)));
        let small = (0..100_000).map(|n| n % 10 - 5);
        assert_eq!(Ranges::sums(0, small).map(|ranges| ranges.as_slice().len()), Some(1));
        assert_eq!(Ranges::sums(0, (1..60).map(|n| 1 << n)), None);
    }

    proptest! {
        #[test]
        fn sums_are_those_of_all_choices(
            base in -20..20i64,
            deltas in prop::collection::vec(-30..30i64, 0..9),
        ) {
            let mut sums = BTreeSet::from([i128::from(base)]);
            for delta in &deltas {
                sums.extend(sums.clone().iter().map(|sum| sum + i128::from(*delta)));
            }
            let deltas = deltas.into_iter().map(i128::from);
            let ranges = Ranges::sums(i128::from(base), deltas).expect("few");
            for number in -400..400 {
                prop_assert_eq!(ranges.contain(number), sums.contains(&number), "{}", number);
            }
        }
    }
}
