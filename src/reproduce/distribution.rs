//! A metric over many seeds, beside the reported number.

use super::figures::{Figure, Relation};
use crate::statistics::{percentile_of, quantile};

/// What the simulated values of a figure come to; each is `None` where there is nothing to say.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize)]
pub struct Distribution {
    /// The runs that have a value.
    pub count: usize,
    /// The quantile of 1 %.
    pub low: Option<f64>,
    /// The quantile of 50 %.
    pub median: Option<f64>,
    /// The quantile of 99 %.
    pub high: Option<f64>,
    /// The percentile of the reported number, its equals counted half.
    pub percentile: Option<f64>,
    /// The share of runs in which a bound holds, from 0 to 1; `None` for anything but a bound.
    pub share: Option<f64>,
}

impl Distribution {
    /// Sums up simulated values, after rounding them as the figure is rounded.
    pub fn new(figure: &Figure, mut values: Vec<f64>) -> Distribution {
        let rounded = |value: &mut f64| *value = figure.round(*value);
        values.iter_mut().for_each(rounded);
        values.sort_unstable_by(f64::total_cmp);
        let count = values.len();
        if count == 0 {
            return Distribution::default();
        }
        let reported = figure.reported.as_ref().map(|reported| reported.value);
        let share = |holds: fn(&f64, &f64) -> bool| {
            let reported = reported?;
            let holding = values.iter().filter(|value| holds(value, &reported)).count();
            Some(holding as f64 / count as f64)
        };
        Distribution {
            count,
            low: Some(quantile(&values, 1)),
            median: Some(quantile(&values, 50)),
            high: Some(quantile(&values, 99)),
            percentile: reported.map(|reported| percentile_of(&values, reported)),
            share: match figure.relation {
                Relation::AtMost => share(f64::le),
                Relation::AtLeast => share(f64::ge),
                Relation::Equal | Relation::About => None,
            },
        }
    }

    /// Whether a number lies in the band from 1 % to 99 %.
    pub fn holds(&self, value: f64) -> bool {
        self.low.is_some_and(|low| low <= value) && self.high.is_some_and(|high| value <= high)
    }
}

#[cfg(test)]
mod tests {
    use super::super::figures::read_figures;
    use super::*;

    fn figure(rest: &str) -> Figure {
        let text = format!("config,machine,metric,relation,reported,claim\nexp4,1,{rest}\n");
        read_figures(&text).expect("a figure").remove(0)
    }

    #[test]
    fn a_reading_is_compared_with_rounded_values() {
        let values: Vec<f64> = (0..=100).map(|i| 1.0 + f64::from(i) / 1e5).collect();
        let found = Distribution::new(&figure("jump_mean,=,1.00,"), values);
        assert_eq!((found.low, found.high), (Some(1.0), Some(1.0)));
        assert_eq!(found.percentile, Some(50.0));
        assert!(found.holds(1.0) && !found.holds(1.01));
    }

    #[test]
    fn a_bound_has_a_share() {
        let values = vec![1.0, 3.0, 4.0, 5.0];
        let at_most = Distribution::new(&figure("queue_max,<=,3,no build-up"), values.clone());
        assert_eq!(at_most.share, Some(0.5));
        let at_least = Distribution::new(&figure("queue_final,>=,3,grows"), values.clone());
        assert_eq!(at_least.share, Some(0.75));
        assert_eq!(Distribution::new(&figure("queue_final,=,3,"), values).share, None);
    }

    #[test]
    fn no_values_say_nothing() {
        let found = Distribution::new(&figure("queue_max,<=,3,"), vec![]);
        assert_eq!(found, Distribution::default());
        assert!(!found.holds(3.0));
    }
}
