//! A chart as plain values: panels with axes, and lines, bars, dots or a heat map in them.

use super::scene::Shape;

/// A chart: one panel, or several in a grid of two columns.
#[derive(Clone, Debug, Default)]
pub struct Chart {
    pub(super) title: String,
    pub(super) panels: Vec<Panel>,
    /// Meaning of the colours, dashes and shapes in all panels.
    pub(super) legend: Vec<Key>,
    /// What the picture is of: parameters, seed, verdict.
    pub(super) caption: Vec<String>,
}

impl Chart {
    /// Returns the chart with these lines below it.
    pub fn with_caption(mut self, caption: Vec<String>) -> Chart {
        self.caption.extend(caption);
        self
    }
}

/// An entry of the legend.
#[derive(Clone, Debug)]
pub(super) struct Key {
    pub(super) name: String,
    pub(super) ink: Ink,
    pub(super) mark: Mark,
}

/// Sample shown beside a legend entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    Line,
    Bar,
    /// An area around a line.
    Band,
    /// A dot.
    Dot(Shape),
    /// An interval of time.
    Shade,
}

/// Colour and dash style.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ink {
    /// Index in the palette, and of the marks on its lines.
    pub(super) colour: usize,
    pub(super) dashed: bool,
}

impl Ink {
    pub(super) const BLACK: Ink = Ink::of(6);

    pub(super) const fn of(colour: usize) -> Ink {
        Ink { colour, dashed: false }
    }
}

/// A panel.
#[derive(Clone, Debug, Default)]
pub(super) struct Panel {
    pub(super) title: String,
    pub(super) x: Axis,
    pub(super) y: Axis,
    pub(super) shades: Vec<Shade>,
    pub(super) bands: Vec<Band>,
    pub(super) lines: Vec<Line>,
    pub(super) bars: Vec<Bars>,
    pub(super) dots: Vec<Dots>,
    pub(super) boxes: Vec<Boxed>,
    pub(super) spans: Vec<Span>,
    pub(super) texts: Vec<Written>,
    pub(super) heat: Option<Heat>,
}

/// An axis.
#[derive(Clone, Debug, Default)]
pub(super) struct Axis {
    pub(super) label: String,
    /// Names for the positions 1, 2, … instead of numbers.
    pub(super) categories: Option<Vec<String>>,
    /// Whether the axis starts at 0 even if no point does.
    pub(super) from_zero: bool,
    /// Whether the scale is logarithmic.
    pub(super) log: bool,
    /// First and last value, instead of round numbers around the points.
    pub(super) range: Option<(f64, f64)>,
    /// Distance between ticks, instead of an automatic one.
    pub(super) step: Option<f64>,
}

/// A line through points.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) ink: Ink,
    /// Its name at its end; empty for none.
    pub(super) name: String,
    pub(super) points: Vec<(f64, f64)>,
    /// Whether the value holds until the next point.
    pub(super) steps: bool,
    /// Whether each point has a dot.
    pub(super) dots: bool,
}

/// An area between two lines.
#[derive(Clone, Debug)]
pub(super) struct Band {
    pub(super) ink: Ink,
    /// x, lower y and upper y.
    pub(super) points: Vec<(f64, f64, f64)>,
}

/// A highlighted interval of the x axis: over the whole height, or in a lane of it.
#[derive(Clone, Debug)]
pub(super) struct Shade {
    pub(super) ink: Ink,
    pub(super) from: f64,
    pub(super) to: f64,
    /// Its name, written where there is room.
    pub(super) name: String,
    /// Its lane (0 is the lowest) and the number of lanes.
    pub(super) lane: (usize, usize),
}

/// Dots without a line.
#[derive(Clone, Debug)]
pub(super) struct Dots {
    pub(super) ink: Ink,
    pub(super) shape: Shape,
    pub(super) points: Vec<(f64, f64)>,
}

/// A box: quartiles, median, and whiskers to the lowest and the highest value.
#[derive(Clone, Debug)]
pub(super) struct Boxed {
    pub(super) ink: Ink,
    /// The middle of its position.
    pub(super) y: f64,
    /// Lowest value, first quartile, median, third quartile, highest value.
    pub(super) values: [f64; 5],
}

/// A time from begin to end in a row of names.
#[derive(Clone, Debug)]
pub(super) struct Span {
    pub(super) ink: Ink,
    /// From 0.
    pub(super) row: usize,
    pub(super) from: f64,
    pub(super) to: f64,
    /// Written on it where there is room.
    pub(super) text: String,
    pub(super) tooltip: Vec<String>,
}

/// A text just above a point.
#[derive(Clone, Debug)]
pub(super) struct Written {
    pub(super) text: String,
    pub(super) x: f64,
    pub(super) y: f64,
}

/// Bars from 0 up.
#[derive(Clone, Debug)]
pub(super) struct Bars {
    pub(super) ink: Ink,
    /// Start, end and height; in ascending order.
    pub(super) bars: Vec<(f64, f64, f64)>,
}

/// A value per pair of categories, the lowest row first.
#[derive(Clone, Debug)]
pub(super) struct Heat {
    /// NaN for missing values.
    pub(super) rows: Vec<Vec<f64>>,
}
