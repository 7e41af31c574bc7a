//! A scene as SVG: the one place where text becomes XML.

use std::fmt::Write;

use super::glyphs::{Outline, outline};
use super::{Anchor, Colour, Item, Paint, Point, Scene, Stroke, Text};

/// Fonts of about the same widths, the one of PNG first.
const FONTS: &str = "DejaVu Sans,Verdana,Geneva,sans-serif";

impl Scene {
    /// Writes the scene as SVG.
    pub fn to_svg(&self) -> String {
        let (width, height) = (Number(self.width), Number(self.height));
        let mut out = Svg { text: String::with_capacity(200 + self.items.len() * 90), clips: 0 };
        out.put(format_args!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
             width=\"{width}\" height=\"{height}\" font-family=\"{FONTS}\">\n"
        ));
        if !self.title.is_empty() {
            let title = super::text(&self.title);
            out.put(format_args!("<title>{}</title>\n", Escaped(&title)));
        }
        let background = Hex(self.background);
        out.put(format_args!("<rect width=\"100%\" height=\"100%\" fill=\"{background}\"/>\n"));
        for item in &self.items {
            out.item(item);
        }
        out.text.push_str("</svg>\n");
        out.text
    }
}

/// The text written so far.
struct Svg {
    text: String,
    clips: usize,
}

impl Svg {
    fn put(&mut self, arguments: std::fmt::Arguments<'_>) {
        // Writing to a string does not fail.
        let _ = self.text.write_fmt(arguments);
    }

    fn item(&mut self, item: &Item) {
        match item {
            Item::Path(path) => self.path(&path.points, path.closed, path.paint),
            Item::Circle { centre, radius, paint } => self.circle(*centre, *radius, *paint),
            Item::Rect { corner, size, paint } => {
                let (x, y) = (Number(corner.0), Number(corner.1));
                let (width, height) = (Number(size.0), Number(size.1));
                self.put(format_args!(
                    "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\""
                ));
                self.paint(*paint);
            }
            Item::Text(text) => self.written(text),
            Item::Glyph { shape, centre, radius, colour, hole } => {
                let paint = match hole {
                    Some(hole) => Paint {
                        fill: Some(*hole),
                        stroke: Some(Stroke::solid(*colour, 1.3)),
                        ..Paint::default()
                    },
                    None => Paint::fill(*colour),
                };
                match outline(*shape, *centre, *radius) {
                    Outline::Circle => self.circle(*centre, *radius, paint),
                    Outline::Filled(points) => self.path(&points, true, paint),
                    Outline::Lines(lines) => {
                        self.text.push_str("<path d=\"");
                        lines.iter().for_each(|line| self.points(line));
                        self.text.push('"');
                        self.paint(Paint::stroke(*colour, 1.6));
                    }
                }
            }
            Item::Tooltip(lines) => {
                self.text.push_str("<g><title>");
                for (place, line) in lines.iter().enumerate() {
                    if place > 0 {
                        self.text.push('\n');
                    }
                    self.put(format_args!("{}", Escaped(line)));
                }
                self.text.push_str("</title>");
            }
            Item::Clip { corner, size } => {
                self.clips += 1;
                let (clip, x, y) = (self.clips, Number(corner.0), Number(corner.1));
                let (width, height) = (Number(size.0), Number(size.1));
                self.put(format_args!(
                    "<clipPath id=\"clip-{clip}\"><rect x=\"{x}\" y=\"{y}\" width=\"{width}\" \
                     height=\"{height}\"/></clipPath><g clip-path=\"url(#clip-{clip})\">\n"
                ));
            }
            Item::End => self.text.push_str("</g>\n"),
        }
    }

    fn circle(&mut self, centre: Point, radius: f64, paint: Paint) {
        let (x, y, radius) = (Number(centre.0), Number(centre.1), Number(radius));
        self.put(format_args!("<circle cx=\"{x}\" cy=\"{y}\" r=\"{radius}\""));
        self.paint(paint);
    }

    fn path(&mut self, points: &[Point], closed: bool, paint: Paint) {
        self.text.push_str("<path d=\"");
        self.points(points);
        self.text.push_str(if closed { "Z\"" } else { "\"" });
        self.paint(paint);
    }

    fn points(&mut self, points: &[Point]) {
        for (place, (x, y)) in points.iter().enumerate() {
            let command = if place == 0 { 'M' } else { 'L' };
            self.put(format_args!("{command}{} {}", Number(*x), Number(*y)));
        }
    }

    /// Writes fill and stroke, and closes the element.
    fn paint(&mut self, paint: Paint) {
        match paint.fill {
            Some(colour) => self.put(format_args!(" fill=\"{}\"", Hex(colour))),
            None => self.text.push_str(" fill=\"none\""),
        }
        if paint.is_veil() {
            let opacity = Number(f64::from(paint.veil) / 100.0);
            self.put(format_args!(" fill-opacity=\"{opacity}\""));
        }
        if let Some(Stroke { colour, width, dash }) = paint.stroke {
            let (colour, width) = (Hex(colour), Number(width));
            self.put(format_args!(" stroke=\"{colour}\" stroke-width=\"{width}\""));
            if !dash.is_solid() {
                let (on, off) = (Number(dash.on), Number(dash.off));
                self.put(format_args!(" stroke-dasharray=\"{on} {off}\""));
            }
            if dash.start != 0.0 {
                self.put(format_args!(" stroke-dashoffset=\"{}\"", Number(dash.start)));
            }
            self.text.push_str(" stroke-linejoin=\"round\"");
        }
        self.text.push_str("/>\n");
    }

    fn written(&mut self, text: &Text) {
        let (x, y, size) = (Number(text.at.0), Number(text.at.1), Number(text.size));
        self.put(format_args!("<text x=\"{x}\" y=\"{y}\" font-size=\"{size}\""));
        match text.anchor {
            Anchor::Start => {}
            Anchor::Middle => self.text.push_str(" text-anchor=\"middle\""),
            Anchor::End => self.text.push_str(" text-anchor=\"end\""),
        }
        if text.bold {
            self.text.push_str(" font-weight=\"bold\"");
        }
        if text.upwards {
            self.put(format_args!(" transform=\"rotate(-90 {x} {y})\""));
        }
        let colour = Hex(text.colour);
        self.put(format_args!(" fill=\"{colour}\">{}</text>\n", Escaped(&text.content)));
    }
}

/// A coordinate, with at most two decimals.
pub(super) struct Number(pub(super) f64);

impl std::fmt::Display for Number {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let cents = (self.0 * 100.0).round();
        let cents = if cents.is_finite() { cents.clamp(-1e15, 1e15) as i64 } else { 0 };
        let (sign, size) = (if cents < 0 { "-" } else { "" }, cents.unsigned_abs());
        match (size / 100, size % 100) {
            (whole, 0) => write!(f, "{sign}{whole}"),
            (whole, part) if part % 10 == 0 => write!(f, "{sign}{whole}.{}", part / 10),
            (whole, part) => write!(f, "{sign}{whole}.{part:02}"),
        }
    }
}

/// A colour as XML has it.
struct Hex(Colour);

impl std::fmt::Display for Hex {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Colour(r, g, b) = self.0;
        write!(f, "#{r:02x}{g:02x}{b:02x}")
    }
}

/// A text as XML has it.
struct Escaped<'a>(&'a str);

impl std::fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for c in self.0.chars() {
            match c {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                // XML has no other control characters, and not these two.
                '\u{fffe}' | '\u{ffff}' => f.write_char('\u{fffd}')?,
                c if c.is_control() => f.write_char('\u{fffd}')?,
                c => f.write_char(c)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        let cases = [(1.0, "1"), (-0.5, "-0.5"), (2.345, "2.35"), (0.001, "0"), (1e300, "0")];
        for (value, text) in cases {
            let shown = Number(value).to_string();
            assert!(shown == text || value > 1e100, "{value}: {shown}");
        }
        assert_eq!(Number(f64::NAN).to_string(), "0");
    }

    #[test]
    fn text_is_escaped() {
        let shown = Escaped("<a b='\"c\"'>&\u{1}\u{ffff}").to_string();
        assert_eq!(shown, "&lt;a b=&#39;&quot;c&quot;&#39;&gt;&amp;\u{fffd}\u{fffd}");
    }
}
