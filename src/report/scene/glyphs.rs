//! Marks as outlines, and as letters for terminals.

use super::{Point, Shape};

/// The outline of a mark: a filled polygon, or lines.
pub(super) enum Outline {
    Circle,
    Filled(Vec<Point>),
    Lines(Vec<[Point; 2]>),
}

/// Returns the outline of a mark.
pub(super) fn outline(shape: Shape, centre: Point, radius: f64) -> Outline {
    let at = |x: f64, y: f64| (centre.0 + x * radius, centre.1 + y * radius);
    match shape {
        Shape::Circle => Outline::Circle,
        Shape::Square => {
            let side = 0.88;
            Outline::Filled(vec![
                at(-side, -side),
                at(side, -side),
                at(side, side),
                at(-side, side),
            ])
        }
        Shape::Triangle => Outline::Filled(vec![at(0.0, -1.2), at(1.1, 0.8), at(-1.1, 0.8)]),
        Shape::TriangleDown => Outline::Filled(vec![at(0.0, 1.2), at(1.1, -0.8), at(-1.1, -0.8)]),
        Shape::Diamond => {
            Outline::Filled(vec![at(0.0, -1.3), at(1.3, 0.0), at(0.0, 1.3), at(-1.3, 0.0)])
        }
        Shape::Cross => {
            Outline::Lines(vec![[at(-1.0, -1.0), at(1.0, 1.0)], [at(-1.0, 1.0), at(1.0, -1.0)]])
        }
        Shape::Plus => {
            Outline::Lines(vec![[at(-1.2, 0.0), at(1.2, 0.0)], [at(0.0, -1.2), at(0.0, 1.2)]])
        }
        Shape::Bar => Outline::Lines(vec![[at(0.0, -1.4), at(0.0, 1.4)]]),
    }
}

/// Returns the letter of a mark.
pub(super) fn letter(shape: Shape, hollow: bool) -> char {
    match (shape, hollow) {
        (Shape::Circle, false) => '●',
        (Shape::Circle, true) => '○',
        (Shape::Square, false) => '■',
        (Shape::Square, true) => '□',
        (Shape::Triangle, false) => '▲',
        (Shape::Triangle, true) => '△',
        (Shape::TriangleDown, false) => '▼',
        (Shape::TriangleDown, true) => '▽',
        (Shape::Diamond, false) => '◆',
        (Shape::Diamond, true) => '◇',
        (Shape::Cross, _) => '×',
        (Shape::Plus, _) => '+',
        (Shape::Bar, _) => '│',
    }
}
