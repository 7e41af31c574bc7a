//! Thinning of a line to what is visible: per pixel column the first, the last, the lowest and the
//! highest point stay, so that the picture is the same.

/// Maximum number of columns: about the width of a chart in pixels.
pub(super) const COLUMNS: u64 = 800;

/// A point: nanoseconds and value.
type Point = (u64, u64);

/// A line that is thinned while it grows. Points are added in time order.
#[derive(Debug)]
pub(super) struct ThinLine {
    column_ns: u64,
    column: Option<Column>,
    points: Vec<Point>,
}

/// The remaining points of one column.
#[derive(Clone, Copy, Debug)]
struct Column {
    number: u64,
    first: Point,
    low: Point,
    high: Point,
    last: Point,
}

impl ThinLine {
    /// Creates a line over times from 0 to `end_ns`.
    pub(super) fn new(end_ns: u64) -> ThinLine {
        ThinLine { column_ns: end_ns / COLUMNS + 1, column: None, points: Vec::new() }
    }

    pub(super) fn push(&mut self, at_ns: u64, value: u64) {
        let (number, point) = (at_ns / self.column_ns, (at_ns, value));
        match &mut self.column {
            Some(column) if column.number == number => {
                if value < column.low.1 {
                    column.low = point;
                }
                if value > column.high.1 {
                    column.high = point;
                }
                column.last = point;
            }
            _ => {
                self.close();
                self.column =
                    Some(Column { number, first: point, low: point, high: point, last: point });
            }
        }
    }

    /// Moves the points of the column into the line, in time order.
    fn close(&mut self) {
        let Some(column) = self.column.take() else { return };
        let (early, late) = match column.low.0 <= column.high.0 {
            true => (column.low, column.high),
            false => (column.high, column.low),
        };
        for point in [column.first, early, late, column.last] {
            if self.points.last() != Some(&point) {
                self.points.push(point);
            }
        }
    }

    /// Returns the line, with times in seconds.
    pub(super) fn finish(mut self) -> Vec<(f64, f64)> {
        self.close();
        self.points.into_iter().map(|(ns, value)| (ns as f64 / 1e9, value as f64)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn thinned(end_ns: u64, points: &[Point]) -> Vec<(f64, f64)> {
        let mut line = ThinLine::new(end_ns);
        points.iter().for_each(|(at, value)| line.push(*at, *value));
        line.finish()
    }

    #[test]
    fn few_points_all_stay() {
        let second = 1_000_000_000;
        let points = [(0, 3), (second, 5), (60 * second, 4)];
        assert_eq!(thinned(60 * second, &points), [(0.0, 3.0), (1.0, 5.0), (60.0, 4.0)]);
        assert_eq!(thinned(0, &[]), []);
        assert_eq!(thinned(0, &[(0, 7)]), [(0.0, 7.0)]);
    }

    #[test]
    fn of_a_column_the_first_lowest_highest_and_last_stay_in_time_order() {
        // One column of 10 ns: a dip, then a peak.
        let end = 10 * COLUMNS - 1;
        let points = [(0, 5), (1, 4), (3, 1), (4, 6), (5, 9), (7, 8), (9, 5), (10, 5)];
        let ns: Vec<(u64, u64)> = thinned(end, &points)
            .into_iter()
            .map(|(s, value)| ((s * 1e9).round() as u64, value as u64))
            .collect();
        assert_eq!(ns, [(0, 5), (3, 1), (5, 9), (9, 5), (10, 5)]);
    }

    #[test]
    fn a_long_line_has_a_bounded_number_of_points() {
        let end = 10_000_000;
        let mut line = ThinLine::new(end);
        for at in 0..=1_000_000 {
            line.push(at * 10, at * 7919 % 1000);
        }
        let points = line.finish();
        assert!(points.len() as u64 <= 4 * COLUMNS, "{}", points.len());
        assert!(points.is_sorted_by(|a, b| a.0 <= b.0));
        assert_eq!(points.iter().map(|point| point.1 as u64).max(), Some(999));
        assert_eq!(points.iter().map(|point| point.1 as u64).min(), Some(0));
    }
}
