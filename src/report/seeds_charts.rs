//! The distribution of a measure over seeds: a histogram, the shares up to each value, and boxes.

use super::chart::{Axis, Bars, Boxed, Chart, Ink, Key, Line, Mark, Panel};
use super::labels::{NAME_MAX, fitting, short};
use super::seeds_table::SeedsTable;
use super::sweep_table::{Owner, SweepError};
use super::units::{measure_label, measure_words};

/// A chart of the runs at one point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SeedsChart {
    /// All of the others.
    All,
    /// Number of runs by groups of values.
    Histogram,
    /// Share of the runs up to each value.
    Ecdf,
    /// Quartiles, median and extremes.
    Box,
}

/// Maximum number of owners of a measure.
const OWNERS_MAX: usize = 12;

/// Maximum number of groups of a histogram.
const GROUPS_MAX: usize = 40;

/// Maximum number of points of a curve.
const CURVE_MAX: usize = 1_000;

/// Draws the values of a measure; `name` identifies the sweep, `machine` chooses an owner.
///
/// # Errors
/// If there is no such owner.
pub fn draw_seeds(
    table: &SeedsTable,
    name: &str,
    machine: Option<&str>,
    kind: SeedsChart,
) -> Result<Chart, SweepError> {
    let is_meant = |owner: &Owner| machine.is_none_or(|m| m == "all" || owner.to_string() == m);
    let owners: Vec<Owner> =
        table.values.keys().copied().filter(is_meant).take(OWNERS_MAX).collect();
    if owners.is_empty() {
        let known: Vec<String> = table.values.keys().map(Owner::to_string).collect();
        let asked = machine.unwrap_or("all");
        let what = format!("machine `{asked}` with the measure {}", table.measure);
        return Err(SweepError::unknown(&what, asked, &known));
    }
    let view = View { table, owners };
    let panels = match kind {
        SeedsChart::All => vec![view.histogram(), view.ecdf(), view.boxes()],
        SeedsChart::Histogram => vec![view.histogram()],
        SeedsChart::Ecdf => vec![view.ecdf()],
        SeedsChart::Box => vec![view.boxes()],
    };
    let key = |(place, owner): (usize, &Owner)| Key {
        name: owner_words(*owner),
        ink: Ink::of(place),
        mark: if kind == SeedsChart::Ecdf { Mark::Line } else { Mark::Bar },
    };
    let legend = match view.owners.len() {
        1 => Vec::new(),
        _ => view.owners.iter().enumerate().map(key).collect(),
    };
    let title = format!("{}: {}", fitting(name, NAME_MAX), measure_words(&table.measure));
    Ok(Chart { title, panels, legend, caption: view.caption() })
}

fn owner_words(owner: Owner) -> String {
    match owner {
        Owner::Machine(number) => format!("machine {number}"),
        Owner::Run => "run".to_owned(),
    }
}

struct View<'a> {
    table: &'a SeedsTable,
    owners: Vec<Owner>,
}

impl View<'_> {
    fn values(&self, owner: Owner) -> &[f64] {
        self.table.values.get(&owner).map(Vec::as_slice).unwrap_or_default()
    }

    fn label(&self) -> Axis {
        Axis { label: measure_label(&self.table.measure), ..Axis::default() }
    }

    fn caption(&self) -> Vec<String> {
        let runs = self.table.runs.values().copied().max().unwrap_or(0);
        let mut caption = vec![match runs {
            1 => "1 seed".to_owned(),
            runs => format!("{runs} seeds"),
        }];
        if !self.table.verdicts.is_empty() {
            let count = |(verdict, count): (&String, &usize)| format!("{count} {verdict}");
            let counts: Vec<String> = self.table.verdicts.iter().map(count).collect();
            caption[0] += &format!("; verdicts: {}", counts.join(", "));
        }
        for owner in &self.owners {
            let values = self.values(*owner);
            let [low, _, median, _, high] = five(values);
            let mean = values.iter().sum::<f64>() / values.len().max(1) as f64;
            let lacking = self.table.runs.get(owner).copied().unwrap_or(0) - values.len();
            let lacking = match lacking {
                0 => String::new(),
                lacking => format!("; missing in {lacking} runs"),
            };
            caption.push(format!(
                "{}: median {}, mean {}, {} to {}{lacking}",
                owner_words(*owner),
                short(median),
                short(mean),
                short(low),
                short(high),
            ));
        }
        caption
    }

    fn histogram(&self) -> Panel {
        let all = || self.owners.iter().flat_map(|owner| self.values(*owner)).copied();
        let (low, high) =
            (all().fold(f64::INFINITY, f64::min), all().fold(f64::NEG_INFINITY, f64::max));
        let most = self.owners.iter().map(|owner| self.values(*owner).len()).max().unwrap_or(1);
        let whole = all().all(|value| value.fract() == 0.0);
        let rough = (libm::sqrt(most as f64).ceil() as usize).clamp(5, GROUPS_MAX);
        let mut width = (high - low) / rough as f64;
        if whole {
            // Groups of whole numbers have as many numbers each.
            width = width.ceil().max(1.0);
        }
        if width <= 0.0 {
            width = 1.0;
        }
        let start = if whole { low - 0.5 } else { low };
        let groups = (((high - start) / width).floor() as usize + 1).min(GROUPS_MAX + 2);
        let bar = width * 0.92 / self.owners.len() as f64;
        let bars = self.owners.iter().enumerate().map(|(place, owner)| {
            let mut counts = vec![0_usize; groups];
            for value in self.values(*owner) {
                counts[(((value - start) / width) as usize).min(groups - 1)] += 1;
            }
            let of_group = |(group, count): (usize, &usize)| {
                let from = start + width * (group as f64 + 0.04) + place as f64 * bar;
                (from, from + bar, *count as f64)
            };
            Bars { ink: Ink::of(place), bars: counts.iter().enumerate().map(of_group).collect() }
        });
        let range = Some((start - width * 0.2, start + width * (groups as f64 + 0.2)));
        Panel {
            title: format!("Runs by value, in groups of {}", short(width)),
            x: Axis { range, ..self.label() },
            y: Axis { label: "runs".to_owned(), from_zero: true, ..Axis::default() },
            bars: bars.collect(),
            ..Panel::default()
        }
    }

    fn ecdf(&self) -> Panel {
        let all = || self.owners.iter().flat_map(|owner| self.values(*owner)).copied();
        let (low, high) =
            (all().fold(f64::INFINITY, f64::min), all().fold(f64::NEG_INFINITY, f64::max));
        let room = if high > low { (high - low) * 0.03 } else { low.abs().max(1.0) * 0.1 };
        let line = |(place, owner): (usize, &Owner)| {
            let values = self.values(*owner);
            let runs = self.table.runs.get(owner).copied().unwrap_or(0).max(1);
            let step = values.len().div_ceil(CURVE_MAX).max(1);
            let last = values.len().checked_sub(1);
            let ranks = (0..values.len()).step_by(step).chain(last);
            let share = |rank: usize| (values[rank], 100.0 * (rank + 1) as f64 / runs as f64);
            let mut points = vec![(low - room, 0.0)];
            points.extend(ranks.map(share));
            points.extend(points.last().map(|(_, share)| (high + room, *share)));
            let name = if self.owners.len() > 1 { owner.to_string() } else { String::new() };
            Line { ink: Ink::of(place), name, points, steps: true, dots: false }
        };
        Panel {
            title: "Share of the runs up to each value".to_owned(),
            x: Axis { range: Some((low - room, high + room)), ..self.label() },
            y: Axis {
                label: "share of the runs (%)".to_owned(),
                range: Some((0.0, 105.0)),
                ..Axis::default()
            },
            lines: self.owners.iter().enumerate().map(line).collect(),
            ..Panel::default()
        }
    }

    fn boxes(&self) -> Panel {
        let boxed = |(place, owner): (usize, &Owner)| Boxed {
            ink: Ink::of(place),
            y: (self.owners.len() - place) as f64,
            values: five(self.values(*owner)),
        };
        let has_values = |(_, owner): &(usize, &Owner)| !self.values(**owner).is_empty();
        let names = self.owners.iter().rev().map(|owner| owner_words(*owner)).collect();
        Panel {
            title: "Extremes, quartiles and median".to_owned(),
            x: self.label(),
            y: Axis { categories: Some(names), ..Axis::default() },
            boxes: self.owners.iter().enumerate().filter(has_values).map(boxed).collect(),
            ..Panel::default()
        }
    }
}

/// Returns the lowest value, the quartiles and the highest of values in ascending order.
fn five(values: &[f64]) -> [f64; 5] {
    let quantile = |share: f64| {
        let place = share * values.len().saturating_sub(1) as f64;
        let below = values.get(place.floor() as usize).copied().unwrap_or(f64::NAN);
        let above = values.get(place.ceil() as usize).copied().unwrap_or(f64::NAN);
        below + (above - below) * place.fract()
    };
    [0.0, 0.25, 0.5, 0.75, 1.0].map(quantile)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quartiles_are_between_the_values() {
        assert_eq!(five(&[1.0, 2.0, 3.0, 4.0, 5.0]), [1.0, 2.0, 3.0, 4.0, 5.0]);
        assert_eq!(five(&[1.0, 2.0]), [1.0, 1.25, 1.5, 1.75, 2.0]);
    }

    #[test]
    fn a_curve_ends_below_all_runs_if_some_lack_the_measure() {
        let runs = "seed,m\n1,5\n2,\n3,7\n4,9\n";
        let table = SeedsTable::read(runs.as_bytes(), &[], "m").expect("a table");
        let chart = draw_seeds(&table, "x", None, SeedsChart::Ecdf).expect("a chart");
        let last = chart.panels[0].lines[0].points.last().map(|point| point.1);
        assert_eq!(last, Some(75.0));
        assert!(chart.caption[1].ends_with("missing in 1 runs"), "{:?}", chart.caption);
        let all = draw_seeds(&table, "x", None, SeedsChart::All).expect("a chart");
        let counted: f64 = all.panels[0].bars[0].bars.iter().map(|bar| bar.2).sum();
        assert_eq!((counted, all.panels.len()), (3.0, 3));
        assert!(draw_seeds(&table, "x", Some("7"), SeedsChart::All).is_err());
    }
}
