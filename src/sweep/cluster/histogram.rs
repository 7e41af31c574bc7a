//! Histograms with exact counts, which merge in any order to the same one.
//!
//! Up to 256 distinct values are kept as they are. Beyond, values are counted in
//! buckets: 64 for each power of two, so that a bucket is at most 1/64 of its values wide. Which of
//! the two it is depends on the set of all values alone, and not on the order of additions.

use serde::{Deserialize, Serialize};

/// Maximum number of distinct values that are kept as they are.
pub(super) const DISTINCT_MAX: usize = 256;

/// Number of buckets for each power of two.
const PER_OCTAVE: u64 = 64;
/// Its logarithm.
const BITS: u32 = 6;

/// Values, or numbers of buckets, with their counts, in ascending order.
type Counts = Vec<(i64, u64)>;

/// Counts of values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Flat", into = "Flat")]
pub enum Histogram {
    /// Counts of values.
    Values(Counts),
    /// Counts of values by the numbers of their buckets.
    Buckets(Counts),
}

impl Default for Histogram {
    fn default() -> Histogram {
        Histogram::Values(vec![])
    }
}

/// The form in files: each value, or bucket, as the difference from the one before, then its count.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Flat {
    Values(Vec<i64>),
    Buckets(Vec<i64>),
}

impl From<Histogram> for Flat {
    fn from(histogram: Histogram) -> Flat {
        let flat = |counts: Counts| {
            let mut last = 0i64;
            let mut flat = Vec::with_capacity(2 * counts.len());
            for (at, count) in counts {
                flat.extend([at.wrapping_sub(last), count.cast_signed()]);
                last = at;
            }
            flat
        };
        match histogram {
            Histogram::Values(counts) => Flat::Values(flat(counts)),
            Histogram::Buckets(counts) => Flat::Buckets(flat(counts)),
        }
    }
}

impl From<Flat> for Histogram {
    fn from(flat: Flat) -> Histogram {
        let counts = |flat: Vec<i64>| {
            let mut last = 0i64;
            let pairs = flat.chunks_exact(2).map(|pair| {
                last = last.wrapping_add(pair[0]);
                (last, pair[1].cast_unsigned())
            });
            pairs.collect()
        };
        match flat {
            Flat::Values(flat) => Histogram::Values(counts(flat)),
            Flat::Buckets(flat) => Histogram::Buckets(counts(flat)),
        }
    }
}

impl Histogram {
    /// Counts a value.
    pub fn add(&mut self, value: i64) {
        match self {
            Histogram::Values(counts) => {
                count(counts, value);
                self.limit();
            }
            Histogram::Buckets(counts) => count(counts, bucket(value)),
        }
    }

    /// Adds all counts of another histogram.
    pub fn merge(&mut self, other: &Histogram) {
        let own = std::mem::take(self);
        *self = match (own, other) {
            (Histogram::Values(own), Histogram::Values(other)) => {
                Histogram::Values(merged(&own, other))
            }
            (Histogram::Buckets(own), Histogram::Buckets(other)) => {
                Histogram::Buckets(merged(&own, other))
            }
            (Histogram::Buckets(own), Histogram::Values(other)) => {
                Histogram::Buckets(merged(&own, &in_buckets(other)))
            }
            (Histogram::Values(own), Histogram::Buckets(other)) => {
                Histogram::Buckets(merged(&in_buckets(&own), other))
            }
        };
        self.limit();
    }

    /// Goes over to buckets if there are too many distinct values.
    fn limit(&mut self) {
        if let Histogram::Values(counts) = self
            && counts.len() > DISTINCT_MAX
        {
            *self = Histogram::Buckets(in_buckets(counts));
        }
    }

    /// Returns the value of this rank, counted from 1, in the order of the values: of a bucket its
    /// middle. Returns zero for an empty histogram.
    pub fn at_rank(&self, rank: u64) -> i64 {
        let (counts, value): (_, fn(i64) -> i64) = match self {
            Histogram::Values(counts) => (counts, |value| value),
            Histogram::Buckets(counts) => (counts, middle),
        };
        let mut seen = 0;
        let found = counts.iter().find(|(_, count)| {
            seen += *count;
            seen >= rank
        });
        found.or(counts.last()).map_or(0, |(at, _)| value(*at))
    }
}

/// Adds 1 to the count of a value or bucket.
fn count(counts: &mut Counts, at: i64) {
    match counts.binary_search_by_key(&at, |(at, _)| *at) {
        Ok(place) => counts[place].1 += 1,
        Err(place) => counts.insert(place, (at, 1)),
    }
}

/// Returns the sums of two counts.
fn merged(a: &[(i64, u64)], b: &[(i64, u64)]) -> Counts {
    let mut all = Counts::with_capacity(a.len().max(b.len()));
    let (mut a, mut b) = (a.iter().peekable(), b.iter().peekable());
    while let (Some((x, n)), Some((y, m))) = (a.peek(), b.peek()) {
        all.push(match x.cmp(y) {
            std::cmp::Ordering::Less => (*x, *n),
            std::cmp::Ordering::Equal => (*x, n + m),
            std::cmp::Ordering::Greater => (*y, *m),
        });
        let (is_a, is_b) = (x <= y, y <= x);
        a.next_if(|_| is_a);
        b.next_if(|_| is_b);
    }
    all.extend(a.chain(b));
    all
}

/// Returns counts of values by their buckets.
fn in_buckets(values: &[(i64, u64)]) -> Counts {
    let mut buckets = Counts::new();
    for (value, count) in values {
        let number = bucket(*value);
        match buckets.last_mut() {
            Some((last, sum)) if *last == number => *sum += count,
            _ => buckets.push((number, *count)),
        }
    }
    buckets
}

/// Returns the number of a value's bucket. Those of negative values are negative.
fn bucket(value: i64) -> i64 {
    let size = value.unsigned_abs();
    let number = match size {
        0..PER_OCTAVE => size,
        _ => {
            let exponent = size.ilog2();
            let within = (size >> (exponent - BITS)) & (PER_OCTAVE - 1);
            u64::from(exponent - BITS + 1) * PER_OCTAVE + within
        }
    };
    if value < 0 { -number.cast_signed() } else { number.cast_signed() }
}

/// Returns the middle of a bucket.
fn middle(bucket: i64) -> i64 {
    let number = bucket.unsigned_abs();
    let size = match number {
        0..PER_OCTAVE => number,
        _ => {
            let shift = (number / PER_OCTAVE - 1).min(57) as u32;
            let low = (PER_OCTAVE + number % PER_OCTAVE) << shift;
            low.saturating_add(((1u64 << shift) - 1) / 2)
        }
    };
    let size = i64::try_from(size).unwrap_or(i64::MAX);
    if bucket < 0 { -size } else { size }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_is_at_most_a_64th_wide() {
        for value in [0, 1, 63, 64, 65, 127, 128, 1_000, 123_456_789, i64::MAX, -1, -500, i64::MIN]
        {
            let found = middle(bucket(value));
            let off = (i128::from(found) - i128::from(value)).unsigned_abs();
            assert!(off * 128 <= u128::from(value.unsigned_abs()), "{value}: {found}");
        }
        let numbers: Vec<i64> = (-2_000..2_000).map(bucket).collect();
        assert!(numbers.is_sorted());
    }

    #[test]
    fn the_order_of_additions_and_merges_changes_nothing() {
        let values: Vec<i64> = (0..3_000).map(|n: i64| n * n * 31 % 1_009 - 200).collect();
        let of = |values: &[i64]| {
            let mut histogram = Histogram::default();
            values.iter().for_each(|value| histogram.add(*value));
            histogram
        };
        let all = of(&values);
        assert!(matches!(all, Histogram::Buckets(_)));
        for parts in [2, 7, 100, 3_000] {
            let mut merged = Histogram::default();
            for part in values.chunks(values.len().div_ceil(parts)).rev() {
                merged.merge(&of(part));
            }
            assert_eq!(merged, all, "{parts} parts");
        }
        let text = serde_json::to_string(&all).expect("a text");
        assert_eq!(serde_json::from_str::<Histogram>(&text).expect("a histogram"), all);
    }

    #[test]
    fn few_values_are_exact() {
        let mut histogram = Histogram::default();
        [5_000_001, -3, 7, 7].iter().for_each(|value| histogram.add(*value));
        assert_eq!([1, 2, 3, 4].map(|rank| histogram.at_rank(rank)), [-3, 7, 7, 5_000_001]);
    }
}
