//! Charts of a history: which there are, rates, counts, and times until elements were stable.

use super::chart::{Axis, Bars, Chart, Ink, Key, Line, Mark, Panel, Written};
use super::history_parts::{
    OUTCOMES, fault_ink, is_crowded, of_name, seconds, shades, shape, whole_end_s, window_s,
    with_unended,
};
use super::history_series::{HistorySeries, Unstable};
use super::labels::{NAME_MAX, fitting};
use super::latency_charts::{latency, quantile_inks, quantile_keys, quantiles};
use super::timeline_chart::timeline;
use crate::history::EntryKind;

/// A chart of a history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HistoryChart {
    /// All of the others that have data.
    All,
    /// Start times of operations against their latencies.
    Latency,
    /// Quantiles of latencies over time, for each operation.
    Quantiles,
    /// Operations over time, in a row for each client.
    Timeline,
    /// Number of operations that end per second, by operation and outcome.
    Rate,
    /// Number of operations by outcome.
    Counts,
    /// Times until elements were in all reads.
    Stable,
}

/// Maximum number of points of a curve.
const CURVE_MAX: usize = 500;

/// Draws a history; `name` identifies it. Returns `None` if there is nothing to draw.
///
/// A timeline shows the part between two times, by default as much as is readable.
pub fn draw_history(
    series: &HistorySeries,
    name: &str,
    kind: HistoryChart,
    window_s: (Option<f64>, Option<f64>),
) -> Option<Chart> {
    let stable = !series.stable_ms.is_empty();
    let panels = match kind {
        HistoryChart::All if stable => {
            vec![latency(series), rate(series), counts(series), stable_latency(series)]
        }
        HistoryChart::All => vec![latency(series), rate(series), counts(series)],
        HistoryChart::Latency => vec![latency(series)],
        HistoryChart::Quantiles => quantiles(series),
        HistoryChart::Timeline => vec![timeline(series, window_s)],
        HistoryChart::Rate => vec![rate(series)],
        HistoryChart::Counts => vec![counts(series)],
        HistoryChart::Stable if stable => vec![stable_latency(series)],
        HistoryChart::Stable => return None,
    };
    if series.operations.is_empty() || panels.is_empty() {
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
    if kind == HistoryChart::Quantiles {
        legend = quantile_keys();
    }
    let by_outcome = !matches!(kind, HistoryChart::Quantiles | HistoryChart::Rate);
    for (outcome, name, ink) in OUTCOMES.into_iter().filter(|_| by_outcome) {
        if series.operations.iter().any(|operation| operation.outcome == outcome) {
            legend.push(Key { name: name.to_owned(), ink, mark: Mark::Bar });
        }
    }
    if matches!(kind, HistoryChart::All | HistoryChart::Rate) {
        legend.extend(rates(series).into_iter().map(|rate| Key {
            name: rate.words,
            ink: rate.ink,
            mark: Mark::Line,
        }));
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

fn has_dots(series: &HistorySeries, name: usize) -> bool {
    let crowded = is_crowded(series, name);
    of_name(series, name).any(|operation| operation.outcome != EntryKind::Ok || !crowded)
}

fn labelled(label: &str) -> Axis {
    Axis { label: label.to_owned(), ..Axis::default() }
}

/// An operation and an outcome, whose rate is a line.
struct Rate {
    name: usize,
    outcome: EntryKind,
    ink: Ink,
    words: String,
}

/// Returns the pairs of operation and outcome that there are, each with an ink of its own.
fn rates(series: &HistorySeries) -> Vec<Rate> {
    let mut rates = Vec::new();
    for (name, text) in series.names.iter().enumerate() {
        for (outcome, word, _) in OUTCOMES {
            if of_name(series, name).any(|operation| operation.outcome == outcome) {
                let word = word.split(' ').next().unwrap_or(word);
                let (ink, words) = (Ink::of(rates.len()), format!("{text} {word}"));
                rates.push(Rate { name, outcome, ink, words });
            }
        }
    }
    rates
}

fn rate(series: &HistorySeries) -> Panel {
    let width = window_s(series);
    let windows = (series.end_s / width) as usize + 1;
    let (mut lines, mut most) = (Vec::new(), 0.0_f64);
    for Rate { name, outcome, ink, words } in rates(series) {
        let mut counts = vec![0_u64; windows];
        for operation in of_name(series, name).filter(|o| o.outcome == outcome) {
            counts[((operation.ended_s / width) as usize).min(windows - 1)] += 1;
        }
        let point = |(window, count): (usize, &u64)| (window as f64 * width, *count as f64 / width);
        let mut points: Vec<(f64, f64)> = counts.iter().enumerate().map(point).collect();
        points.extend(points.last().map(|(_, rate)| (whole_end_s(series), *rate)));
        most = points.iter().map(|point| point.1).fold(most, f64::max);
        lines.push(Line { ink, name: words, points, steps: true, dots: false });
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
