//! The marks of a panel as plots of the drawing library: lines, bands, shades, dots, bars, texts,
//! and their keys in the legend.

use kuva::plot::scatter::MarkerShape;
use kuva::plot::{BandPlot, Histogram, LegendEntry, LegendShape, LinePlot, LineStyle, ScatterPlot};
use kuva::render::annotations::TextAnnotation;
use kuva::render::plots::Plot;

use super::chart::{Axis, Band, Bars, Dots, Ink, Key, Line, Mark, Shade, Shape, Written};
use super::labels::text;

/// Colours that are distinguishable with any kind of colour vision: those of Okabe and Ito without
/// the yellow, which fades on white, then five of Tol's.
const COLOURS: [&str; 12] = [
    "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000", "#882255",
    "#999933", "#332288", "#888888", "#661100",
];

impl Ink {
    pub(super) fn colour(self) -> &'static str {
        COLOURS[self.colour % COLOURS.len()]
    }

    pub(super) fn style(self) -> LineStyle {
        match (self.dashed, self.colour < COLOURS.len()) {
            (true, _) => LineStyle::Custom("5 5".to_owned()),
            (false, true) => LineStyle::Solid,
            (false, false) => LineStyle::Dotted,
        }
    }
}

impl Key {
    pub(super) fn entry(&self) -> LegendEntry {
        LegendEntry {
            label: text(&self.name),
            color: match self.mark {
                Mark::Band => "#cccccc".to_owned(),
                Mark::Shade => faded(self.ink.colour()),
                Mark::Line | Mark::Bar | Mark::Dot(_) => self.ink.colour().to_owned(),
            },
            shape: match self.mark {
                Mark::Line => LegendShape::Line,
                Mark::Bar | Mark::Band | Mark::Shade => LegendShape::Rect,
                Mark::Dot(shape) => LegendShape::Marker(shape.marker()),
            },
            dasharray: self.ink.style().dasharray(),
        }
    }
}

impl Line {
    pub(super) fn plots(&self) -> Vec<Plot> {
        let line = LinePlot::new()
            .with_data(self.points.iter().copied())
            .with_color(self.ink.colour())
            .with_stroke_width(1.8)
            .with_line_style(self.ink.style());
        let mut plots = vec![Plot::Line(if self.steps { line.with_step() } else { line })];
        if self.dots || self.points.len() == 1 {
            let dots = ScatterPlot::new()
                .with_data(self.points.iter().copied())
                .with_color(self.ink.colour())
                .with_size(3.5);
            plots.push(Plot::Scatter(dots));
        }
        plots
    }
}

impl Band {
    /// Renders the area as a line along its middle.
    pub(super) fn as_line(&self) -> Plot {
        let middle = |(x, low, high): &(f64, f64, f64)| (*x, (low + high) / 2.0);
        let line = LinePlot::new().with_data(self.points.iter().map(middle));
        Plot::Line(line.with_color(self.ink.colour()).with_stroke_width(2.0))
    }

    pub(super) fn plot(&self) -> Plot {
        let x = self.points.iter().map(|point| point.0);
        let low = self.points.iter().map(|point| point.1);
        let high = self.points.iter().map(|point| point.2);
        Plot::Band(
            BandPlot::new(x, low, high).with_color(self.ink.colour()).with_opacity(BAND_OPACITY),
        )
    }
}

/// Opacity of a band.
const BAND_OPACITY: f64 = 0.2;

impl Shade {
    pub(super) fn band(&self, y: &Axis) -> Option<Band> {
        let (low, high) = y.range?;
        let (lane, lanes) = self.lane;
        let at = |lane: usize| {
            let share = lane as f64 / lanes as f64;
            match y.log {
                true => low * libm::pow(high / low, share),
                false => low + (high - low) * share,
            }
        };
        let (bottom, top) = (at(lane), at(lane + 1));
        Some(Band { ink: self.ink, points: vec![(self.from, bottom, top), (self.to, bottom, top)] })
    }
}

/// Returns a colour as its shade looks on white.
fn faded(colour: &str) -> String {
    let part = |at: usize| {
        let full = u8::from_str_radix(colour.get(at..at + 2).unwrap_or("00"), 16).unwrap_or(0);
        (255.0 - (255.0 - f64::from(full)) * BAND_OPACITY) as u8
    };
    format!("#{:02x}{:02x}{:02x}", part(1), part(3), part(5))
}

impl Shape {
    pub(super) fn marker(self) -> MarkerShape {
        match self {
            Shape::Circle => MarkerShape::Circle,
            Shape::Cross => MarkerShape::Cross,
            Shape::Square => MarkerShape::Square,
        }
    }
}

impl Dots {
    pub(super) fn plot(&self) -> Plot {
        let dots = ScatterPlot::new()
            .with_data(self.points.iter().copied())
            .with_color(self.ink.colour())
            .with_marker(self.shape.marker())
            .with_size(2.5);
        Plot::Scatter(dots)
    }
}

impl Written {
    pub(super) fn annotation(&self) -> TextAnnotation {
        TextAnnotation::new(text(&self.text), self.x, self.y).with_font_size(12)
    }
}

impl Bars {
    pub(super) fn plot(&self) -> Plot {
        let (mut edges, mut heights) = (Vec::new(), Vec::new());
        for (from, to, height) in &self.bars {
            match edges.last() {
                None => edges.push(*from),
                Some(last) if last < from => {
                    edges.push(*from);
                    heights.push(0.0);
                }
                Some(_) => {}
            }
            edges.push(*to);
            heights.push(*height);
        }
        Plot::Histogram(Histogram::from_bins(edges, heights).with_color(self.ink.colour()))
    }
}
