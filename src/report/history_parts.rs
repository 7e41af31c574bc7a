//! What charts of a history share: outcomes, time axes, fault windows, and which dots are drawn.

use super::chart::{Axis, Ink, Shade};
use super::history_series::{HistorySeries, Operation};
use super::scene::Shape;
use crate::history::EntryKind;

/// Outcomes of operations with name and colour: blue, pink and orange, as Jepsen has them.
pub(super) const OUTCOMES: [(EntryKind, &str, Ink); 3] = [
    (EntryKind::Ok, "ok", Ink::of(0)),
    (EntryKind::Fail, "fail", Ink::of(3)),
    (EntryKind::Info, "info (unknown)", Ink::of(5)),
];
/// Shapes of dots, by the order of the operations' names.
const SHAPES: [Shape; 3] = [Shape::Circle, Shape::Cross, Shape::Square];
/// Maximum number of successes of an operation that are drawn as dots; beyond it quantiles are
/// drawn.
const DOTS_MAX: usize = 3_000;
/// Maximum number of time windows.
const WINDOWS_MAX: f64 = 300.0;

pub(super) fn shape(place: usize) -> Shape {
    SHAPES[place % SHAPES.len()]
}

pub(super) fn fault_ink(place: usize) -> Ink {
    // Other colours than those of lines and dots.
    Ink::of([10, 4, 8, 1, 11, 9, 2, 7][place % 8])
}

pub(super) fn of_name(series: &HistorySeries, name: usize) -> impl Iterator<Item = &Operation> {
    series.operations.iter().filter(move |operation| operation.name == name)
}

/// Whether there are too many successful operations of this kind to draw each as a dot.
pub(super) fn is_crowded(series: &HistorySeries, name: usize) -> bool {
    of_name(series, name).filter(|operation| operation.outcome == EntryKind::Ok).count() > DOTS_MAX
}

pub(super) fn is_dot(series: &HistorySeries, operation: &Operation) -> bool {
    operation.outcome != EntryKind::Ok || !is_crowded(series, operation.name)
}

/// Returns the end of the second in which the history ends.
pub(super) fn whole_end_s(series: &HistorySeries) -> f64 {
    series.end_s.floor() + 1.0
}

pub(super) fn seconds(series: &HistorySeries) -> Axis {
    let range = Some((0.0, whole_end_s(series)));
    Axis { label: "time (seconds)".to_owned(), range, ..Axis::default() }
}

pub(super) fn shades(series: &HistorySeries) -> Vec<Shade> {
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
pub(super) fn window_s(series: &HistorySeries) -> f64 {
    (series.end_s / WINDOWS_MAX).ceil().max(1.0)
}

/// Appends to a title the number of operations that are not drawn since they have no end.
pub(super) fn with_unended(title: &str, series: &HistorySeries) -> String {
    match series.unended {
        0 => title.to_owned(),
        unended => format!("{title} (without {unended} that have no end)"),
    }
}
