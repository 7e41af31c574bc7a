//! A scene: a picture as drawing primitives in a plane, from which each format is written.
//!
//! Units are CSS pixels, 96 to an inch; y grows downwards. Texts pass [`text`] when they enter the
//! scene, tooltips [`tooltip`], so that no writer sees foreign text as it came.

mod dashes;
mod fonts;
mod glyphs;
#[cfg(test)]
mod hostile;
mod pdf;
mod pdf_text;
mod raster;
mod svg;
mod terminal;

pub use raster::DPI;
pub use terminal::Cells;

pub(super) use fonts::width_of;
pub(super) use terminal::cells_of;

use super::labels::{text, tooltip};

/// A point in the plane.
pub(super) type Point = (f64, f64);

/// A colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Colour(pub(super) u8, pub(super) u8, pub(super) u8);

impl Colour {
    pub(super) const BLACK: Colour = Colour(0, 0, 0);
    pub(super) const WHITE: Colour = Colour(255, 255, 255);

    /// Returns this colour with `share` of another one mixed in.
    pub(super) fn mixed(self, other: Colour, share: f64) -> Colour {
        let mix = |own: u8, other: u8| {
            let mixed = f64::from(own) * (1.0 - share) + f64::from(other) * share;
            mixed.round().clamp(0.0, 255.0) as u8
        };
        Colour(mix(self.0, other.0), mix(self.1, other.1), mix(self.2, other.2))
    }

    /// Whether white text is more readable on it than black text.
    pub(super) fn is_dark(self) -> bool {
        let Colour(r, g, b) = self;
        299 * u32::from(r) + 587 * u32::from(g) + 114 * u32::from(b) < 128_000
    }
}

/// A picture.
#[derive(Clone, Debug)]
pub struct Scene {
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) background: Colour,
    /// The title for the file's metadata.
    pub(super) title: String,
    pub(super) items: Vec<Item>,
}

/// A primitive, or the beginning or end of a group.
#[derive(Clone, Debug)]
pub(super) enum Item {
    Path(Path),
    Circle {
        centre: Point,
        radius: f64,
        paint: Paint,
    },
    Rect {
        corner: Point,
        size: Point,
        paint: Paint,
    },
    Text(Text),
    /// A glyph of a series; a letter in terminals.
    Glyph {
        shape: Shape,
        centre: Point,
        radius: f64,
        colour: Colour,
        hole: Option<Colour>,
    },
    /// What follows has a tooltip of these lines.
    Tooltip(Vec<String>),
    /// What follows is drawn only within a rectangle.
    Clip {
        corner: Point,
        size: Point,
    },
    /// The end of the last tooltip or clip.
    End,
}

/// Points joined by straight lines.
#[derive(Clone, Debug)]
pub(super) struct Path {
    pub(super) points: Vec<Point>,
    pub(super) closed: bool,
    pub(super) paint: Paint,
}

/// Fill and stroke of a shape.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Paint {
    pub(super) fill: Option<Colour>,
    /// Opacity of the fill, in percent; 0 is opaque, too.
    pub(super) veil: u8,
    pub(super) stroke: Option<Stroke>,
}

impl Paint {
    pub(super) fn fill(colour: Colour) -> Paint {
        Paint { fill: Some(colour), ..Paint::default() }
    }

    /// Fills with an opacity in percent.
    pub(super) fn veil(colour: Colour, percent: u8) -> Paint {
        Paint { fill: Some(colour), veil: percent, stroke: None }
    }

    pub(super) fn stroke(colour: Colour, width: f64) -> Paint {
        Paint { stroke: Some(Stroke::solid(colour, width)), ..Paint::default() }
    }

    /// Whether what lies below remains visible.
    pub(super) fn is_veil(self) -> bool {
        self.veil != 0
    }
}

/// A line's colour, width and dashes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stroke {
    pub(super) colour: Colour,
    pub(super) width: f64,
    pub(super) dash: Dash,
}

impl Stroke {
    pub(super) fn solid(colour: Colour, width: f64) -> Stroke {
        Stroke { colour, width, dash: Dash::SOLID }
    }
}

/// A pattern of dashes: lengths of a dash and the gap after it, and where the pattern begins.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Dash {
    pub(super) on: f64,
    pub(super) off: f64,
    pub(super) start: f64,
}

impl Dash {
    pub(super) const SOLID: Dash = Dash::of(0.0, 0.0);

    pub(super) const fn of(on: f64, off: f64) -> Dash {
        Dash { on, off, start: 0.0 }
    }

    pub(super) fn is_solid(self) -> bool {
        self.off <= 0.0
    }
}

/// Shape of a mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Circle,
    Cross,
    Square,
    Triangle,
    Diamond,
    TriangleDown,
    Plus,
    Bar,
}

/// Side of a text that is at its point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// A text on one line.
#[derive(Clone, Debug)]
pub(super) struct Text {
    /// On the base line.
    pub(super) at: Point,
    pub(super) content: String,
    pub(super) size: f64,
    pub(super) anchor: Anchor,
    pub(super) bold: bool,
    /// Whether it runs upwards.
    pub(super) upwards: bool,
    pub(super) colour: Colour,
}

impl Scene {
    pub(super) fn new(width: f64, height: f64, background: Colour) -> Scene {
        Scene { width, height, background, title: String::new(), items: Vec::new() }
    }

    /// Returns the number of pixels of a PNG.
    pub fn pixels(&self, dpi: u32) -> f64 {
        let scale = f64::from(dpi) / 96.0;
        self.width * scale * self.height * scale
    }

    pub(super) fn line(&mut self, from: Point, to: Point, stroke: Stroke) {
        self.path(vec![from, to], stroke);
    }

    pub(super) fn path(&mut self, points: Vec<Point>, stroke: Stroke) {
        let paint = Paint { stroke: Some(stroke), ..Paint::default() };
        self.items.push(Item::Path(Path { points, closed: false, paint }));
    }

    pub(super) fn area(&mut self, points: Vec<Point>, paint: Paint) {
        self.items.push(Item::Path(Path { points, closed: true, paint }));
    }

    pub(super) fn rect(&mut self, corner: Point, size: Point, paint: Paint) {
        self.items.push(Item::Rect { corner, size, paint });
    }

    /// Adds a text; returns its width.
    pub(super) fn text(&mut self, written: Text) -> f64 {
        let content = text(&written.content);
        let width = width_of(&content, written.size);
        if !content.is_empty() {
            self.items.push(Item::Text(Text { content, ..written }));
        }
        width
    }

    /// Begins a group with a tooltip.
    pub(super) fn begin(&mut self, lines: &[String]) {
        self.items.push(Item::Tooltip(lines.iter().map(|line| tooltip(line)).collect()));
    }

    pub(super) fn clip(&mut self, corner: Point, size: Point) {
        self.items.push(Item::Clip { corner, size });
    }

    pub(super) fn end(&mut self) {
        self.items.push(Item::End);
    }
}
