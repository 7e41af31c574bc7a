//! How pictures look: themes, and what a user may choose.

use super::chart::Ink;
use super::scene::{Colour, Dash, Shape};

/// Choices for a picture.
#[derive(Clone, Debug, Default)]
pub struct Style {
    /// Colours.
    pub theme: Theme,
    /// The title, instead of the config's name.
    pub title: Option<String>,
    /// Width and height of the picture, in units of an SVG.
    pub size: Option<(f64, f64)>,
    /// Whether x axes are logarithmic.
    pub log_x: bool,
    /// Whether y axes are logarithmic.
    pub log_y: bool,
}

/// Colours of a picture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// Colours on white.
    #[default]
    Light,
    /// Colours on black.
    Dark,
    /// Black and greys with dashes.
    Print,
}

/// Colours that are distinguishable with any kind of colour vision: those of Okabe and Ito without
/// the yellow, which fades on white, then five of Tol's.
const ON_WHITE: [Colour; 12] = [
    Colour(0x00, 0x72, 0xb2),
    Colour(0xd5, 0x5e, 0x00),
    Colour(0x00, 0x9e, 0x73),
    Colour(0xcc, 0x79, 0xa7),
    Colour(0x56, 0xb4, 0xe9),
    Colour(0xe6, 0x9f, 0x00),
    Colour(0x00, 0x00, 0x00),
    Colour(0x88, 0x22, 0x55),
    Colour(0x99, 0x99, 0x33),
    Colour(0x33, 0x22, 0x88),
    Colour(0x88, 0x88, 0x88),
    Colour(0x66, 0x11, 0x00),
];

/// The same hues, bright enough for a black ground.
const ON_BLACK: [Colour; 12] = [
    Colour(0x4f, 0xa8, 0xe8),
    Colour(0xff, 0x8c, 0x42),
    Colour(0x2f, 0xc9, 0x9b),
    Colour(0xe8, 0xa0, 0xc8),
    Colour(0x8c, 0xd3, 0xff),
    Colour(0xff, 0xc2, 0x3d),
    Colour(0xf0, 0xf0, 0xf0),
    Colour(0xd8, 0x6f, 0xa4),
    Colour(0xcf, 0xcf, 0x6a),
    Colour(0x9a, 0x8c, 0xf0),
    Colour(0xa8, 0xa8, 0xa8),
    Colour(0xd9, 0x8c, 0x7a),
];

/// Greys of printed lines.
const GREYS: [u8; 4] = [0x00, 0x6e, 0x40, 0x98];

/// Dashes of printed lines.
const DASHES: [Dash; 4] =
    [Dash::SOLID, Dash::of(9.0, 3.5), Dash::of(2.5, 2.5), Dash::of(14.0, 3.0)];

/// Marks on lines.
const SHAPES: [(Shape, bool); 10] = [
    (Shape::Circle, false),
    (Shape::Square, true),
    (Shape::Triangle, false),
    (Shape::Diamond, true),
    (Shape::Plus, false),
    (Shape::Circle, true),
    (Shape::Square, false),
    (Shape::TriangleDown, true),
    (Shape::Diamond, false),
    (Shape::Cross, false),
];

impl Theme {
    pub(super) fn background(self) -> Colour {
        match self {
            Theme::Light | Theme::Print => Colour::WHITE,
            Theme::Dark => Colour(0x1b, 0x1d, 0x21),
        }
    }

    /// Returns the colour of texts and axes.
    pub(super) fn ink(self) -> Colour {
        match self {
            Theme::Light => Colour(0x22, 0x22, 0x22),
            Theme::Print => Colour::BLACK,
            Theme::Dark => Colour(0xe6, 0xe6, 0xe6),
        }
    }

    /// Returns the colour of less important texts.
    pub(super) fn quiet(self) -> Colour {
        self.ink().mixed(self.background(), 0.35)
    }

    /// Returns the colour of the lines of a grid.
    pub(super) fn faint(self) -> Colour {
        self.ink().mixed(self.background(), 0.87)
    }

    pub(super) fn colour(self, ink: Ink) -> Colour {
        match self {
            Theme::Light => ON_WHITE[ink.colour % ON_WHITE.len()],
            Theme::Dark => ON_BLACK[ink.colour % ON_BLACK.len()],
            Theme::Print => {
                let grey = match ink == Ink::BLACK {
                    true => 0,
                    false => GREYS[ink.colour % GREYS.len()],
                };
                Colour(grey, grey, grey)
            }
        }
    }

    /// Returns the dashes of a line: those of predictions and limits, in print of all lines.
    pub(super) fn dash(self, ink: Ink) -> Dash {
        match (ink.dashed, self) {
            (true, _) => Dash::of(5.0, 4.0),
            (false, Theme::Print) if ink != Ink::BLACK => DASHES[ink.colour % DASHES.len()],
            _ => Dash::SOLID,
        }
    }

    /// Returns the mark on the lines of an ink, and the colour inside of it if it is hollow.
    pub(super) fn mark(self, ink: Ink) -> (Shape, Option<Colour>) {
        let (shape, hollow) = SHAPES[ink.colour % SHAPES.len()];
        (shape, hollow.then(|| self.background()))
    }

    /// Returns the colour of a share of a scale of values, from 0 to 1.
    pub(super) fn heat(self, share: f64) -> Colour {
        if self == Theme::Print {
            return Colour(0xf4, 0xf4, 0xf4).mixed(Colour(0x30, 0x30, 0x30), share);
        }
        let place = share.clamp(0.0, 1.0) * (VIRIDIS.len() - 1) as f64;
        let below = (place as usize).min(VIRIDIS.len() - 2);
        VIRIDIS[below].mixed(VIRIDIS[below + 1], place - below as f64)
    }
}

/// Colours of values from low to high, of even steps in lightness.
const VIRIDIS: [Colour; 9] = [
    Colour(68, 1, 84),
    Colour(71, 44, 122),
    Colour(59, 81, 139),
    Colour(44, 113, 142),
    Colour(33, 144, 141),
    Colour(39, 173, 129),
    Colour(92, 200, 99),
    Colour(170, 220, 50),
    Colour(253, 231, 37),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn five_lines_differ_in_more_than_colour() {
        for theme in [Theme::Light, Theme::Dark, Theme::Print] {
            let marks: BTreeSet<String> =
                (0..10).map(|line| format!("{:?}", theme.mark(Ink::of(line)))).collect();
            assert_eq!(marks.len(), 10, "{theme:?}");
        }
        let prints: BTreeSet<String> = (0..4)
            .map(|line| {
                let (theme, ink) = (Theme::Print, Ink::of(line));
                format!("{:?} {:?}", theme.colour(ink), theme.dash(ink))
            })
            .collect();
        assert_eq!(prints.len(), 4);
    }

    #[test]
    fn scales_of_values_reach_from_dark_to_light() {
        assert!(Theme::Light.heat(0.0).is_dark() && !Theme::Light.heat(1.0).is_dark());
        assert!(!Theme::Print.heat(0.0).is_dark() && Theme::Print.heat(1.0).is_dark());
    }
}
