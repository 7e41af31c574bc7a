//! The exact sums of one measure over many runs: integers, which merge in any order to the same.
//!
//! A measure that is a whole number is summed as it is. Any other is rounded for each run to a
//! multiple of 10⁻⁹, half away from zero, and summed in these units. Values beyond the range of 64
//! bits (9.2·10⁹ for those with a fraction) count as its ends.

use serde::{Deserialize, Serialize};

use super::histogram::Histogram;
use super::wide::Wide;
use crate::statistics::{QUANTILES, Summary, mean_interval};
use crate::sweep::columns::ColumnKind;

/// Number of units in 1, for measures that are no whole numbers.
pub const UNITS: i64 = 1_000_000_000;

/// Exact sums of the values of one measure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sum {
    /// Number of values.
    pub count: u64,
    /// Sum of the values, in units.
    pub sum: i128,
    /// Sum of their squares, in squares of units.
    pub squares: Wide,
    /// Smallest value, in units.
    pub min: i64,
    /// Largest value, in units.
    pub max: i64,
    /// Counts of the values.
    pub histogram: Histogram,
}

/// Returns the number of units in 1, for measures of a kind.
pub(super) fn units(kind: ColumnKind) -> i64 {
    match kind {
        ColumnKind::Integer => 1,
        ColumnKind::Real | ColumnKind::Text => UNITS,
    }
}

/// Returns a value in units. Not a number is no value.
pub(super) fn fixed(value: f64, kind: ColumnKind) -> Option<i64> {
    // The conversion of floats to integers saturates.
    (!value.is_nan()).then(|| (value * units(kind) as f64).round() as i64)
}

impl Sum {
    /// Returns the sums of one value, in units.
    pub(super) fn of(value: i64) -> Sum {
        let mut histogram = Histogram::default();
        histogram.add(value);
        let size = value.unsigned_abs().into();
        let squares = Wide::product(size, size);
        Sum { count: 1, sum: value.into(), squares, min: value, max: value, histogram }
    }

    /// Adds a value, in units.
    pub(super) fn add(&mut self, value: i64) {
        self.count += 1;
        self.sum += i128::from(value);
        let size = value.unsigned_abs().into();
        self.squares = self.squares.plus(Wide::product(size, size));
        self.min = self.min.min(value);
        self.max = self.max.max(value);
        self.histogram.add(value);
    }

    /// Adds all values of another sum.
    pub(super) fn merge(&mut self, other: &Sum) {
        self.count += other.count;
        self.sum += other.sum;
        self.squares = self.squares.plus(other.squares);
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
        self.histogram.merge(&other.histogram);
    }

    /// Returns the statistics of the values: mean and deviation from the exact sums, rounded at
    /// their end; quantiles from the histogram.
    pub(super) fn summary(&self, kind: ColumnKind) -> Summary {
        let (n, units) = (self.count as f64, units(kind) as f64);
        let mean = self.sum as f64 / n / units;
        let sd = (self.count > 1).then(|| {
            // n·Σx² − (Σx)², which is n·(n − 1) times the variance.
            let size = self.sum.unsigned_abs();
            let spread = self.squares.times(self.count).minus(Wide::product(size, size));
            (spread.to_f64() / (n * (n - 1.0))).sqrt() / units
        });
        let quantile = |percent: u64| {
            let rank = (u128::from(percent) * u128::from(self.count)).div_ceil(100).max(1);
            let value = self.histogram.at_rank(rank as u64).clamp(self.min, self.max);
            value as f64 / units
        };
        let interval = sd.and_then(|sd| mean_interval(mean, sd, n));
        Summary { count: self.count, mean, sd, quantiles: QUANTILES.map(quantile), interval }
    }
}

/// Merges the sums of a point's measures, by their numbers.
pub(super) fn merge_all(sums: &mut Vec<Option<Sum>>, others: Vec<Option<Sum>>) {
    if sums.len() < others.len() {
        sums.resize(others.len(), None);
    }
    for (sum, other) in sums.iter_mut().zip(others) {
        match (sum, other) {
            (Some(sum), Some(other)) => sum.merge(&other),
            (sum @ None, other) => *sum = other,
            (Some(_), None) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::summary;

    #[test]
    fn the_statistics_are_those_of_the_values() {
        let values: Vec<f64> = (0..200).map(|n| f64::from(n * n % 37) - 11.0).collect();
        let mut sums = Sum::of(fixed(values[0], ColumnKind::Real).expect("a number"));
        for value in &values[1..] {
            sums.add(fixed(*value, ColumnKind::Real).expect("a number"));
        }
        let expected = summary(&mut values.clone()).expect("values");
        let found = sums.summary(ColumnKind::Real);
        assert_eq!((found.count, found.quantiles), (expected.count, expected.quantiles));
        let near = |a: f64, b: f64| assert!((a - b).abs() < 1e-12 * b.abs(), "{a} {b}");
        near(found.mean, expected.mean);
        near(found.sd.expect("several"), expected.sd.expect("several"));
    }

    #[test]
    fn equal_values_have_no_spread_and_huge_ones_saturate() {
        let value = fixed(0.1, ColumnKind::Real).expect("a number");
        let mut sums = Sum::of(value);
        (1..1_000).for_each(|_| sums.add(value));
        let found = sums.summary(ColumnKind::Real);
        assert_eq!((found.mean, found.sd), (0.1, Some(0.0)));
        assert_eq!(fixed(1e300, ColumnKind::Real), Some(i64::MAX));
        assert_eq!(fixed(f64::NAN, ColumnKind::Real), None);
        assert_eq!(fixed(0.000_000_001_5, ColumnKind::Real), Some(2));
    }
}
