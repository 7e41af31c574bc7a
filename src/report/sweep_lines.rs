//! The lines of a sweep's chart: means with their intervals and predictions, broken at gaps.

use super::chart::{Band, Ink, Line, Panel};
use super::sweep_axes::Layout;
use super::sweep_table::SweepRow;

/// Adds the mean, its interval and the prediction of one line to a panel. The line is broken where
/// a value is missing.
pub(super) fn add_line(panel: &mut Panel, ink: Ink, rows: &[&SweepRow], across: &Layout<'_>) {
    for piece in pieces(rows, across, |row| row.mean) {
        panel.lines.push(Line {
            ink,
            name: String::new(),
            points: piece,
            steps: false,
            dots: true,
        });
    }
    for piece in pieces(rows, across, |row| row.interval) {
        let mut points: Vec<_> = piece.into_iter().map(|(x, (low, high))| (x, low, high)).collect();
        if let [(x, low, high)] = points[..] {
            let reach = across.reach_of_a_point();
            points = vec![(x - reach, low, high), (x + reach, low, high)];
        }
        panel.bands.push(Band { ink, points });
    }
    for mut piece in pieces(rows, across, |row| row.predicted) {
        if let [(x, y)] = piece[..] {
            let reach = across.reach_of_a_point();
            piece = vec![(x - reach, y), (x + reach, y)];
        }
        let ink = Ink { dashed: true, ..ink };
        panel.lines.push(Line {
            ink,
            name: String::new(),
            points: piece,
            steps: false,
            dots: false,
        });
    }
}

/// Splits the values that `read` returns into runs without gaps, each value with its position. The
/// rows are in order of position.
fn pieces<T>(
    rows: &[&SweepRow],
    across: &Layout<'_>,
    read: impl Fn(&SweepRow) -> Option<T>,
) -> Vec<Vec<(f64, T)>> {
    let mut rows = rows.iter().peekable();
    let mut pieces = vec![Vec::new()];
    for (_, place) in &across.values.values {
        let mut missing = true;
        while let Some(row) = rows.next_if(|row| across.place(row) == *place) {
            if let (Some(value), Some(piece)) = (read(row), pieces.last_mut()) {
                piece.push((*place, value));
                missing = false;
            }
        }
        if missing {
            pieces.push(Vec::new());
        }
    }
    pieces.retain(|piece| !piece.is_empty());
    pieces
}
