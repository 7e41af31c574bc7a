//! The page of a picture: title, legend and caption around what is drawn, on paper or in cells.

use super::chart::{Ink, Key, Mark};
use super::labels::{fitting, text};
use super::scene::{
    Anchor, Cells, Colour, Item, Paint, Point, Scene, Stroke, Text, cells_of, width_of,
};
use super::style::{Style, Theme};

/// Where a picture is drawn: sizes of texts and of what stands between them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Medium {
    /// The columns and rows of a terminal; `None` on paper.
    pub(super) cells: Option<Cells>,
    /// Size of labels.
    pub(super) text: f64,
    /// Size of ticks and of texts at marks.
    pub(super) small: f64,
    pub(super) title: f64,
    pub(super) caption: f64,
}

impl Medium {
    pub(super) const PAPER: Medium =
        Medium { cells: None, text: 13.0, small: 12.0, title: 17.0, caption: 11.0 };

    pub(super) const fn terminal(cells: Cells) -> Medium {
        Medium { cells: Some(cells), text: 14.0, small: 14.0, title: 14.0, caption: 14.0 }
    }

    /// Returns the height of a line of text.
    pub(super) fn line(self, size: f64) -> f64 {
        match self.cells {
            Some(_) => 16.0,
            None => size * 1.4,
        }
    }

    /// Returns the width of a text.
    pub(super) fn width(self, written: &str, size: f64) -> f64 {
        match self.cells {
            Some(_) => cells_of(&text(written)) as f64 * 8.0,
            None => width_of(&text(written), size),
        }
    }

    /// Truncates a text to a width.
    pub(super) fn fitted(self, written: &str, size: f64, width: f64) -> String {
        let written = text(written);
        if self.width(&written, size) <= width {
            return written;
        }
        let (mut least, mut most) = (0, written.chars().count());
        while least < most {
            let middle = (least + most).div_ceil(2);
            match self.width(&fitting(&written, middle), size) <= width {
                true => least = middle,
                false => most = middle - 1,
            }
        }
        if least < 2 { String::new() } else { fitting(&written, least) }
    }

    /// Breaks a text into lines of a width, at spaces.
    pub(super) fn lines(self, written: &str, size: f64, width: f64) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        for word in text(written).split(' ') {
            match lines.last_mut() {
                Some(line) if self.width(&format!("{line} {word}"), size) <= width => {
                    line.push(' ');
                    line.push_str(word);
                }
                _ => lines.push(self.fitted(word, size, width)),
            }
        }
        lines
    }
}

/// Title, legend and caption of a picture.
pub(super) struct Frame<'a> {
    pub(super) title: &'a str,
    pub(super) legend: &'a [Key],
    pub(super) caption: &'a [String],
}

/// A page, and the rectangle of it that is left for the drawing.
pub(super) struct Page {
    pub(super) scene: Scene,
    pub(super) corner: Point,
    pub(super) size: Point,
}

/// Maximum number of lines of a caption.
const CAPTION_MAX: usize = 6;

impl Frame<'_> {
    /// Begins a page around a drawing of this size, or a page of the size that the user chose.
    pub(super) fn page(&self, drawing: Point, style: &Style, medium: Medium) -> Page {
        let theme = style.theme;
        let margin = if medium.cells.is_some() { 0.0 } else { 16.0 };
        let width = style.size.map_or(drawing.0 + 2.0 * margin, |size| size.0);
        let inner = width - 2.0 * margin;
        let title = style.title.as_deref().unwrap_or(self.title);
        let mut scene = Scene::new(width, 0.0, theme.background());
        scene.title = text(title);
        let mut y = margin;
        let put = |scene: &mut Scene, y: f64, line: &str, size: f64, bold, colour| {
            let at = (margin, y + medium.line(size) * 0.75);
            let (content, anchor) = (line.to_owned(), Anchor::Start);
            scene.text(Text { at, content, size, anchor, bold, upwards: false, colour });
        };
        // A title that had to be escaped stays on its line, so that no part of it looks like ours.
        let lines = match scene.title == title {
            true => medium.lines(title, medium.title, inner),
            false => vec![medium.fitted(&scene.title, medium.title, inner)],
        };
        for line in lines.iter().take(2) {
            put(&mut scene, y, line, medium.title, true, theme.ink());
            y += medium.line(medium.title);
        }
        y += if medium.cells.is_some() { 0.0 } else { 4.0 };
        y = self.legend(&mut scene, (margin, y), inner, theme, medium);
        let lines: Vec<String> = self
            .caption
            .iter()
            .flat_map(|caption| medium.lines(caption, medium.caption, inner))
            .take(CAPTION_MAX)
            .collect();
        let foot = lines.len() as f64 * medium.line(medium.caption) + margin;
        let height = match style.size {
            Some((_, height)) => height,
            None => y + drawing.1 + foot,
        };
        scene.height = height;
        let left = (height - y - foot).max(80.0);
        for (place, line) in (0_u32..).zip(&lines) {
            let y = y + left + f64::from(place) * medium.line(medium.caption);
            put(&mut scene, y, line, medium.caption, false, theme.quiet());
        }
        Page { scene, corner: (margin, y), size: (inner, left) }
    }

    /// Draws the legend as a line of samples and names, or several; returns where it ends.
    fn legend(
        &self,
        scene: &mut Scene,
        (left, top): Point,
        width: f64,
        theme: Theme,
        medium: Medium,
    ) -> f64 {
        let (sample, gap) = if medium.cells.is_some() { (24.0, 16.0) } else { (26.0, 18.0) };
        let line = medium.line(medium.small) * if medium.cells.is_some() { 1.0 } else { 1.15 };
        let (mut x, mut y) = (left, top);
        for key in self.legend {
            let name = medium.fitted(&key.name, medium.small, width - sample - 8.0);
            let needed = sample + 8.0 + medium.width(&name, medium.small);
            if x > left && x + needed > left + width {
                (x, y) = (left, y + line);
            }
            let middle = y + line / 2.0;
            key.sample(scene, (x, middle), sample, theme);
            scene.text(Text {
                at: (x + sample + 8.0, middle + medium.small * 0.36),
                content: name,
                size: medium.small,
                anchor: Anchor::Start,
                bold: false,
                upwards: false,
                colour: theme.ink(),
            });
            x += needed + gap;
        }
        if self.legend.is_empty() { top } else { y + line }
    }
}

impl Key {
    /// Draws the sample beside a name, with its left end at a point.
    fn sample(&self, scene: &mut Scene, (x, y): Point, width: f64, theme: Theme) {
        let colour = theme.colour(self.ink);
        let boxed = |scene: &mut Scene, paint: Paint| {
            scene.rect((x, y - 5.5), (width, 11.0), paint);
        };
        match self.mark {
            Mark::Line => {
                let dash = theme.dash(self.ink);
                scene.line((x, y), (x + width, y), Stroke { colour, width: 1.8, dash });
                if !self.ink.dashed {
                    glyph(scene, self.ink, (x + width / 2.0, y), 3.6, theme);
                }
            }
            Mark::Bar => boxed(scene, bar_paint(self.ink, theme)),
            Mark::Band => boxed(scene, Paint::veil(theme.quiet(), 25)),
            Mark::Shade => boxed(scene, shade_paint(self.ink, theme)),
            Mark::Dot(shape) => scene.items.push(Item::Glyph {
                shape,
                centre: (x + width / 2.0, y),
                radius: 3.6,
                colour,
                hole: None,
            }),
        }
    }
}

/// Draws the mark of an ink.
pub(super) fn glyph(scene: &mut Scene, ink: Ink, centre: Point, radius: f64, theme: Theme) {
    let (shape, hole) = theme.mark(ink);
    let colour = theme.colour(ink);
    scene.items.push(Item::Glyph { shape, centre, radius, colour, hole });
}

/// Fill of bars by their colour: full (0), light (1) or hollow (2).
const BARS: [u8; 12] = [0, 1, 2, 1, 0, 2, 0, 1, 2, 0, 1, 2];

/// Returns the paint of bars: full, light or hollow, so that neighbours differ in grey, too.
pub(super) fn bar_paint(ink: Ink, theme: Theme) -> Paint {
    let colour = theme.colour(ink);
    let fill = match BARS[ink.colour % BARS.len()] {
        0 => colour,
        1 => colour.mixed(theme.background(), 0.55),
        _ => theme.background(),
    };
    Paint { fill: Some(fill), veil: 0, stroke: Some(Stroke::solid(colour, 1.2)) }
}

/// Returns the paint of an interval of time.
pub(super) fn shade_paint(ink: Ink, theme: Theme) -> Paint {
    let colour = match theme {
        Theme::Print => Colour(0x60, 0x60, 0x60),
        _ => theme.colour(ink),
    };
    Paint::veil(colour, 22)
}
