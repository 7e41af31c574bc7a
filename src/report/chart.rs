//! A chart as plain values: panels with axes, and lines, bars or a heat map on them.

/// A chart: one panel, or several in a grid of two columns.
#[derive(Clone, Debug, Default)]
pub struct Chart {
    pub(super) title: String,
    pub(super) panels: Vec<Panel>,
    /// What the colours and dashes of all panels mean.
    pub(super) legend: Vec<Key>,
}

/// One line of the legend.
#[derive(Clone, Debug)]
pub(super) struct Key {
    pub(super) name: String,
    pub(super) ink: Ink,
    pub(super) mark: Mark,
}

/// The looks of a legend's line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    Line,
    Bar,
    /// An area around a line.
    Band,
    /// A dot.
    Dot(Shape),
    /// A stretch of time.
    Shade,
}

/// The shape of a dot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Circle,
    Cross,
    Square,
}

/// Colour and dashes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ink {
    /// The place in the palette; beyond its end the same colours come again, dotted.
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
    pub(super) texts: Vec<Written>,
    pub(super) heat: Option<Heat>,
}

/// An axis.
#[derive(Clone, Debug, Default)]
pub(super) struct Axis {
    pub(super) label: String,
    /// Names for the places 1, 2, … instead of numbers.
    pub(super) categories: Option<Vec<String>>,
    /// The axis begins at 0 even where no point does.
    pub(super) from_zero: bool,
    /// Of an axis upwards: equal steps are equal factors.
    pub(super) log: bool,
    /// Where it begins and ends, instead of at round numbers around the points.
    pub(super) range: Option<(f64, f64)>,
    /// The distance of its numbers, instead of a fitting one.
    pub(super) step: Option<f64>,
}

/// A line through points.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) ink: Ink,
    pub(super) points: Vec<(f64, f64)>,
    /// The value holds until the next point.
    pub(super) steps: bool,
    /// A dot at each point.
    pub(super) dots: bool,
}

/// An area between two lines.
#[derive(Clone, Debug)]
pub(super) struct Band {
    pub(super) ink: Ink,
    /// At each place the lower and the upper end.
    pub(super) points: Vec<(f64, f64, f64)>,
}

/// A stretch of the axis to the right that stands out: over the whole height, or in a lane of it.
#[derive(Clone, Debug)]
pub(super) struct Shade {
    pub(super) ink: Ink,
    pub(super) from: f64,
    pub(super) to: f64,
    /// Its lane, the lowest is 0, and how many there are. The axis upwards must have a range.
    pub(super) lane: (usize, usize),
}

/// Dots without a line.
#[derive(Clone, Debug)]
pub(super) struct Dots {
    pub(super) ink: Ink,
    pub(super) shape: Shape,
    pub(super) points: Vec<(f64, f64)>,
}

/// A text just above a place.
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
    /// From, to, height; rising.
    pub(super) bars: Vec<(f64, f64, f64)>,
}

/// A number for each pair of categories, the lowest row first.
#[derive(Clone, Debug)]
pub(super) struct Heat {
    /// NaN where there is no number.
    pub(super) rows: Vec<Vec<f64>>,
}
