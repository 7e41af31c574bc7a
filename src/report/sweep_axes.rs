//! The free axes of a sweep's picture: names and positions of the values of its keys.

use std::collections::BTreeSet;

use super::chart::Axis;
use super::sweep_table::SweepRow;
use super::swept_values::{Scale, SweptValues, unquoted};

/// A swept axis that is not fixed.
#[derive(Clone, Copy)]
pub(super) struct FreeAxis<'a> {
    pub(super) keys: &'a [String],
    /// Index of its first value in a row.
    pub(super) start: usize,
}

impl<'a> FreeAxis<'a> {
    /// Returns the values of its keys, out of the values of all keys at a point.
    pub(super) fn values(self, point: &[String]) -> &[String] {
        &point[self.start..self.start + self.keys.len()]
    }

    /// Formats a position on the axis.
    pub(super) fn name(self, values: &[String]) -> String {
        let pair = |(key, value): (&String, &String)| format!("{key} = {}", unquoted(value));
        self.keys.iter().zip(values).map(pair).collect::<Vec<_>>().join(", ")
    }
}

/// Positions of the values on an axis.
pub(super) struct Layout<'a> {
    pub(super) axis: FreeAxis<'a>,
    /// Index of the key shown on the axis, among the axis's keys; `None` (all keys) if one alone is
    /// ambiguous.
    pub(super) key: Option<usize>,
    pub(super) values: SweptValues,
}

impl<'a> Layout<'a> {
    pub(super) fn of<'p>(
        axis: FreeAxis<'a>,
        key: usize,
        points: impl Iterator<Item = &'p [String]> + Clone,
    ) -> Layout<'a> {
        let all = points.map(|point| axis.values(point));
        let distinct: BTreeSet<&[String]> = all.clone().collect();
        let values = SweptValues::of(all.clone().map(|values| values[key].as_str()));
        if values.values.len() == distinct.len() {
            return Layout { axis, key: Some(key), values };
        }
        let names: Vec<String> = all.map(|values| axis.name(values)).collect();
        Layout { axis, key: None, values: SweptValues::of(names.iter().map(String::as_str)) }
    }

    pub(super) fn place(&self, row: &SweepRow) -> f64 {
        let values = self.axis.values(&row.values);
        let place = match self.key {
            Some(key) => self.values.place(&values[key]),
            None => self.values.place(&self.axis.name(values)),
        };
        place.unwrap_or(f64::NAN)
    }

    /// Returns the half width of an interval or a prediction at a point without neighbours.
    pub(super) fn reach_of_a_point(&self) -> f64 {
        match self.values.values[..] {
            [] => 0.0,
            [(_, 0.0)] => 0.05,
            [(_, only)] => only.abs() / 20.0,
            [(_, first), .., (_, last)] => (last - first).abs() / 50.0,
        }
    }

    pub(super) fn label(&self) -> String {
        match self.key {
            Some(key) => self.axis.keys[key].clone(),
            None => self.axis.keys.join(", "),
        }
    }

    /// Returns the axis of a line chart.
    pub(super) fn axis(&self) -> Axis {
        let (label, names) = (self.label(), self.values.names());
        match self.values.scale {
            Scale::Numbers => Axis { label, ..Axis::default() },
            Scale::Milliseconds => Axis { label: format!("{label} (ms)"), ..Axis::default() },
            Scale::Names => {
                let range = Some((0.5, names.len() as f64 + 0.5));
                Axis { label, categories: Some(names), range, ..Axis::default() }
            }
        }
    }
}
