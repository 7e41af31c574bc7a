//! The distribution of a metric over many seeds, compared with the reported number.

use super::figures::{Figure, Relation};
use crate::statistics::{percentile_of, quantile};

/// Summary of the simulated values of a figure. A field is `None` where it is not defined.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize)]
pub struct Distribution {
    /// Number of runs that have a value.
    pub count: usize,
    /// 1 % quantile.
    pub low: Option<f64>,
    /// Median.
    pub median: Option<f64>,
    /// 99 % quantile.
    pub high: Option<f64>,
    /// Percentile rank of the reported number; equal values count half.
    pub percentile: Option<f64>,
    /// Share of runs in which a bound holds, from 0 to 1; `None` unless the figure is a bound.
    pub share: Option<f64>,
}

impl Distribution {
    /// Summarizes simulated values, after rounding them in the same way as the figure.
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

    /// Whether the verdict on a figure may depend on the choice of seeds: the reported number, or
    /// the share of runs in which a bound holds, is within 3 standard errors of a threshold of the
    /// verdict, with some runs on either side.
    pub fn is_at_an_edge(figure: &Figure, values: &[f64]) -> bool {
        let Some(reported) = figure.reported.as_ref().map(|reported| reported.value) else {
            return false;
        };
        let count = values.len() as f64;
        let share = |holds: fn(&f64, &f64) -> bool| {
            let holding = values.iter().filter(|value| holds(&figure.round(**value), &reported));
            holding.count() as f64 / count
        };
        let is_near = |share: f64, edge: f64| {
            let standard_error = (edge * (1.0 - edge) / count).sqrt();
            share > 0.0 && share < 1.0 && (share - edge).abs() < 3.0 * standard_error
        };
        match figure.relation {
            Relation::AtMost => [0.99, 0.5].into_iter().any(|edge| is_near(share(f64::le), edge)),
            Relation::AtLeast => [0.99, 0.5].into_iter().any(|edge| is_near(share(f64::ge), edge)),
            Relation::Equal => is_near(share(f64::le).min(share(f64::ge)), 0.01),
            Relation::About => false,
        }
    }

    /// Whether a number lies in the band from the 1 % to the 99 % quantile.
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
    fn a_number_near_the_end_of_its_band_is_at_an_edge() {
        let values: Vec<f64> = (0..1_000).map(f64::from).collect();
        for (reported, expected) in [
            ("-1", false),
            ("0", true),
            ("5", true),
            ("9", true),
            ("18", true),
            ("19", false),
            ("500", false),
        ] {
            let is_at_an_edge = |row: &str| Distribution::is_at_an_edge(&figure(row), &values);
            assert_eq!(is_at_an_edge(&format!("jump_max,=,{reported},")), expected, "{reported}");
            let above = 999 - reported.parse::<i32>().expect("a number");
            assert_eq!(is_at_an_edge(&format!("jump_max,=,{above},")), expected, "{reported}");
            assert!(!is_at_an_edge(&format!("jump_max,~,{reported},in words")));
        }
        for (bound, expected) in [("500", true), ("600", false), ("985", true), ("999", false)] {
            let found =
                Distribution::is_at_an_edge(&figure(&format!("jump_max,<=,{bound},x")), &values);
            assert_eq!(found, expected, "{bound}");
        }
        assert!(!Distribution::is_at_an_edge(&figure("jump_max,=,5,"), &[]));
    }

    #[test]
    fn no_values_say_nothing() {
        let found = Distribution::new(&figure("queue_max,<=,3,"), vec![]);
        assert_eq!(found, Distribution::default());
        assert!(!found.holds(3.0));
    }
}
