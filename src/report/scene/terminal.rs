//! A scene as text for a terminal: lines in dots of Braille, texts and marks as they are.

use std::fmt::Write;

use super::dashes::dashed;
use super::glyphs::letter;
use super::{Anchor, Colour, Item, Paint, Path, Point, Scene, Text};

/// Width and height of a cell, in units of a scene.
pub(in crate::report) const CELL: (f64, f64) = (8.0, 16.0);

/// Dots of a cell, across and down.
const DOTS: (usize, usize) = (2, 4);

/// The size of a drawing in a terminal, and whether it has colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cells {
    /// Number of columns.
    pub columns: usize,
    /// Number of rows of a panel.
    pub rows: usize,
    /// Whether colours are written as escape sequences.
    pub colours: bool,
}

impl Scene {
    /// Draws the scene as text, with colours as escape sequences or without.
    pub fn to_terminal(&self, colours: bool) -> String {
        let columns = (self.width / CELL.0).ceil().max(1.0) as usize;
        let rows = (self.height / CELL.1).ceil().max(1.0) as usize;
        let cells = vec![Cell::default(); columns * rows];
        let background = self.background;
        let mut grid = Grid { columns, rows, cells, background, clips: vec![None] };
        for item in &self.items {
            grid.item(item);
        }
        grid.lines(colours)
    }
}

/// One character of the terminal.
#[derive(Clone, Copy, Default)]
struct Cell {
    dots: u8,
    colour: Option<Colour>,
    /// A text or a mark, which lies above the dots.
    letter: Option<(char, Colour)>,
    /// A colour behind everything.
    veil: Option<Colour>,
    /// The right half of a wide character, which has no letter of its own.
    taken: bool,
}

/// A rectangle from its upper left to its lower right corner.
type Bounds = (Point, Point);

struct Grid {
    columns: usize,
    rows: usize,
    cells: Vec<Cell>,
    background: Colour,
    clips: Vec<Option<Bounds>>,
}

impl Grid {
    fn item(&mut self, item: &Item) {
        match item {
            Item::Path(path) => self.path(path),
            Item::Circle { centre, radius, paint } => {
                let around = |step: u32| {
                    let (sin, cos) = libm::sincos(f64::from(step) * std::f64::consts::TAU / 16.0);
                    (centre.0 + radius * cos, centre.1 + radius * sin)
                };
                let points = (0..16).map(around).collect();
                self.path(&Path { points, closed: true, paint: *paint });
            }
            Item::Rect { corner, size, paint } => self.rect(*corner, *size, *paint),
            Item::Text(text) => self.written(text),
            Item::Glyph { shape, centre, colour, hole, .. } => {
                if self.is_inside(*centre)
                    && let Some(cell) = self.cell(centre.0, centre.1)
                    && cell.letter.is_none()
                {
                    cell.letter = Some((letter(*shape, hole.is_some()), *colour));
                }
            }
            Item::Tooltip(_) => self.clips.push(self.clips.last().copied().flatten()),
            Item::Clip { corner, size } => {
                self.clips.push(Some((*corner, (corner.0 + size.0, corner.1 + size.1))));
            }
            Item::End => drop(self.clips.pop()),
        }
    }

    fn is_inside(&self, (x, y): Point) -> bool {
        self.clips.last().copied().flatten().is_none_or(|((left, top), (right, bottom))| {
            (left - 1.0..=right + 1.0).contains(&x) && (top - 1.0..=bottom + 1.0).contains(&y)
        })
    }

    fn cell(&mut self, x: f64, y: f64) -> Option<&mut Cell> {
        if !(x >= 0.0 && y >= 0.0) {
            return None;
        }
        let (column, row) = ((x / CELL.0) as usize, (y / CELL.1) as usize);
        match column < self.columns && row < self.rows {
            true => self.cells.get_mut(row * self.columns + column),
            false => None,
        }
    }

    fn dot(&mut self, (x, y): Point, colour: Colour) {
        if !self.is_inside((x, y)) {
            return;
        }
        let place = |at: f64, cell: f64, dots: usize| {
            ((at / cell).fract() * dots as f64).clamp(0.0, (dots - 1) as f64) as usize
        };
        let (across, down) = (place(x, CELL.0, DOTS.0), place(y, CELL.1, DOTS.1));
        let bit = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]][across][down];
        if let Some(cell) = self.cell(x, y) {
            cell.dots |= bit;
            cell.colour = Some(colour);
        }
    }

    fn path(&mut self, path: &Path) {
        if let Some(stroke) = path.paint.stroke {
            let mut points = path.points.clone();
            if path.closed {
                points.extend(points.first().copied());
            }
            for piece in dashed(&points, stroke.dash) {
                piece.windows(2).for_each(|ends| self.line(ends[0], ends[1], stroke.colour));
            }
        } else if let Some(fill) = path.paint.fill {
            // An area is a line along its middle, or a colour behind all if it is translucent.
            let (mut low, mut high) = ((f64::MAX, f64::MAX), (f64::MIN, f64::MIN));
            for (x, y) in &path.points {
                low = (low.0.min(*x), low.1.min(*y));
                high = (high.0.max(*x), high.1.max(*y));
            }
            if !path.paint.is_veil() {
                let middle = ((low.0 + high.0) / 2.0, (low.1 + high.1) / 2.0);
                self.dot(middle, fill);
            }
        }
    }

    fn line(&mut self, from: Point, to: Point, colour: Colour) {
        let (across, down) = (CELL.0 / DOTS.0 as f64, CELL.1 / DOTS.1 as f64);
        let steps = ((to.0 - from.0).abs() / across).max((to.1 - from.1).abs() / down).ceil();
        let steps = steps.clamp(1.0, 20_000.0) as u32;
        for step in 0..=steps {
            let share = f64::from(step) / f64::from(steps);
            let at = (from.0 + (to.0 - from.0) * share, from.1 + (to.1 - from.1) * share);
            self.dot(at, colour);
        }
    }

    fn rect(&mut self, corner: Point, size: Point, paint: Paint) {
        let Some(fill) = paint.fill else {
            let (right, bottom) = (corner.0 + size.0, corner.1 + size.1);
            let corners = vec![corner, (right, corner.1), (right, bottom), (corner.0, bottom)];
            return self.path(&Path { points: corners, closed: true, paint });
        };
        let (across, down) = (CELL.0 / DOTS.0 as f64, CELL.1 / DOTS.1 as f64);
        if paint.is_veil() {
            let veil = self.background.mixed(fill, f64::from(paint.veil) / 100.0);
            let middle = |from: f64, cell: f64| ((from / cell).floor() + 0.5) * cell;
            let mut y = middle(corner.1, CELL.1);
            while y < corner.1 + size.1 {
                let mut x = middle(corner.0, CELL.0);
                while x < corner.0 + size.0 {
                    if self.is_inside((x, y))
                        && let Some(cell) = self.cell(x, y)
                    {
                        cell.veil = Some(veil);
                    }
                    x += CELL.0;
                }
                y += CELL.1;
            }
            return;
        }
        let (columns, rows) = ((size.0 / across).ceil(), (size.1 / down).round());
        for row in 0..rows.clamp(0.0, 4_000.0) as u32 {
            for column in 0..columns.clamp(1.0, 4_000.0) as u32 {
                let x = corner.0 + (f64::from(column) + 0.5) * across.min(size.0.max(0.5));
                self.dot((x, corner.1 + (f64::from(row) + 0.5) * down), fill);
            }
        }
    }

    fn written(&mut self, text: &Text) {
        let length = cells_of(&text.content);
        let y = text.at.1 - text.size * 0.35;
        if text.upwards {
            // A terminal cannot turn text: from the top down.
            let from = y - length as f64 / 2.0 * CELL.1;
            for (place, c) in text.content.chars().enumerate() {
                self.put((text.at.0, from + place as f64 * CELL.1), c, text.colour);
            }
            return;
        }
        let width = length as f64 * CELL.0;
        let from = match text.anchor {
            Anchor::Start => text.at.0,
            Anchor::Middle => text.at.0 - width / 2.0,
            Anchor::End => text.at.0 - width,
        };
        // A little to the right, so that rounding does not move it.
        let mut x = from.max(0.0) + 0.5;
        for c in text.content.chars() {
            self.put((x, y), c, text.colour);
            x += cells_of_one(c) as f64 * CELL.0;
        }
    }

    fn put(&mut self, (x, y): Point, c: char, colour: Colour) {
        if is_joined(c) {
            return;
        }
        if let Some(cell) = self.cell(x, y) {
            cell.letter = Some((c, colour));
            cell.taken = false;
        }
        if is_wide(c)
            && let Some(cell) = self.cell(x + CELL.0, y)
        {
            cell.letter = None;
            cell.taken = true;
        }
    }

    fn lines(&self, colours: bool) -> String {
        let mut out = String::new();
        for row in self.cells.chunks(self.columns) {
            let mut line = String::new();
            let mut style = (None, None);
            for cell in row.iter().filter(|cell| !cell.taken) {
                let (c, colour) = match cell.letter {
                    Some((c, colour)) => (c, Some(colour)),
                    None if cell.dots > 0 => {
                        let dots = 0x2800 + u32::from(cell.dots);
                        (char::from_u32(dots).unwrap_or(' '), cell.colour)
                    }
                    None if cell.veil.is_some() && !colours => ('░', None),
                    None => (' ', None),
                };
                if colours && style != (colour, cell.veil) {
                    style = (colour, cell.veil);
                    line.push_str("\x1b[0m");
                    if let Some(Colour(r, g, b)) = colour {
                        let _ = write!(line, "\x1b[38;2;{r};{g};{b}m");
                    }
                    if let Some(Colour(r, g, b)) = cell.veil {
                        let _ = write!(line, "\x1b[48;2;{r};{g};{b}m");
                    }
                }
                line.push(c);
            }
            if style != (None, None) {
                line.push_str("\x1b[0m");
            }
            out.push_str(line.trim_end_matches(' '));
            out.push('\n');
        }
        out
    }
}

/// Returns the number of cells that a text takes.
pub(in crate::report) fn cells_of(text: &str) -> usize {
    text.chars().map(cells_of_one).sum()
}

fn cells_of_one(c: char) -> usize {
    if is_wide(c) { 2 } else { usize::from(!is_joined(c)) }
}

/// Whether a character takes two cells.
fn is_wide(c: char) -> bool {
    matches!(u32::from(c),
        0x1100..=0x115f | 0x2e80..=0x303e | 0x3041..=0xa4cf | 0xac00..=0xd7a3 | 0xf900..=0xfaff
        | 0xfe30..=0xfe6f | 0xff00..=0xff60 | 0xffe0..=0xffe6 | 0x1f300..=0x1faff
        | 0x20000..=0x3fffd)
}

/// Whether a character joins the one before it.
fn is_joined(c: char) -> bool {
    matches!(u32::from(c), 0x300..=0x36f | 0x200b..=0x200d | 0x20d0..=0x20ff | 0xfe00..=0xfe0f)
}

#[cfg(test)]
mod tests {
    use super::super::Stroke;
    use super::*;

    fn written(content: &str, at: Point, anchor: Anchor) -> Text {
        let (bold, upwards, colour) = (false, false, Colour::BLACK);
        Text { at, content: content.to_owned(), size: 14.0, anchor, bold, upwards, colour }
    }

    #[test]
    fn lines_are_dots_and_texts_are_letters() {
        let mut scene = Scene::new(64.0, 32.0, Colour::WHITE);
        scene.line((1.0, 1.0), (62.0, 1.0), Stroke::solid(Colour(1, 2, 3), 1.0));
        scene.text(written("a名", (64.0, 28.0), Anchor::End));
        assert_eq!(scene.to_terminal(false), "⠉⠉⠉⠉⠉⠉⠉⠉\n     a名\n");
        let coloured = scene.to_terminal(true);
        assert!(coloured.starts_with("\x1b[0m\x1b[38;2;1;2;3m⠉"), "{coloured:?}");
    }

    #[test]
    fn what_is_outside_of_its_clip_is_not_drawn() {
        let mut scene = Scene::new(64.0, 16.0, Colour::WHITE);
        scene.clip((0.0, 0.0), (20.0, 16.0));
        scene.line((1.0, 1.0), (62.0, 1.0), Stroke::solid(Colour::BLACK, 1.0));
        scene.end();
        assert!(scene.to_terminal(false).trim_end().chars().count() <= 3);
    }
}
