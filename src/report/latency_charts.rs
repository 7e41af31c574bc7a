//! Latencies of operations: as dots or quantiles against the times at which they began.

use std::collections::BTreeSet;

use super::chart::{Axis, Dots, Ink, Key, Line, Mark, Panel};
use super::history_parts::{
    OUTCOMES, is_crowded, is_dot, of_name, seconds, shades, shape, window_s, with_unended,
};
use super::history_series::HistorySeries;
use crate::history::EntryKind;

/// Colours of quantile lines, by the order of the operations' names.
const QUANTILE_INKS: [Ink; 3] = [Ink::of(2), Ink::of(7), Ink::of(9)];
/// Columns and rows of the grid in which dots are deduplicated.
const GRID: (f64, f64) = (600.0, 300.0);
/// Quantiles that have a line of their own, in percent.
const QUANTILES: [(usize, &str, Ink); 4] = [
    (50, "median", Ink::of(0)),
    (95, "95 %", Ink::of(5)),
    (99, "99 %", Ink::of(3)),
    (100, "max", Ink::of(6)),
];

/// Returns name and ink of the median and the 99 % quantile of an operation.
pub(super) fn quantile_inks(place: usize) -> [(&'static str, Ink); 2] {
    let ink = QUANTILE_INKS[place % QUANTILE_INKS.len()];
    [("median", ink), ("99 %", Ink { dashed: true, ..ink })]
}

/// Scale of the latency axis.
struct Height {
    /// Lowest value of a logarithmic axis; `None` for a linear one.
    foot: Option<f64>,
    most: f64,
}

impl Height {
    /// Chooses a logarithmic axis if the longest latency is at least a hundred times the median.
    fn of(series: &HistorySeries) -> Height {
        let mut all: Vec<f64> = series.operations.iter().map(|o| o.took_ms).collect();
        all.sort_by(f64::total_cmp);
        let most = all.last().copied().unwrap_or(0.0).max(0.1);
        let middle = all.get(all.len() / 2).copied().unwrap_or(0.0);
        if most < 100.0 * middle.max(0.01) {
            return Height { foot: None, most };
        }
        let least = all.iter().copied().find(|took| *took > 0.0).unwrap_or(most);
        let mut foot = 1e-2;
        while foot * 10.0 <= least {
            foot *= 10.0;
        }
        Height { foot: Some(foot), most }
    }

    /// Returns the axis, which reaches a little beyond the values.
    fn axis(&self) -> Axis {
        let label = "latency (ms)".to_owned();
        match self.foot {
            None => Axis { label, range: Some((0.0, self.most * 1.05)), ..Axis::default() },
            Some(foot) => {
                let mut top = foot * 10.0;
                while top < self.most {
                    top *= 10.0;
                }
                Axis { label, log: true, range: Some((foot, top)), ..Axis::default() }
            }
        }
    }

    fn place(&self, took_ms: f64) -> f64 {
        self.foot.map_or(took_ms, |foot| if took_ms < foot { foot } else { took_ms })
    }

    /// Returns the grid row of a latency.
    fn row(&self, took_ms: f64) -> u64 {
        let share = match self.foot {
            None => took_ms / self.most,
            Some(foot) => libm::log10(self.place(took_ms) / foot) / libm::log10(self.most / foot),
        };
        (share * GRID.1) as u64
    }
}

/// Draws a dot for each operation; quantiles where dots would hide each other.
pub(super) fn latency(series: &HistorySeries) -> Panel {
    let height = Height::of(series);
    let (mut dots, mut lines) = (Vec::new(), Vec::new());
    // Unknown and failed operations come last, so that they lie on top.
    for (outcome, _, ink) in OUTCOMES {
        for name in 0..series.names.len() {
            let mut seen = BTreeSet::new();
            let mut points = Vec::new();
            let all = of_name(series, name).filter(|o| o.outcome == outcome);
            for operation in all.filter(|operation| is_dot(series, operation)) {
                let column = (operation.begun_s / series.end_s.max(1.0) * GRID.0) as u64;
                if seen.insert((column, height.row(operation.took_ms))) {
                    points.push((operation.begun_s, height.place(operation.took_ms)));
                }
            }
            if !points.is_empty() {
                dots.push(Dots { ink, shape: shape(name), points });
            }
        }
    }
    for name in (0..series.names.len()).filter(|name| is_crowded(series, *name)) {
        for ((_, ink), percent) in quantile_inks(name).into_iter().zip([50, 99]) {
            let points = quantiles_of(series, name, percent);
            let points = points.into_iter().map(|(at, took)| (at, height.place(took))).collect();
            lines.push(Line { ink, name: String::new(), points, steps: false, dots: false });
        }
    }
    Panel {
        title: with_unended("Latency of operations, by when they began", series),
        x: seconds(series),
        y: height.axis(),
        shades: shades(series),
        lines,
        dots,
        ..Panel::default()
    }
}

/// Draws the quantiles of the latencies of each operation's successes, in a panel for each.
pub(super) fn quantiles(series: &HistorySeries) -> Vec<Panel> {
    let height = Height::of(series);
    let width = window_s(series);
    let panel = |(name, text): (usize, &String)| {
        let line = |(percent, label, ink): (usize, &str, Ink)| {
            let points = quantiles_of(series, name, percent);
            let points = points.into_iter().map(|(at, took)| (at, height.place(took))).collect();
            Line { ink, name: label.to_owned(), points, steps: false, dots: false }
        };
        Panel {
            title: format!("{text}: latency of successes, in windows of {width} s"),
            x: seconds(series),
            y: height.axis(),
            shades: shades(series),
            lines: QUANTILES.into_iter().map(line).collect(),
            ..Panel::default()
        }
    };
    let has_ok = |(name, _): &(usize, &String)| {
        of_name(series, *name).any(|operation| operation.outcome == EntryKind::Ok)
    };
    series.names.iter().enumerate().filter(has_ok).map(panel).collect()
}

/// Returns the legend of the quantiles.
pub(super) fn quantile_keys() -> Vec<Key> {
    let key =
        |(_, name, ink): (usize, &str, Ink)| Key { name: name.to_owned(), ink, mark: Mark::Line };
    QUANTILES.into_iter().map(key).collect()
}

/// Returns a quantile of the latencies of an operation's successes for each time window; no number,
/// which breaks the line, where several windows have none.
fn quantiles_of(series: &HistorySeries, name: usize, percent: usize) -> Vec<(f64, f64)> {
    let width = window_s(series);
    let windows = (series.end_s / width) as usize + 1;
    let mut latencies = vec![Vec::new(); windows];
    for operation in of_name(series, name).filter(|o| o.outcome == EntryKind::Ok) {
        latencies[((operation.begun_s / width) as usize).min(windows - 1)].push(operation.took_ms);
    }
    let quantile = |(window, mut all): (usize, Vec<f64>)| {
        all.sort_by(f64::total_cmp);
        let rank = (all.len() * percent).div_ceil(100).max(1);
        let middle = ((window as f64 + 0.5) * width).min(series.end_s);
        all.get(rank - 1).map(|took| (middle, *took))
    };
    let mut points: Vec<(f64, f64)> = Vec::new();
    for (at, took) in latencies.into_iter().enumerate().filter_map(quantile) {
        if let Some((before, _)) = points.last().filter(|(before, _)| at - before > 3.5 * width) {
            points.push(((before + at) / 2.0, f64::NAN));
        }
        points.push((at, took));
    }
    points
}
