//! A picture of any kind, as a scene on paper or in the cells of a terminal.

use super::chart::Chart;
use super::diagram::Diagram;
use super::scene::{Cells, Scene};
use super::style::Style;

/// A picture.
#[derive(Clone, Debug)]
pub enum Picture {
    /// Panels with axes.
    Chart(Chart),
    /// Lanes with events, and messages between them.
    Diagram(Diagram),
}

impl Picture {
    /// Draws the picture on paper.
    pub fn scene(&self, style: &Style) -> Scene {
        match self {
            Picture::Chart(chart) => chart.scene(style),
            Picture::Diagram(diagram) => diagram.scene(style),
        }
    }

    /// Draws the picture in the cells of a terminal.
    pub fn scene_in_cells(&self, style: &Style, cells: Cells) -> Scene {
        match self {
            Picture::Chart(chart) => chart.scene_in_cells(style, cells),
            Picture::Diagram(diagram) => diagram.scene_in_cells(style, cells),
        }
    }

    /// Returns the reason why a style does not fit the picture, if it does not.
    pub fn misfit(&self, style: &Style) -> Option<String> {
        match self {
            Picture::Chart(chart) => chart.misfit(style),
            Picture::Diagram(_) if style.log_x || style.log_y => {
                Some("--log-x and --log-y are for charts, and this is a diagram".to_owned())
            }
            Picture::Diagram(_) => None,
        }
    }
}
