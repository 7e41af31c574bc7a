//! A heat map as a plot of the drawing library, with its values written into the cells.

use std::sync::Arc;

use kuva::plot::{ColorMap, Heatmap};
use kuva::render::annotations::TextAnnotation;
use kuva::render::color::Color;
use kuva::render::plots::Plot;
use kuva::render::render::{Primitive, Scene};

use super::chart::Heat;
use super::labels::short;

/// Markers of texts in the middle of cells, light and dark: the library draws all texts in one
/// colour and above their positions. No external text contains them.
const LIGHT: char = '\u{1}';
const DARK: char = '\u{2}';

/// Distance from the position at which the library puts a text to the middle of the cell.
const TO_THE_MIDDLE: f64 = 10.5;

/// Maximum number of rows and columns of a heat map whose values are written into the cells.
const WRITTEN_MAX: (usize, usize) = (12, 12);

impl Heat {
    /// Returns the values as texts in the middle of their cells.
    pub(super) fn written(&self) -> Vec<TextAnnotation> {
        let columns = self.rows.first().map_or(0, Vec::len);
        if self.rows.len() > WRITTEN_MAX.0 || columns > WRITTEN_MAX.1 {
            return Vec::new();
        }
        let all = || self.rows.iter().flatten().copied().filter(|value| !value.is_nan());
        let (low, high) =
            (all().fold(f64::INFINITY, f64::min), all().fold(f64::NEG_INFINITY, f64::max));
        let mut written = Vec::new();
        for (y, row) in (1_u32..).zip(&self.rows) {
            for (x, value) in (1_u32..).zip(row).filter(|(_, value)| !value.is_nan()) {
                // The lower half of the colour map is dark.
                let dark = low == high || *value - low < (high - low) / 2.0;
                let mark = if dark { LIGHT } else { DARK };
                let text = format!("{mark}{}", short(*value));
                written.push(TextAnnotation::new(text, x.into(), y.into()).with_font_size(13));
            }
        }
        written
    }

    pub(super) fn plot(&self) -> Plot {
        let colours = |value: f64| match value.is_nan() {
            true => "#ffffff".to_owned(),
            false => ColorMap::Viridis.map(value),
        };
        let heat = Heatmap::new()
            .with_data(self.rows.iter().map(|row| row.iter().copied()))
            .with_color_map(ColorMap::Custom(Arc::new(colours)));
        Plot::Heatmap(heat)
    }
}

/// Sets colour and position of the marked texts.
pub(super) fn settle_marked_texts(scene: &mut Scene) {
    for element in &mut scene.elements {
        let Primitive::Text { content, color, y, .. } = element else { continue };
        let marked = content.strip_prefix(LIGHT).map(|text| (text, "#ffffff"));
        let marked = marked.or_else(|| content.strip_prefix(DARK).map(|text| (text, "#000000")));
        if let Some((text, colour)) = marked {
            *color = Some(Color::from(colour));
            *y += TO_THE_MIDDLE;
            *content = text.to_owned();
        }
    }
}
