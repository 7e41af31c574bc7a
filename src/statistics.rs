//! Statistics of many runs: mean, standard deviation, quantiles and confidence intervals.
//!
//! Values are sorted first, so the order in which runs end changes no bit of any sum.

use statrs::distribution::{ContinuousCDF, StudentsT};

/// Summary of a sample.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Summary {
    /// Number of values.
    pub count: u64,
    /// Mean of the values.
    pub mean: f64,
    /// Standard deviation of the sample (n − 1); `None` for a single value.
    pub sd: Option<f64>,
    /// The quantiles of [`QUANTILES`].
    pub quantiles: [f64; 5],
    /// 95 % confidence interval of the mean, exact if the means of such samples are normally
    /// distributed: mean ± t·sd/√n with Student's t; `None` for a single value.
    pub interval: Option<(f64, f64)>,
}

/// Quantiles of a [`Summary`], in percent.
pub const QUANTILES: [u64; 5] = [1, 5, 50, 95, 99];

/// Summarizes a sample, or returns `None` if it is empty. Sorts the values in place.
pub fn summary(values: &mut [f64]) -> Option<Summary> {
    values.sort_unstable_by(f64::total_cmp);
    let count = values.len();
    let n = count as f64;
    let first = *values.first()?;
    // Sums differences from one of the values: equal values have a deviation of exactly zero.
    let mean = first + values.iter().map(|value| value - first).sum::<f64>() / n;
    let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
    let sd = (count > 1).then(|| (squares / (n - 1.0)).sqrt());
    let interval = sd.and_then(|sd| mean_interval(mean, sd, n));
    let quantiles = QUANTILES.map(|percent| quantile(values, percent));
    Some(Summary { count: count as u64, mean, sd, quantiles, interval })
}

/// Returns the 95 % confidence interval of a mean of `n` values with this standard deviation:
/// mean ± t·sd/√n with Student's t; `None` for a single value.
pub fn mean_interval(mean: f64, sd: f64, n: f64) -> Option<(f64, f64)> {
    let t = StudentsT::new(0.0, 1.0, n - 1.0).ok()?.inverse_cdf(0.975);
    Some((mean - t * sd / n.sqrt(), mean + t * sd / n.sqrt()))
}

/// Returns the 95 % confidence interval of a proportion, if `share` of `count` samples was found:
/// Wilson's score interval, which is accurate near 0 and 1, too.
pub fn share_interval(share: f64, count: u64) -> (f64, f64) {
    // The 97.5 % quantile of the normal distribution.
    const Z: f64 = 1.959_963_984_540_054;
    let n = count as f64;
    let middle = share + Z * Z / (2.0 * n);
    let half = Z * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt();
    let whole = 1.0 + Z * Z / n;
    // At 0 and 1 the two parts are equal except for rounding.
    let low = if share > 0.0 { (middle - half) / whole } else { 0.0 };
    let high = if share < 1.0 { (middle + half) / whole } else { 1.0 };
    (low, high)
}

/// Returns a quantile of a sorted, non-empty sample: the smallest value that at least `percent` in
/// a hundred of the values do not exceed (the value of rank ⌈percent·n/100⌉).
pub fn quantile(sorted: &[f64], percent: u64) -> f64 {
    let rank = (percent as usize * sorted.len()).div_ceil(100).max(1);
    sorted[rank - 1]
}

/// Returns the percentile rank of `value` in a sorted sample: the share below it plus half of the
/// share equal to it, in percent.
pub fn percentile_of(sorted: &[f64], value: f64) -> f64 {
    let below = sorted.partition_point(|v| *v < value);
    let up_to = sorted.partition_point(|v| *v <= value);
    (below + up_to) as f64 * 50.0 / sorted.len() as f64
}

/// Formats a float for a cell of a CSV file: the shortest text that parses to the same number,
/// always with a point or an exponent, so that every cell of a column is recognized as a float.
pub fn float_cell(value: f64) -> String {
    format!("{value:?}")
}

/// Formats a number for a table: up to three decimals (one from 100 on), without trailing zeros.
pub fn number(value: f64) -> String {
    let text = if value.abs() >= 100.0 { format!("{value:.1}") } else { format!("{value:.3}") };
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_values_of_the_sample() {
        let sorted: Vec<f64> = (1..=200).map(f64::from).collect();
        assert_eq!(QUANTILES.map(|p| quantile(&sorted, p)), [2.0, 10.0, 100.0, 190.0, 198.0]);
        assert_eq!(quantile(&[7.0], 1), 7.0);
        assert_eq!(quantile(&[7.0, 8.0], 50), 7.0);
        assert_eq!(quantile(&[7.0, 8.0], 51), 8.0);
    }

    #[test]
    fn a_summary_by_hand() {
        let found = summary(&mut [4.0, 2.0, 9.0, 4.0, 5.0, 4.0, 7.0, 5.0]).expect("values");
        assert_eq!((found.count, found.mean), (8, 5.0));
        assert!((found.sd.expect("several") - (32.0f64 / 7.0).sqrt()).abs() < 1e-12);
        // t of 7 degrees of freedom at 97.5 %: 2.364624.
        let half = 2.364_624 * (32.0f64 / 7.0 / 8.0).sqrt();
        let (low, high) = found.interval.expect("several");
        assert!((low - (5.0 - half)).abs() < 1e-5 && (high - (5.0 + half)).abs() < 1e-5);
        assert_eq!(summary(&mut []), None);
        let one = summary(&mut [3.0]).expect("a value");
        assert_eq!((one.sd, one.interval), (None, None));
    }

    #[test]
    fn equal_values_have_no_spread() {
        let found = summary(&mut [0.1; 1_000]).expect("values");
        assert_eq!((found.mean, found.sd), (0.1, Some(0.0)));
    }

    #[test]
    fn the_interval_of_a_share_stays_within_0_and_1() {
        let near = |(low, high): (f64, f64), expected: (f64, f64)| {
            assert!((low - expected.0).abs() < 5e-5 && (high - expected.1).abs() < 5e-5);
        };
        // By hand: (0.5 + 0.19207) / 1.38415 less and plus 1.96·√(0.025 + 0.0096036) / 1.38415.
        near(share_interval(0.5, 10), (0.2366, 0.7634));
        near(share_interval(1.0, 100), (0.9630, 1.0));
        near(share_interval(0.0, 100), (0.0, 0.0370));
    }

    #[test]
    fn the_percentile_of_a_value_counts_its_equals_half() {
        let sorted = [1.0, 2.0, 2.0, 3.0];
        assert_eq!(percentile_of(&sorted, 2.0), 50.0);
        assert_eq!(percentile_of(&sorted, 0.0), 0.0);
        assert_eq!(percentile_of(&sorted, 2.5), 75.0);
    }

    #[test]
    fn a_float_never_looks_like_an_integer() {
        let texts = [(0.0, "0.0"), (-3.0, "-3.0"), (0.25, "0.25"), (1e16, "1e16"), (1e-7, "1e-7")];
        for (value, text) in texts {
            assert_eq!(float_cell(value), text);
        }
    }

    #[test]
    fn numbers_are_short() {
        for (value, text) in [(0.0, "0"), (-0.0001, "0"), (2.0, "2"), (1.0 / 3.0, "0.333")] {
            assert_eq!(number(value), text);
        }
        assert_eq!(number(1234.56), "1234.6");
    }
}
