//! Charts of a history: latencies, rates, counts, and times until elements were stable.

use std::collections::BTreeSet;

use super::chart::{Axis, Bars, Chart, Dots, Ink, Key, Line, Mark, Panel, Shade, Written};
use super::history_series::{HistorySeries, Operation, Unstable};
use super::labels::{NAME_MAX, fitting};
use super::scene::Shape;
use crate::history::EntryKind;

/// A chart of a history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HistoryChart {
    /// All of the others that have data.
    All,
    /// Start times of operations against their latencies.
    Latency,
    /// Number of operations that end per second, by outcome.
    Rate,
    /// Number of operations by outcome.
    Counts,
    /// Times until elements were in all reads.
    Stable,
}

/// Outcomes of operations with name and colour.
const OUTCOMES: [(EntryKind, &str, Ink); 3] = [
    (EntryKind::Ok, "ok", Ink::of(0)),
    (EntryKind::Fail, "fail", Ink::of(1)),
    (EntryKind::Info, "info (unknown)", Ink::of(3)),
];
/// Shapes of dots, by the order of the operations' names.
const SHAPES: [Shape; 3] = [Shape::Circle, Shape::Cross, Shape::Square];
/// Colours of quantile lines, by the order of the operations' names.
const QUANTILE_INKS: [Ink; 3] = [Ink::of(2), Ink::of(7), Ink::of(9)];
/// Maximum number of successes of an operation that are drawn as dots; beyond it quantiles are
/// drawn.
const DOTS_MAX: usize = 3_000;
/// Columns and rows of the grid in which dots are deduplicated.
const GRID: (f64, f64) = (600.0, 300.0);
/// Maximum number of time windows.
const WINDOWS_MAX: f64 = 300.0;
/// Maximum number of points of a curve.
const CURVE_MAX: usize = 500;

/// Draws a history; `name` identifies it. Returns `None` if there is nothing to draw.
pub fn draw_history(series: &HistorySeries, name: &str, kind: HistoryChart) -> Option<Chart> {
    let stable = !series.stable_ms.is_empty();
    let panels = match kind {
        HistoryChart::All if stable => {
            vec![latency(series), rate(series), counts(series), stable_latency(series)]
        }
        HistoryChart::All => vec![latency(series), rate(series), counts(series)],
        HistoryChart::Latency => vec![latency(series)],
        HistoryChart::Rate => vec![rate(series)],
        HistoryChart::Counts => vec![counts(series)],
        HistoryChart::Stable if stable => vec![stable_latency(series)],
        HistoryChart::Stable => return None,
    };
    if series.operations.is_empty() {
        return None;
    }
    let legend = legend(series, kind);
    Some(Chart { title: fitting(name, NAME_MAX), panels, legend, caption: Vec::new() })
}

/// Builds the legend of a chart.
fn legend(series: &HistorySeries, kind: HistoryChart) -> Vec<Key> {
    let mut legend = Vec::new();
    if kind == HistoryChart::Stable {
        return legend;
    }
    for (outcome, name, ink) in OUTCOMES {
        if series.operations.iter().any(|operation| operation.outcome == outcome) {
            legend.push(Key { name: name.to_owned(), ink, mark: Mark::Bar });
        }
    }
    if matches!(kind, HistoryChart::All | HistoryChart::Latency) {
        for (place, name) in series.names.iter().enumerate() {
            if has_dots(series, place) {
                let mark = Mark::Dot(shape(place));
                legend.push(Key { name: name.clone(), ink: Ink::BLACK, mark });
            }
            if is_crowded(series, place) {
                for (quantile, ink) in quantile_inks(place) {
                    let name = format!("{name}: {quantile} of ok");
                    legend.push(Key { name, ink, mark: Mark::Line });
                }
            }
        }
    }
    if kind != HistoryChart::Counts {
        for (place, fault) in series.fault_kinds().into_iter().enumerate() {
            let name = format!("fault: {fault}");
            legend.push(Key { name, ink: fault_ink(place), mark: Mark::Shade });
        }
    }
    legend
}

fn shape(place: usize) -> Shape {
    SHAPES[place % SHAPES.len()]
}

/// Returns name and ink of the median and the 99 % quantile of an operation.
fn quantile_inks(place: usize) -> [(&'static str, Ink); 2] {
    let ink = QUANTILE_INKS[place % QUANTILE_INKS.len()];
    [("median", ink), ("99 %", Ink { dashed: true, ..ink })]
}

fn fault_ink(place: usize) -> Ink {
    // Other colours than those of lines and dots.
    Ink::of([5, 4, 10, 8, 11, 9, 2, 7][place % 8])
}

fn of_name(series: &HistorySeries, name: usize) -> impl Iterator<Item = &Operation> {
    series.operations.iter().filter(move |operation| operation.name == name)
}

/// Whether an operation succeeds so often that dots would hide each other.
fn is_crowded(series: &HistorySeries, name: usize) -> bool {
    of_name(series, name).filter(|operation| operation.outcome == EntryKind::Ok).count() > DOTS_MAX
}

fn is_dot(series: &HistorySeries, operation: &Operation) -> bool {
    operation.outcome != EntryKind::Ok || !is_crowded(series, operation.name)
}

fn has_dots(series: &HistorySeries, name: usize) -> bool {
    let crowded = is_crowded(series, name);
    of_name(series, name).any(|operation| operation.outcome != EntryKind::Ok || !crowded)
}

/// Returns the end of the second in which the history ends.
fn whole_end_s(series: &HistorySeries) -> f64 {
    series.end_s.floor() + 1.0
}

fn seconds(series: &HistorySeries) -> Axis {
    let range = Some((0.0, whole_end_s(series)));
    Axis { label: "time (seconds)".to_owned(), range, ..Axis::default() }
}

fn shades(series: &HistorySeries) -> Vec<Shade> {
    let kinds = series.fault_kinds();
    let place = |kind: &str| kinds.iter().position(|known| *known == kind).unwrap_or(0);
    let shade = |fault: &super::FaultWindow| {
        let place = place(&fault.kind);
        let (from, to) = (fault.from_s, fault.until_s);
        // In the order of the legend, from the top down.
        let (ink, name) = (fault_ink(place), fault.kind.clone());
        Shade { ink, from, to, name, lane: (kinds.len() - 1 - place, kinds.len()) }
    };
    series.faults.iter().map(shade).collect()
}

/// Returns the length of a time window: one second, or more in a long run.
fn window_s(series: &HistorySeries) -> f64 {
    (series.end_s / WINDOWS_MAX).ceil().max(1.0)
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
        self.foot.map_or(took_ms, |foot| took_ms.max(foot))
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

fn latency(series: &HistorySeries) -> Panel {
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
            let points = quantiles(series, name, percent);
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

fn labelled(label: &str) -> Axis {
    Axis { label: label.to_owned(), ..Axis::default() }
}

/// Returns a quantile of the latencies of an operation's successes for each time window.
fn quantiles(series: &HistorySeries, name: usize, percent: usize) -> Vec<(f64, f64)> {
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
    latencies.into_iter().enumerate().filter_map(quantile).collect()
}

fn rate(series: &HistorySeries) -> Panel {
    let width = window_s(series);
    let windows = (series.end_s / width) as usize + 1;
    let (mut lines, mut most) = (Vec::new(), 0.0_f64);
    for (outcome, _, ink) in OUTCOMES {
        let mut counts = vec![0_u64; windows];
        for operation in series.operations.iter().filter(|o| o.outcome == outcome) {
            counts[((operation.ended_s / width) as usize).min(windows - 1)] += 1;
        }
        if counts.iter().any(|count| *count > 0) {
            let point =
                |(window, count): (usize, &u64)| (window as f64 * width, *count as f64 / width);
            let mut points: Vec<(f64, f64)> = counts.iter().enumerate().map(point).collect();
            points.extend(points.last().map(|(_, rate)| (whole_end_s(series), *rate)));
            most = points.iter().map(|point| point.1).fold(most, f64::max);
            lines.push(Line { ink, name: String::new(), points, steps: true, dots: false });
        }
    }
    let title = match width {
        1.0 => "Operations that end, second by second".to_owned(),
        _ => format!("Operations that end, in windows of {width} seconds"),
    };
    Panel {
        title,
        x: seconds(series),
        y: Axis { range: Some((0.0, most * 1.05)), ..labelled("operations per second") },
        shades: shades(series),
        lines,
        ..Panel::default()
    }
}

fn counts(series: &HistorySeries) -> Panel {
    let there = |outcome| series.operations.iter().any(|o| o.outcome == outcome);
    let outcomes: Vec<(EntryKind, &str, Ink)> =
        OUTCOMES.into_iter().filter(|(outcome, ..)| there(*outcome)).collect();
    let width = 0.7 / outcomes.len().max(1) as f64;
    let (mut bars, mut texts, mut most) = (Vec::new(), Vec::new(), 1);
    for (place, (outcome, _, ink)) in outcomes.into_iter().enumerate() {
        let mut of_outcome = Vec::new();
        for name in 0..series.names.len() {
            let count = of_name(series, name).filter(|o| o.outcome == outcome).count();
            most = most.max(count);
            let from = name as f64 + 0.65 + place as f64 * width;
            of_outcome.push((from, from + width, count as f64));
            texts.push(Written { text: count.to_string(), x: from + width / 2.0, y: count as f64 });
        }
        bars.push(Bars { ink, bars: of_outcome });
    }
    let names = series.names.clone();
    let range = Some((0.5, names.len() as f64 + 0.5));
    Panel {
        title: with_unended("Operations, by how they ended", series),
        x: Axis { categories: Some(names), range, ..labelled("operation") },
        y: Axis { range: Some((0.0, most as f64 * 1.1)), ..labelled("operations") },
        bars,
        texts,
        ..Panel::default()
    }
}

fn stable_latency(series: &HistorySeries) -> Panel {
    let all = &series.stable_ms;
    let Unstable { lost, never_read } = series.unstable;
    // Elements that never became stable count in the total: otherwise the curve would be that of
    // the survivors alone, and reach 100 % however many are lost.
    let (stable, count) = (all.len(), all.len() + lost + never_read);
    let step = stable.div_ceil(CURVE_MAX);
    let ranks = (0..stable).step_by(step).chain([stable - 1]);
    let share = |rank: usize| (all[rank], 100.0 * (rank + 1) as f64 / count as f64);
    let mut points: Vec<(f64, f64)> = [(0.0, 0.0)].into_iter().chain(ranks.map(share)).collect();
    let most = all.last().copied().unwrap_or(0.0).max(1.0);
    let mut title = "Time from being known to being in all reads".to_owned();
    if count > stable {
        points.extend(points.last().map(|(_, share)| (most * 1.02, *share)));
        let missing = format!("{lost} lost, {never_read} never read");
        title = format!("Time until in all reads: {stable} of {count} elements ({missing})");
    }
    Panel {
        title,
        x: Axis { range: Some((0.0, most * 1.02)), ..labelled("time (ms)") },
        y: Axis { range: Some((0.0, 105.0)), ..labelled("share of the elements (%)") },
        lines: vec![Line {
            ink: Ink::BLACK,
            name: String::new(),
            points,
            steps: true,
            dots: false,
        }],
        ..Panel::default()
    }
}

/// Appends to a title the number of operations that are not drawn since they have no end.
fn with_unended(title: &str, series: &HistorySeries) -> String {
    match series.unended {
        0 => title.to_owned(),
        unended => format!("{title} (without {unended} that have no end)"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(stable_ms: &[f64], lost: usize, never_read: usize) -> HistorySeries {
        let series = HistorySeries { stable_ms: stable_ms.to_vec(), ..HistorySeries::default() };
        series.with_unstable(Unstable { lost, never_read })
    }

    #[test]
    fn the_curve_of_elements_ends_at_the_share_that_came_that_far() {
        let panel = stable_latency(&series(&[10.0, 40.0], 1, 5));
        let ends = "Time until in all reads: 2 of 8 elements (1 lost, 5 never read)";
        assert_eq!(panel.title, ends);
        let shares: Vec<f64> = panel.lines[0].points.iter().map(|point| point.1).collect();
        assert_eq!(shares, [0.0, 12.5, 25.0, 25.0, 25.0]);
        let whole = stable_latency(&series(&[10.0, 40.0], 0, 0));
        assert_eq!(whole.title, "Time from being known to being in all reads");
        assert_eq!(whole.lines[0].points.last(), Some(&(40.0, 100.0)));
    }

    #[test]
    fn operations_without_an_end_are_named() {
        let series = HistorySeries { unended: 3, ..HistorySeries::default() };
        assert_eq!(
            counts(&series).title,
            "Operations, by how they ended (without 3 that have no end)"
        );
    }
}
