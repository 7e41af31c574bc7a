//! Places that labels take in a diagram: a label is written only where it overlaps none before it.

use std::collections::BTreeMap;

use super::scene::Point;

/// Size of the squares in which rectangles are looked up.
const SQUARE: f64 = 64.0;

/// The rectangles that are taken, by the squares that they touch.
#[derive(Debug, Default)]
pub(super) struct Labels {
    taken: BTreeMap<(i64, i64), Vec<(Point, Point)>>,
}

impl Labels {
    /// Takes a rectangle, whatever is there.
    pub(super) fn block(&mut self, corner: Point, size: Point) {
        for square in squares(corner, size) {
            self.taken.entry(square).or_default().push((corner, size));
        }
    }

    /// Takes a rectangle if it is free.
    pub(super) fn take(&mut self, corner: Point, size: Point) -> bool {
        let overlaps = |(other, extent): &(Point, Point)| {
            corner.0 < other.0 + extent.0 + 1.5
                && other.0 < corner.0 + size.0 + 1.5
                && corner.1 < other.1 + extent.1
                && other.1 < corner.1 + size.1
        };
        let is_free = squares(corner, size)
            .filter_map(|square| self.taken.get(&square))
            .all(|taken| !taken.iter().any(overlaps));
        if is_free {
            self.block(corner, size);
        }
        is_free
    }
}

/// Returns the squares that a rectangle touches.
fn squares(corner: Point, size: Point) -> impl Iterator<Item = (i64, i64)> {
    let place = |value: f64| (value / SQUARE).floor() as i64;
    let (x, y) = (place(corner.0 - 2.0), place(corner.1));
    let (right, bottom) = (place(corner.0 + size.0 + 2.0), place(corner.1 + size.1));
    (x..=right).flat_map(move |x| (y..=bottom).map(move |y| (x, y)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_never_overlap() {
        let mut labels = Labels::default();
        labels.block((0.0, 0.0), (10.0, 10.0));
        assert!(!labels.take((5.0, 5.0), (30.0, 10.0)));
        assert!(labels.take((5.0, 10.0), (200.0, 10.0)));
        assert!(!labels.take((150.0, 12.0), (10.0, 4.0)));
        assert!(labels.take((208.0, 12.0), (10.0, 4.0)));
    }
}
