//! A heat map: a coloured cell for each pair of names, with its value, and the scale beside it.

use super::chart::Heat;
use super::labels::{short, tick};
use super::marks::Frame;
use super::scene::{Anchor, Colour, Paint, Scene, Stroke, Text};

/// Maximum number of rows and columns of a heat map whose values are written into the cells.
const WRITTEN_MAX: usize = 12;

/// Number of steps of the scale beside the cells.
const STEPS: u32 = 48;

impl Heat {
    fn columns(&self) -> usize {
        self.rows.iter().map(Vec::len).max().unwrap_or(0)
    }

    /// Returns the lowest and the highest value.
    fn range(&self) -> (f64, f64) {
        let all = || self.rows.iter().flatten().copied().filter(|value| !value.is_nan());
        (all().fold(f64::INFINITY, f64::min), all().fold(f64::NEG_INFINITY, f64::max))
    }

    /// Returns the colour of a value.
    fn colour(&self, value: f64, frame: &Frame) -> Colour {
        let (low, high) = self.range();
        let share = if high > low { (value - low) / (high - low) } else { 0.0 };
        frame.theme.heat(share)
    }

    pub(super) fn draw(&self, scene: &mut Scene, frame: &Frame) {
        let written = self.rows.len() <= WRITTEN_MAX && self.columns() <= WRITTEN_MAX;
        let cells = (self.columns().max(1) as f64, self.rows.len().max(1) as f64);
        let size = (frame.size.0 / cells.0, frame.size.1 / cells.1);
        for (row, values) in self.rows.iter().enumerate() {
            for (column, value) in values.iter().enumerate() {
                let corner = (
                    frame.corner.0 + column as f64 * size.0,
                    frame.corner.1 + (cells.1 - 1.0 - row as f64) * size.1,
                );
                let (middle, low) = (corner.0 + size.0 / 2.0, corner.1 + size.1 / 2.0 + 4.5);
                if value.is_nan() {
                    put(scene, frame, (middle, low), "–", frame.theme.quiet(), Anchor::Middle);
                    continue;
                }
                let colour = self.colour(*value, frame);
                if frame.medium.cells.is_none() {
                    scene.rect(corner, size, Paint::fill(colour));
                } else {
                    scene.rect(corner, size, Paint::veil(colour, 99));
                }
                if written {
                    let ink = if colour.is_dark() { Colour::WHITE } else { Colour::BLACK };
                    put(scene, frame, (middle, low), &short(*value), ink, Anchor::Middle);
                }
            }
        }
    }

    /// Draws the scale of the colours to the right of the cells.
    pub(super) fn scale(&self, scene: &mut Scene, frame: &Frame) {
        let (low, high) = self.range();
        let left = frame.corner.0 + frame.size.0 + 16.0;
        let ((_, top), (_, height)) = (frame.corner, frame.size);
        let step = height / f64::from(STEPS);
        for number in 0..STEPS {
            let share = f64::from(number) / f64::from(STEPS - 1);
            let corner = (left, top + height - f64::from(number + 1) * step);
            scene.rect(corner, (12.0, step + 0.3), Paint::fill(frame.theme.heat(share)));
        }
        let outline =
            Paint { stroke: Some(Stroke::solid(frame.theme.ink(), 1.0)), ..Paint::default() };
        if frame.medium.cells.is_none() {
            scene.rect((left, top), (12.0, height), outline);
        }
        for share in [0.0, 0.5, 1.0] {
            let value = short_tick(low + (high - low) * share);
            let at = (left + 18.0, top + height * (1.0 - share) + 4.5);
            put(scene, frame, at, &value, frame.theme.ink(), Anchor::Start);
        }
    }
}

/// Formats a number of the scale.
fn short_tick(value: f64) -> String {
    if value.abs() >= 1e6 { tick(value) } else { short(value) }
}

fn put(
    scene: &mut Scene,
    frame: &Frame,
    at: (f64, f64),
    content: &str,
    colour: Colour,
    anchor: Anchor,
) {
    let (size, content) = (frame.medium.small, content.to_owned());
    scene.text(Text { at, content, size, anchor, bold: false, upwards: false, colour });
}
