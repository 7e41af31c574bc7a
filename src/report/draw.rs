//! Drawing of a chart as a scene: its panels in a grid, and in each the axes around the marks.

use super::axes::{Extent, Scale};
use super::chart::{Axis, Chart, Panel};
use super::marks::Frame;
use super::page::{self, Medium};
use super::scene::{Anchor, Cells, Point, Scene, Stroke, Text};
use super::style::Style;

/// Size of a single panel on paper, and of one of several.
const SINGLE: Point = (900.0, 520.0);
const ONE_OF_SEVERAL: Point = (620.0, 400.0);

impl Chart {
    /// Draws the chart on paper.
    pub fn scene(&self, style: &Style) -> Scene {
        self.drawn(style, Medium::PAPER)
    }

    /// Draws the chart in the cells of a terminal: each panel has these columns and rows.
    pub fn scene_in_cells(&self, style: &Style, cells: Cells) -> Scene {
        self.drawn(&Style { size: None, ..style.clone() }, Medium::terminal(cells))
    }

    /// Returns the reason why the axes of a style do not fit the chart, if they do not.
    pub fn misfit(&self, style: &Style) -> Option<String> {
        let logs = |axis: fn(&Panel) -> &Axis| {
            self.panels.iter().any(|panel| panel.heat.is_none() && axis(panel).categories.is_none())
        };
        match (style.log_x && !logs(|panel| &panel.x), style.log_y && !logs(|panel| &panel.y)) {
            (true, _) => Some("--log-x: the x axis of this picture has names, no numbers".into()),
            (_, true) => Some("--log-y: the y axis of this picture has names, no numbers".into()),
            _ => None,
        }
    }

    fn drawn(&self, style: &Style, medium: Medium) -> Scene {
        let columns = match (self.panels.len(), medium.cells) {
            (0 | 1, _) | (_, Some(_)) => 1,
            _ => 2,
        };
        let rows = self.panels.len().div_ceil(columns).max(1);
        let panel = match medium.cells {
            Some(cells) => (cells.columns as f64 * 8.0, cells.rows as f64 * 16.0),
            None if columns == 1 => SINGLE,
            None => ONE_OF_SEVERAL,
        };
        let drawing = (panel.0 * columns as f64, panel.1 * rows as f64);
        let frame =
            page::Frame { title: &self.title, legend: &self.legend, caption: &self.caption };
        let page = frame.page(drawing, style, medium);
        let mut scene = page.scene;
        let size = (page.size.0 / columns as f64, page.size.1 / rows as f64);
        for (place, panel) in self.panels.iter().enumerate() {
            let (column, row) = ((place % columns) as f64, (place / columns) as f64);
            let corner = (page.corner.0 + column * size.0, page.corner.1 + row * size.1);
            panel.draw(&mut scene, (corner, size), style, medium);
        }
        scene
    }
}

/// Maximum share of a panel's width for the names beside it.
const NAMES_MAX: f64 = 0.28;

impl Panel {
    fn draw(
        &self,
        scene: &mut Scene,
        ((left, top), (width, height)): (Point, Point),
        style: &Style,
        medium: Medium,
    ) {
        let theme = style.theme;
        let line = medium.line(medium.small);
        let is_term = medium.cells.is_some();
        let mut title = self.title.clone();
        if is_term && !self.y.label.is_empty() {
            let up = format!("upwards: {}", self.y.label);
            title = if title.is_empty() { up } else { format!("{title}; {up}") };
        }
        let y = self.y_scale(style);
        let x = self.x_scale(style);
        let y_ticks = match &self.y.categories {
            Some(names) => named(names),
            None => y.ticks((height / if is_term { 64.0 } else { 48.0 }).max(2.0), self.y.step),
        };
        let widest = |texts: &mut dyn Iterator<Item = &String>| {
            texts.map(|text| medium.width(text, medium.small)).fold(0.0, f64::max)
        };
        let names = widest(&mut y_ticks.iter().map(|tick| &tick.1)).min(width * NAMES_MAX);
        let label = if is_term || self.y.label.is_empty() { 0.0 } else { line + 2.0 };
        let ends = widest(&mut self.lines.iter().map(|line| &line.name));
        let right = match ends {
            0.0 => {
                if is_term {
                    8.0
                } else {
                    18.0
                }
            }
            ends => (ends + 14.0).min(width * NAMES_MAX),
        };
        let right = if self.heat.is_some() { 84.0 } else { right };
        let head = if title.is_empty() { line * 0.4 } else { line * 1.5 };
        let head = if is_term { 24.0 } else { head };
        let foot = if is_term { 32.0 } else { 2.0 * line + 10.0 };
        let x0 = left + label + names + if is_term { 12.0 } else { 10.0 };
        let snapped = |value: f64| if is_term { (value / 8.0).floor() * 8.0 + 4.0 } else { value };
        let (x0, y0) = (snapped(x0), top + head);
        let (x1, y1) = (left + width - right, top + height - foot);
        let frame = Frame {
            corner: (x0, y0),
            size: ((x1 - x0).max(20.0), (y1 - y0).max(20.0)),
            x,
            y,
            theme,
            medium,
        };
        let put = |scene: &mut Scene, at, content: &str, anchor, size, upwards, colour| {
            let content = content.to_owned();
            scene.text(Text { at, content, size, anchor, bold: false, upwards, colour });
        };
        if !title.is_empty() {
            let title = medium.fitted(&title, medium.text, width - 8.0);
            let at = (left + if is_term { 0.0 } else { label }, top + line * 0.8);
            put(scene, at, &title, Anchor::Start, medium.text, false, theme.ink());
        }
        self.ticks(scene, &frame, &y_ticks, names);
        self.draw_marks(scene, &frame);
        let axis = Stroke::solid(theme.ink(), 1.0);
        let (x1, y1) = (frame.corner.0 + frame.size.0, frame.corner.1 + frame.size.1);
        scene.path(vec![(x0, y0), (x0, y1), (x1, y1)], axis);
        let middle = ((x0 + x1) / 2.0, (y0 + y1) / 2.0);
        let label_x = medium.fitted(&self.x.label, medium.small, width);
        let at = (middle.0, y1 + if is_term { 29.0 } else { 2.0 * line + 4.0 });
        put(scene, at, &label_x, Anchor::Middle, medium.small, false, theme.ink());
        if label > 0.0 {
            let label_y = medium.fitted(&self.y.label, medium.small, height - 10.0);
            let at = (left + line * 0.7, middle.1);
            put(scene, at, &label_y, Anchor::Middle, medium.small, true, theme.ink());
        }
    }

    /// Draws ticks with their texts and the grid.
    fn ticks(&self, scene: &mut Scene, frame: &Frame, y_ticks: &[(f64, String)], names: f64) {
        let Frame { theme, medium, .. } = *frame;
        let is_term = medium.cells.is_some();
        let ((x0, y0), (width, height)) = (frame.corner, frame.size);
        let (x1, y1) = (x0 + width, y0 + height);
        let grid = Stroke::solid(theme.faint(), 1.0);
        let tick = |scene: &mut Scene, at, content: String, anchor| {
            let (size, colour) = (medium.small, theme.ink());
            scene.text(Text { at, content, size, anchor, bold: false, upwards: false, colour });
        };
        let mut last = f64::INFINITY;
        for (value, name) in y_ticks {
            let Some(y) = frame.y(*value).filter(|y| *y >= y0 - 0.5 && *y <= y1 + 0.5) else {
                continue;
            };
            if last - y < medium.line(medium.small) * 0.9 {
                continue;
            }
            last = y;
            if !is_term && self.heat.is_none() {
                scene.line((x0, y), (x1, y), grid);
            }
            let name = medium.fitted(name, medium.small, names + 1.0);
            let down = if is_term { 4.0 } else { medium.small * 0.36 };
            tick(scene, (x0 - 6.0, y + down), name, Anchor::End);
        }
        let x_ticks = match &self.x.categories {
            Some(names) => named(names),
            None => {
                let widest = match is_term {
                    true => 96.0,
                    false => 78.0,
                };
                frame.x.ticks((width / widest).max(2.0), self.x.step)
            }
        };
        // Names get as much room as is between them.
        let room = width / x_ticks.len().max(1) as f64 - 6.0;
        let mut end = f64::NEG_INFINITY;
        for (value, name) in &x_ticks {
            let Some(x) = frame.x(*value).filter(|x| *x >= x0 - 0.5 && *x <= x1 + 0.5) else {
                continue;
            };
            let name = match self.x.categories {
                Some(_) => medium.fitted(name, medium.small, room.max(30.0)),
                None => name.clone(),
            };
            let half = medium.width(&name, medium.small) / 2.0;
            if !is_term && self.x.categories.is_none() {
                scene.line((x, y0), (x, y1), grid);
            }
            if x - half < end + 6.0 {
                continue;
            }
            end = x + half;
            let down = if is_term { 13.0 } else { medium.small * 1.25 + 2.0 };
            tick(scene, (x, y1 + down), name, Anchor::Middle);
        }
    }

    fn x_scale(&self, style: &Style) -> Scale {
        let axis = &self.x;
        let lines = self.lines.iter().flat_map(|line| &line.points).map(|point| point.0);
        let bars = self.bars.iter().flat_map(|bars| &bars.bars).flat_map(|bar| [bar.0, bar.1]);
        let bands = self.bands.iter().flat_map(|band| &band.points).map(|point| point.0);
        let dots = self.dots.iter().flat_map(|dots| &dots.points).map(|point| point.0);
        let boxes = self.boxes.iter().flat_map(|boxed| boxed.values);
        axis.scale(lines.chain(bars).chain(bands).chain(dots).chain(boxes), style.log_x, false)
    }

    fn y_scale(&self, style: &Style) -> Scale {
        let axis = &self.y;
        let lines = self.lines.iter().flat_map(|line| &line.points).map(|point| point.1);
        let bars = self.bars.iter().flat_map(|bars| &bars.bars).map(|bar| bar.2);
        let bands = self.bands.iter().flat_map(|band| &band.points);
        let bands = bands.flat_map(|point| [point.1, point.2]);
        let dots = self.dots.iter().flat_map(|dots| &dots.points).map(|point| point.1);
        axis.scale(lines.chain(bars).chain(bands).chain(dots), style.log_y, true)
    }
}

impl Axis {
    fn scale(&self, values: impl Iterator<Item = f64> + Clone, log: bool, rounded: bool) -> Scale {
        let names = self.categories.as_ref().map(|names| (0.5, names.len() as f64 + 0.5));
        let log = (self.log || log) && names.is_none();
        let range = self.range.or(names);
        Scale::of(values, Extent { range, from_zero: self.from_zero, log, rounded })
    }
}

/// Returns the ticks of names: at 1, 2, ….
fn named(names: &[String]) -> Vec<(f64, String)> {
    (1_u32..).zip(names).map(|(place, name)| (f64::from(place), name.clone())).collect()
}
