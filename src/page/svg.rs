//! A drawing of our own as SVG: a few shapes with classes, which the page's styles colour for
//! light, dark and paper.

use super::html::Html;

/// Width of a character of the drawing's font, in pixels.
pub(super) const CHARACTER: f64 = 7.3;

/// A point, in pixels from the left and from the top.
pub(super) type Point = (f64, f64);

/// A drawing that is written.
pub(super) struct Svg<'a> {
    html: &'a mut Html,
}

impl Svg<'_> {
    /// Writes a drawing of this size; `words` say what it shows.
    pub(super) fn write(
        html: &mut Html,
        (width, height): (f64, f64),
        words: &str,
        draw: impl FnOnce(&mut Svg<'_>),
    ) {
        // A drawing shrinks to its room by a third at most; then it can be scrolled.
        let class = match width {
            ..=600.0 => "drawn",
            ..=900.0 => "drawn middling",
            ..=1250.0 => "drawn large",
            _ => "drawn whole",
        };
        html.open(
            "div",
            &[("class", class), ("tabindex", "0"), ("role", "region"), ("aria-label", words)],
        );
        let view = format!("0 0 {width:.0} {height:.0}");
        html.open(
            "svg",
            &[
                ("width", &format!("{width:.0}")),
                ("height", &format!("{height:.0}")),
                ("viewBox", &view),
                ("role", "img"),
                ("aria-label", words),
            ],
        );
        draw(&mut Svg { html });
        html.close();
        html.close();
    }

    /// Draws a rectangle with round corners.
    pub(super) fn rect(&mut self, class: &str, (x, y): Point, (width, height): Point) {
        self.html.open(
            "rect",
            &[
                ("class", class),
                ("x", &pixels(x)),
                ("y", &pixels(y)),
                ("width", &pixels(width)),
                ("height", &pixels(height)),
                ("rx", "5"),
            ],
        );
        self.html.close();
    }

    /// Draws a path.
    pub(super) fn path(&mut self, class: &str, steps: &str) {
        self.html.open("path", &[("class", class), ("d", steps)]);
        self.html.close();
    }

    /// Draws a straight line.
    pub(super) fn line(&mut self, class: &str, (x1, y1): Point, (x2, y2): Point) {
        self.path(class, &format!("M{x1:.1} {y1:.1}L{x2:.1} {y2:.1}"));
    }

    /// Draws a straight arrow, with its head at the second point.
    pub(super) fn arrow(&mut self, class: &str, from: Point, to: Point) {
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let length = dx.hypot(dy).max(0.1);
        let (along, across) = ((dx / length, dy / length), (-dy / length, dx / length));
        let at = |back: f64, side: f64| {
            (to.0 - along.0 * back + across.0 * side, to.1 - along.1 * back + across.1 * side)
        };
        self.line(class, from, at(7.0, 0.0));
        let [left, right] = [at(10.0, 4.5), at(10.0, -4.5)];
        let head = format!(
            "M{:.1} {:.1}L{:.1} {:.1}L{:.1} {:.1}Z",
            to.0, to.1, left.0, left.1, right.0, right.1
        );
        self.path("cx-head", &head);
    }

    /// Draws a disc.
    pub(super) fn disc(&mut self, class: &str, (x, y): Point, radius: f64) {
        self.html.open(
            "circle",
            &[("class", class), ("cx", &pixels(x)), ("cy", &pixels(y)), ("r", &pixels(radius))],
        );
        self.html.close();
    }

    /// Writes a line of text; its class says whether the point is its begin, middle or end.
    pub(super) fn text(&mut self, class: &str, (x, y): Point, text: &str) {
        let (x, y) = (pixels(x), pixels(y));
        self.html.element("text", &[("class", class), ("x", &x), ("y", &y)], text);
    }
}

fn pixels(value: f64) -> String {
    format!("{value:.1}")
}

/// Returns the width of a text, in pixels.
pub(super) fn width_of(text: &str) -> f64 {
    text.chars().count() as f64 * CHARACTER
}

/// Returns the beginning of a text, of at most this number of characters.
pub(super) fn shortened(text: &str, characters: usize) -> String {
    let line = crate::escape::line(text);
    match line.char_indices().nth(characters) {
        Some(_) => line.chars().take(characters - 1).chain(['…']).collect(),
        None => line.to_string(),
    }
}
