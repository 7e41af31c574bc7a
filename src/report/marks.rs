//! The marks of a panel: shades, bands, bars, lines with their names, boxes, dots and texts.

use super::axes::Scale;
use super::chart::{Bars, Boxed, Dots, Line, Panel, Shade, Span};
use super::page::{Medium, bar_paint, glyph, shade_paint};
use super::scene::{Anchor, Colour, Dash, Item, Paint, Point, Scene, Stroke, Text};
use super::style::Theme;

/// The rectangle of a panel that the axes enclose, with their scales.
#[derive(Clone, Copy)]
pub(super) struct Frame {
    pub(super) corner: Point,
    pub(super) size: Point,
    pub(super) x: Scale,
    pub(super) y: Scale,
    pub(super) theme: Theme,
    pub(super) medium: Medium,
}

impl Frame {
    pub(super) fn x(&self, value: f64) -> Option<f64> {
        Some(self.corner.0 + self.x.share(value)? * self.size.0)
    }

    pub(super) fn y(&self, value: f64) -> Option<f64> {
        Some(self.corner.1 + self.size.1 - self.y.share(value)? * self.size.1)
    }

    pub(super) fn at(&self, point: (f64, f64)) -> Option<Point> {
        Some((self.x(point.0)?, self.y(point.1)?))
    }

    /// Returns the lowest place.
    fn foot(&self) -> f64 {
        self.y(0.0).unwrap_or(f64::MAX).min(self.corner.1 + self.size.1)
    }
}

/// Number of marks on a line that has many points.
const MARKS: u32 = 6;

/// Length of the dashes of lines that lie over each other.
const STRIPE: f64 = 9.0;

impl Panel {
    pub(super) fn draw_marks(&self, scene: &mut Scene, frame: &Frame) {
        scene.clip(
            (frame.corner.0 - 0.5, frame.corner.1 - 1.0),
            (frame.size.0 + 1.0, frame.size.1 + 2.0),
        );
        self.shades.iter().for_each(|shade| shade.draw(scene, frame));
        for band in &self.bands {
            let at = |x: f64, y: f64| frame.at((x, y));
            let low = band.points.iter().filter_map(|(x, low, _)| at(*x, *low));
            let high = band.points.iter().rev().filter_map(|(x, _, high)| at(*x, *high));
            let points: Vec<Point> = low.chain(high).collect();
            scene.area(points, Paint::veil(frame.theme.colour(band.ink), 20));
        }
        if let Some(heat) = &self.heat {
            heat.draw(scene, frame);
        }
        self.bars.iter().for_each(|bars| bars.draw(scene, frame));
        for (place, line) in self.lines.iter().enumerate() {
            let equal: Vec<usize> =
                (0..self.lines.len()).filter(|other| is_equal(&self.lines[*other], line)).collect();
            let rank = equal.iter().position(|other| *other == place).unwrap_or(0);
            line.draw(scene, frame, (rank, equal.len()), (place, self.lines.len()));
        }
        self.spans.iter().for_each(|span| span.draw(scene, frame));
        self.boxes.iter().for_each(|boxed| boxed.draw(scene, frame));
        self.dots.iter().for_each(|dots| dots.draw(scene, frame));
        scene.end();
        for written in &self.texts {
            if let Some((x, y)) = frame.at((written.x, written.y)) {
                put(scene, frame, (x, y - 5.0), &written.text, Anchor::Middle);
            }
        }
        self.names(scene, frame);
        if let Some(heat) = &self.heat {
            heat.scale(scene, frame);
        }
    }

    /// Writes the names of lines beside their ends, moved apart; those without room are left out.
    fn names(&self, scene: &mut Scene, frame: &Frame) {
        let height = frame.medium.line(frame.medium.small);
        let mut ends: Vec<(f64, &Line)> = Vec::new();
        for line in self.lines.iter().filter(|line| !line.name.is_empty()) {
            let last = line.points.iter().rev().find_map(|point| frame.at(*point));
            ends.extend(last.map(|(_, y)| (y, line)));
        }
        ends.sort_by(|a, b| a.0.total_cmp(&b.0));
        let (top, bottom) = (frame.corner.1, frame.corner.1 + frame.size.1);
        if ends.len() as f64 * height > bottom - top + height {
            return;
        }
        let mut places: Vec<f64> = ends.iter().map(|end| end.0).collect();
        for place in 1..places.len() {
            places[place] = places[place].max(places[place - 1] + height);
        }
        let mut limit = bottom + height * 0.3;
        for place in places.iter_mut().rev() {
            *place = place.min(limit);
            limit = *place - height;
        }
        let x = frame.corner.0 + frame.size.0 + 6.0;
        for (place, (_, line)) in places.into_iter().zip(ends) {
            let (size, colour) = (frame.medium.small, frame.theme.colour(line.ink));
            let colour = colour.mixed(frame.theme.ink(), 0.25);
            let content = line.name.clone();
            let at = (x, place + size * 0.36);
            let (anchor, bold, upwards) = (Anchor::Start, false, false);
            scene.text(Text { at, content, size, anchor, bold, upwards, colour });
        }
    }
}

/// Whether two lines lie over each other.
fn is_equal(a: &Line, b: &Line) -> bool {
    let same = |(a, b): (&(f64, f64), &(f64, f64))| a == b || a.1.is_nan() && b.1.is_nan();
    let are_same = || a.points.len() == b.points.len() && a.points.iter().zip(&b.points).all(same);
    std::ptr::eq(a, b) || a.points.len() > 1 && !a.ink.dashed && !b.ink.dashed && are_same()
}

fn put(scene: &mut Scene, frame: &Frame, at: Point, content: &str, anchor: Anchor) {
    let (size, colour, content) = (frame.medium.small, frame.theme.ink(), content.to_owned());
    scene.text(Text { at, content, size, anchor, bold: false, upwards: false, colour });
}

impl Line {
    /// Draws a line that is number `rank` of those with the same points: each has its own stripes.
    fn draw(
        &self,
        scene: &mut Scene,
        frame: &Frame,
        (rank, equal): (usize, usize),
        (place, lines): (usize, usize),
    ) {
        let colour = frame.theme.colour(self.ink);
        let dash = match equal {
            1 => frame.theme.dash(self.ink),
            _ => Dash {
                on: STRIPE,
                off: STRIPE * (equal - 1) as f64,
                start: STRIPE * (equal - rank) as f64,
            },
        };
        let stroke = Stroke { colour, width: 1.8, dash };
        for points in self.pieces(frame) {
            match points[..] {
                [_] if self.dots => {}
                [only] => glyph(scene, self.ink, only, 3.4, frame.theme),
                _ => scene.path(points, stroke),
            }
        }
        let marked = !self.name.is_empty() || self.dots;
        if self.dots {
            for point in self.points.iter().filter_map(|point| frame.at(*point)) {
                glyph(scene, self.ink, point, 3.4, frame.theme);
            }
        } else if marked && lines > 1 {
            for mark in 0..MARKS {
                let share =
                    (f64::from(mark) + (place as f64 + 0.5) / lines as f64) / f64::from(MARKS);
                let x = frame.corner.0 + share * frame.size.0;
                if let Some(y) = self.height_at(frame, x) {
                    glyph(scene, self.ink, (x, y), 3.6, frame.theme);
                }
            }
        }
    }

    /// Returns the places of the points, broken where the scale has no place for one.
    fn pieces(&self, frame: &Frame) -> Vec<Vec<Point>> {
        let mut pieces: Vec<Vec<Point>> = vec![Vec::new()];
        for point in &self.points {
            match (frame.at(*point), pieces.last_mut()) {
                (Some((x, y)), Some(piece)) => {
                    if let (true, Some((_, before))) = (self.steps, piece.last().copied())
                        && before != y
                    {
                        piece.push((x, before));
                    }
                    piece.push((x, y));
                }
                _ => pieces.push(Vec::new()),
            }
        }
        pieces.retain(|piece| !piece.is_empty());
        pieces
    }

    /// Returns the height of the line at a place, if it reaches there.
    fn height_at(&self, frame: &Frame, x: f64) -> Option<f64> {
        let after = self.points.partition_point(|point| frame.x(point.0).is_some_and(|at| at <= x));
        let (before, after) = (self.points.get(after.checked_sub(1)?)?, self.points.get(after)?);
        let ((x0, y0), (x1, y1)) = (frame.at(*before)?, frame.at(*after)?);
        match self.steps || x1 <= x0 {
            true => Some(y0),
            false => Some(y0 + (y1 - y0) * (x - x0) / (x1 - x0)),
        }
    }
}

impl Shade {
    fn draw(&self, scene: &mut Scene, frame: &Frame) {
        let (Some(from), Some(to)) = (frame.x(self.from), frame.x(self.to)) else { return };
        let ((_, top), (_, height)) = (frame.corner, frame.size);
        let (lane, lanes) = self.lane;
        let share = height / lanes.max(1) as f64;
        let y = top + height - (lane + 1) as f64 * share;
        let width = (to - from).max(1.0);
        let paint = shade_paint(self.ink, frame.theme);
        if frame.medium.cells.is_some() {
            // Colours behind all would hide the marks: a line on top of the lane.
            let at = y + 2.0;
            let stroke = Stroke::solid(frame.theme.colour(self.ink), 1.0);
            return scene.line((from, at), (to, at), stroke);
        }
        scene.rect((from, y), (width, share), paint);
        let size = frame.medium.small - 1.0;
        if frame.medium.width(&self.name, size) + 8.0 < width {
            let colour = frame.theme.quiet();
            let (anchor, bold, upwards) = (Anchor::Start, false, false);
            let (at, content) = ((from + 4.0, y + size + 2.0), self.name.clone());
            scene.text(Text { at, content, size, anchor, bold, upwards, colour });
        }
    }
}

impl Bars {
    fn draw(&self, scene: &mut Scene, frame: &Frame) {
        let paint = bar_paint(self.ink, frame.theme);
        for (from, to, height) in &self.bars {
            let places = (frame.x(*from), frame.x(*to), frame.y(*height));
            let (Some(from), Some(to), Some(top)) = places else { continue };
            let foot = frame.foot();
            if foot - top > 0.0 {
                scene.rect((from, top), ((to - from).max(0.5), foot - top), paint);
            }
        }
    }
}

impl Boxed {
    fn draw(&self, scene: &mut Scene, frame: &Frame) {
        let Some(y) = frame.y(self.y) else { return };
        let places: Vec<f64> = self.values.iter().filter_map(|value| frame.x(*value)).collect();
        let [low, first, median, third, high] = places[..] else { return };
        let half = (frame.size.1 * 0.16).min(34.0);
        let stroke = Stroke::solid(frame.theme.colour(self.ink), 1.6);
        let fill = frame.theme.colour(self.ink).mixed(frame.theme.background(), 0.75);
        for (from, to) in [(low, first), (third, high)] {
            scene.line((from, y), (to, y), stroke);
        }
        for end in [low, high] {
            scene.line((end, y - half * 0.5), (end, y + half * 0.5), stroke);
        }
        let paint = Paint { fill: Some(fill), veil: 0, stroke: Some(stroke) };
        scene.rect((first, y - half), ((third - first).max(0.5), 2.0 * half), paint);
        scene.line((median, y - half), (median, y + half), Stroke { width: 3.0, ..stroke });
    }
}

impl Span {
    fn draw(&self, scene: &mut Scene, frame: &Frame) {
        let places = (frame.x(self.from), frame.x(self.to), frame.y(self.row as f64 + 1.0));
        let (Some(from), Some(to), Some(middle)) = places else { return };
        let rows = frame.y(self.row as f64 + 1.0).zip(frame.y(self.row as f64 + 2.0));
        let half = rows.map_or(8.0, |(a, b)| (a - b).abs() * 0.36).min(13.0);
        scene.begin(&self.tooltip);
        let width = (to - from).max(1.5);
        let paint = bar_paint(self.ink, frame.theme);
        scene.rect((from, middle - half), (width, 2.0 * half), paint);
        let size = frame.medium.small - 2.0;
        let is_free = frame.medium.cells.is_none() && 2.0 * half > size;
        if is_free && frame.medium.width(&self.text, size) + 6.0 < width {
            let is_dark = paint.fill.is_some_and(Colour::is_dark);
            let colour = if is_dark { Colour::WHITE } else { Colour::BLACK };
            let (anchor, bold, upwards) = (Anchor::Start, false, false);
            let (at, content) = ((from + 3.0, middle + size * 0.36), self.text.clone());
            scene.text(Text { at, content, size, anchor, bold, upwards, colour });
        }
        scene.end();
    }
}

impl Dots {
    fn draw(&self, scene: &mut Scene, frame: &Frame) {
        let colour = frame.theme.colour(self.ink);
        for centre in self.points.iter().filter_map(|point| frame.at(*point)) {
            let (shape, radius) = (self.shape, 2.5);
            scene.items.push(Item::Glyph { shape, centre, radius, colour, hole: None });
        }
    }
}
