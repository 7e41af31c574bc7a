//! Rendering of a chart as SVG, PNG or terminal text.
//!
//! Adds what the drawing library lacks: a `viewBox`, ids that do not depend on earlier drawings,
//! and numbers in the cells of a heat map.

use std::sync::Arc;

use kuva::backend::svg::SvgBackend;
use kuva::backend::terminal::TerminalBackend;
use kuva::plot::LegendEntry;
use kuva::render::figure::{Figure, FigureLegendPosition};
use kuva::render::layout::{Layout, TickFormat};
use kuva::render::plots::Plot;
use kuva::render::render::{Primitive, Scene};
use kuva::render::theme::Theme;

use super::chart::{Band, Bars, Chart, Dots, Heat, Key, Line, Panel, Written};
use super::heat::settle_marked_texts;
use super::labels::{fitting, text, tick};

/// Pixels of a PNG per unit of an SVG.
pub const PNG_SCALE: f32 = 2.0;

/// Text size in the legend: the one that the library assumes for the legend's box.
const LEGEND_TEXT: u32 = 12;

/// Dimensions of a picture.
#[derive(Clone, Copy, Debug)]
struct Size {
    panel: (f64, f64),
    text: u32,
    /// Text size of the panels' titles.
    title: u32,
    columns: usize,
    term_rows: Option<u32>,
}

impl Chart {
    /// Renders the chart as SVG.
    pub fn to_svg(&self) -> String {
        let scene = self.scene(self.size_on_paper(), Theme::light());
        let text = SvgBackend::new().render_scene(&scene);
        let cents = |size: f64| (size * 100.0).round() / 100.0;
        let (width, height) = (cents(scene.width), cents(scene.height));
        let view = format!("<svg viewBox=\"0 0 {width} {height}\" ");
        let mut svg = text.replacen("<svg ", &view, 1);
        svg.push('\n');
        svg
    }

    /// Renders the chart as PNG.
    ///
    /// # Errors
    /// If the library cannot encode it.
    pub fn to_png(&self) -> Result<Vec<u8>, String> {
        let scene = self.scene(self.size_on_paper(), Theme::light());
        kuva::RasterBackend::new().with_scale(PNG_SCALE).render_scene(&scene)
    }

    /// Renders the chart as text, with `columns` × `rows` characters per panel and colours as
    /// escape sequences.
    pub fn to_terminal(&self, columns: usize, rows: usize) -> String {
        // A character cell is 8 × 16 units, so that text fills its cells.
        let (width, height) = (columns as f64 * 8.0, rows as f64 * 16.0);
        let mut size = Size {
            panel: (width, height - 15.0),
            text: 14,
            title: 14,
            columns: 1,
            term_rows: Some(rows as u32),
        };
        let mut theme = Theme::dark();
        theme.legend_bg = "none".to_owned();
        theme.legend_border = "none".to_owned();
        theme.show_grid = false;
        // Only the library knows the width of the legend.
        size.panel.0 -= self.scene(size, theme.clone()).width - width;
        size.panel.0 = size.panel.0.max(width / 3.0);
        let scene = self.scene(size, theme);
        let rows = (scene.height / 16.0).ceil() as usize;
        let mut text = TerminalBackend::new(columns, rows).render_scene(&scene);
        if !text.ends_with('\n') {
            text.push('\n');
        }
        text
    }

    fn size_on_paper(&self) -> Size {
        match self.panels.len() {
            0 | 1 => {
                Size { panel: (820.0, 520.0), text: 14, title: 14, columns: 1, term_rows: None }
            }
            _ => Size { panel: (600.0, 400.0), text: 13, title: 15, columns: 2, term_rows: None },
        }
    }

    fn scene(&self, size: Size, theme: Theme) -> Scene {
        let rows = self.panels.len().div_ceil(size.columns).max(1);
        let on_paper = size.term_rows.is_none();
        let plots: Vec<Vec<Plot>> = self.panels.iter().map(|panel| panel.plots(on_paper)).collect();
        let layouts = self
            .panels
            .iter()
            .zip(&plots)
            .map(|(panel, plots)| panel.layout(plots, size, theme.clone()))
            .collect();
        // A wide letter of the title is about two thirds as wide as high.
        let letter = f64::from(size.text + 4) * 0.65;
        let title_max = (size.panel.0 * size.columns as f64 / letter) as usize;
        let mut figure = Figure::new(rows, size.columns)
            .with_title(text(&fitting(&self.title, title_max)))
            .with_title_size(size.text + 4)
            .with_cell_size(size.panel.0, size.panel.1)
            .with_plots(plots)
            .with_layouts(layouts);
        if !self.legend.is_empty() {
            figure = figure
                .with_shared_legend_position(FigureLegendPosition::RightTop)
                .with_shared_legend_entries(self.entries(size));
        }
        let mut scene = figure.render();
        number_clips(&mut scene);
        settle_marked_texts(&mut scene);
        scene
    }
}

impl Chart {
    fn entries(&self, size: Size) -> Vec<LegendEntry> {
        let mut entries: Vec<LegendEntry> = self.legend.iter().map(Key::entry).collect();
        if size.term_rows.is_some() {
            // Letters are wider in a terminal than the library assumes, and so is the sample.
            for entry in &mut entries {
                let margin = " ".repeat(entry.label.chars().count() / 2 + 4);
                entry.label = format!("  {}{margin}", entry.label);
            }
        }
        entries
    }
}

impl Panel {
    fn plots(&self, on_paper: bool) -> Vec<Plot> {
        let shades = self.shades.iter().filter_map(|shade| {
            let band = shade.band(&self.y)?;
            // In a terminal an area would hide everything else.
            Some(if on_paper { band.plot() } else { band.as_line() })
        });
        let shades: Vec<Plot> = shades.collect();
        let bands = shades.into_iter().chain(self.bands.iter().map(Band::plot));
        let bars = self.bars.iter().map(Bars::plot);
        let lines = self.lines.iter().flat_map(Line::plots);
        let dots = self.dots.iter().map(Dots::plot);
        let all = self.heat.iter().map(Heat::plot).chain(bands).chain(bars);
        all.chain(lines).chain(dots).collect()
    }

    fn layout(&self, plots: &[Plot], size: Size, theme: Theme) -> Layout {
        let mut layout = Layout::auto_from_plots(plots)
            .with_theme(theme)
            .with_title_size(size.title)
            .with_label_size(size.text)
            .with_tick_size(size.text - 1)
            .with_body_size(LEGEND_TEXT)
            .with_tick_format(TickFormat::Custom(Arc::new(tick)))
            .with_colorbar_tick_format(TickFormat::Custom(Arc::new(tick)))
            .with_x_label(text(&self.x.label));
        let mut title = self.title.clone();
        match size.term_rows {
            None => layout = layout.with_y_label(text(&self.y.label)),
            // A terminal cannot rotate text.
            Some(_) => {
                let upwards = format!("upwards: {}", self.y.label);
                let both = format!("{title}; {upwards}");
                let fits = both.chars().count() as f64 * 8.0 < size.panel.0 - 80.0;
                title = if fits && !title.is_empty() { both } else { upwards };
            }
        }
        if !title.is_empty() {
            layout = layout.with_title(text(&title));
        }
        if let Some(names) = &self.x.categories {
            // Names that would overlap are rotated.
            let letters: usize = names.iter().map(|name| name.chars().count() + 2).sum();
            if letters as f64 * 8.0 > size.panel.0 - 100.0 && size.term_rows.is_none() {
                layout = layout.with_x_tick_rotate(-30.0);
            }
            layout = layout.with_x_categories(names.iter().map(|name| text(name)).collect());
        }
        if let Some(names) = &self.y.categories {
            layout = layout.with_y_categories(names.iter().map(|name| text(name)).collect());
        }
        if let Some((from, to)) = self.height() {
            layout = layout.with_y_axis_min(from);
            if let Some(to) = to {
                layout = layout.with_y_axis_max(to);
            }
        }
        if let Some((from, to)) = self.x.range {
            layout = layout.with_x_axis_min(from).with_x_axis_max(to);
        }
        if let Some(step) = self.x.step {
            layout = layout.with_x_tick_step(step);
        }
        if self.y.log {
            layout = layout.with_log_y();
        }
        let texts = self.texts.iter().map(Written::annotation);
        for text in self.heat.iter().flat_map(Heat::written).chain(texts) {
            layout = layout.with_annotation(text);
        }
        match size.term_rows {
            Some(rows) => layout.with_term_rows(rows),
            None => layout,
        }
    }
}

impl Panel {
    /// Returns the first value of the y axis, if it is given or 0, and the last, if it is given or
    /// all points are equally high, which the library cannot draw.
    fn height(&self) -> Option<(f64, Option<f64>)> {
        if let Some((from, to)) = self.y.range {
            return Some((from, Some(to)));
        }
        let lines = self.lines.iter().flat_map(|line| &line.points).map(|point| point.1);
        let bars = self.bars.iter().flat_map(|bars| &bars.bars).map(|bar| bar.2);
        let bands = self.bands.iter().flat_map(|band| &band.points);
        let ends = bands.flat_map(|point| [point.1, point.2]);
        let dots = self.dots.iter().flat_map(|dots| &dots.points).map(|point| point.1);
        let all = || lines.clone().chain(bars.clone()).chain(ends.clone()).chain(dots.clone());
        let (low, high) = (all().reduce(f64::min)?, all().reduce(f64::max)?);
        match (self.y.from_zero && low >= 0.0, low == high) {
            (true, false) => Some((0.0, None)),
            (true, true) if high > 0.0 => Some((0.0, Some(high * 1.25))),
            (true, true) => Some((0.0, Some(1.0))),
            (false, true) => {
                let room = if high == 0.0 { 1.0 } else { high.abs() / 4.0 };
                Some((low - room, Some(high + room)))
            }
            (false, false) => None,
        }
    }
}

/// Renumbers the clips of a picture from 1: the library numbers them over the whole process.
fn number_clips(scene: &mut Scene) {
    let mut clips = 0;
    let Scene { elements, defs, .. } = scene;
    for element in elements {
        if let Primitive::ClipStart { id, .. } = element {
            clips += 1;
            let (old, new) = (format!("id=\"{id}\""), format!("clip-{clips}"));
            for definition in &mut *defs {
                if definition.contains(&old) {
                    *definition = definition.replace(&old, &format!("id=\"{new}\""));
                    break;
                }
            }
            *id = new;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::chart::Ink;
    use super::*;

    fn chart(title: &str) -> Chart {
        let line = Line {
            ink: Ink::of(0),
            points: vec![(0.0, 1.0), (1.0, 2.0)],
            steps: false,
            dots: false,
        };
        let panel = Panel { lines: vec![line], ..Panel::default() };
        Chart { title: title.to_owned(), panels: vec![panel.clone(), panel], legend: Vec::new() }
    }

    #[test]
    fn the_same_chart_gives_the_same_bytes() {
        let first = chart("twice").to_svg();
        assert_eq!(first, chart("twice").to_svg());
        assert!(first.contains("id=\"clip-2\"") && first.contains("url(#clip-2)"), "{first}");
        assert_eq!(chart("twice").to_png(), chart("twice").to_png());
    }

    #[test]
    fn any_text_is_shown_as_it_is() {
        let svg = chart("a<b & $\\alpha$ \"c\"\u{1}").to_svg();
        assert!(svg.contains("a&lt;b &amp; $\\alpha$ &quot;c&quot; <"), "{svg}");
        let long = chart(&"x".repeat(1000)).to_svg();
        assert!(long.contains('…') && !long.contains(&"x".repeat(101)));
    }
}
