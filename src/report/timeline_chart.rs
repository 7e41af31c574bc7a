//! Operations over time, in a row for each client, coloured by their outcome as Jepsen does it.

use super::chart::{Axis, Panel, Span};
use super::history_parts::{OUTCOMES, shades};
use super::history_series::{HistorySeries, Operation};

/// Number of operations that are shown by default.
const SHOWN: usize = 120;

/// Draws the operations between two times; by default as many as are readable.
pub(super) fn timeline(series: &HistorySeries, window_s: (Option<f64>, Option<f64>)) -> Panel {
    let from = window_s.0.unwrap_or(0.0);
    let mut begun: Vec<&Operation> =
        series.operations.iter().filter(|operation| operation.ended_s >= from).collect();
    begun.sort_by(|a, b| a.begun_s.total_cmp(&b.begun_s));
    let until = window_s.1.unwrap_or_else(|| match begun.get(SHOWN) {
        Some(next) => next.begun_s,
        None => series.end_s,
    });
    let until = if until > from { until } else { from + 0.001 };
    let seen: Vec<&Operation> =
        begun.iter().copied().filter(|operation| operation.begun_s <= until).collect();
    let rows = rows(series);
    let ink = |operation: &Operation| {
        let found = OUTCOMES.iter().find(|(outcome, ..)| *outcome == operation.outcome);
        found.map_or(OUTCOMES[0].2, |(.., ink)| *ink)
    };
    let span = |operation: &&Operation| Span {
        ink: ink(operation),
        row: operation.client,
        from: operation.begun_s,
        to: operation.ended_s,
        text: series.names[operation.name].clone(),
        tooltip: operation.told.clone(),
    };
    let (shown, all) = (seen.len(), series.operations.len());
    let of_all = if shown < all { format!(" ({shown} of {all})") } else { String::new() };
    let mut shades = shades(series);
    shades.retain(|shade| shade.to >= from && shade.from <= until);
    Panel {
        title: format!("Operations of each client{of_all}"),
        x: Axis {
            label: "time (seconds)".to_owned(),
            range: Some((from, until)),
            ..Axis::default()
        },
        y: Axis {
            label: "client".to_owned(),
            categories: Some((0..rows).map(|row| row.to_string()).collect()),
            ..Axis::default()
        },
        shades,
        spans: seen.iter().map(span).collect(),
        ..Panel::default()
    }
}

/// Returns the number of clients.
fn rows(series: &HistorySeries) -> usize {
    series.operations.iter().map(|operation| operation.client + 1).max().unwrap_or(1)
}
