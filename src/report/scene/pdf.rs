//! A scene as PDF: one page of vector graphics, with the fonts that every reader has.
//!
//! Written by hand, since a page of lines and texts is short, and the crates that write PDF embed
//! fonts and bring ten times the code of this file.

use std::fmt::Write;

use super::fonts::width_in_pdf;
use super::glyphs::{Outline, outline};
use super::pdf_text::{literal, utf16, winansi};
use super::svg::Number;
use super::{Anchor, Colour, Item, Paint, Point, Scene, Stroke, Text};

/// Points of a page per unit of a scene.
const POINTS: f64 = 0.75;

/// Distance of the control points of a quarter of a circle, in radii.
const ROUND: f64 = 0.552_284_75;

impl Scene {
    /// Writes the scene as PDF.
    pub fn to_pdf(&self) -> Vec<u8> {
        let mut page = Page::default();
        page.put(format_args!("{POINTS} 0 0 -{POINTS} 0 {} cm\n", Number(self.height * POINTS)));
        page.rect((0.0, 0.0), (self.width, self.height), Paint::fill(self.background));
        for item in &self.items {
            page.item(item);
        }
        let mut veils = String::new();
        for percent in &page.veils {
            let opacity = Number(f64::from(*percent) / 100.0);
            let _ = write!(veils, " /V{percent} << /ca {opacity} >>");
        }
        let (width, height) = (Number(self.width * POINTS), Number(self.height * POINTS));
        let font = |name| {
            format!(
                "<< /Type /Font /Subtype /Type1 /BaseFont /{name} /Encoding /WinAnsiEncoding >>"
            )
        };
        let objects = [
            "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
            "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
            format!(
                "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {width} {height}] /Contents 4 0 R \
                 /Resources << /Font << /F1 5 0 R /F2 6 0 R >> /ExtGState <<{veils} >> >> >>"
            ),
            format!("<< /Length {} >>\nstream\n{}endstream", page.content.len(), page.content),
            font("Helvetica"),
            font("Helvetica-Bold"),
            format!("<< /Title {} /Creator (sim) >>", utf16(&super::text(&self.title))),
        ];
        let mut file = String::from("%PDF-1.5\n");
        let mut places = Vec::new();
        for (number, object) in (1..).zip(&objects) {
            places.push(file.len());
            let _ = write!(file, "{number} 0 obj\n{object}\nendobj\n");
        }
        let (start, count) = (file.len(), objects.len() + 1);
        let _ = write!(file, "xref\n0 {count}\n0000000000 65535 f \n");
        for place in places {
            let _ = writeln!(file, "{place:010} 00000 n ");
        }
        let _ = write!(
            file,
            "trailer\n<< /Size {count} /Root 1 0 R /Info 7 0 R >>\nstartxref\n{start}\n%%EOF\n"
        );
        file.into_bytes()
    }
}

/// The content of the page.
#[derive(Default)]
struct Page {
    content: String,
    /// The opacities in use, in percent.
    veils: std::collections::BTreeSet<u8>,
    /// Whether each open group is a clip.
    clips: Vec<bool>,
}

impl Page {
    fn put(&mut self, arguments: std::fmt::Arguments<'_>) {
        // Writing to a string does not fail.
        let _ = self.content.write_fmt(arguments);
    }

    fn item(&mut self, item: &Item) {
        match item {
            Item::Path(path) => self.path(&path.points, path.closed, path.paint),
            Item::Circle { centre, radius, paint } => self.circle(*centre, *radius, *paint),
            Item::Rect { corner, size, paint } => self.rect(*corner, *size, *paint),
            Item::Text(text) => self.written(text),
            Item::Glyph { shape, centre, radius, colour, hole } => {
                let stroke = hole.map(|_| Stroke::solid(*colour, 1.3));
                let paint = Paint { fill: Some(hole.unwrap_or(*colour)), veil: 0, stroke };
                match outline(*shape, *centre, *radius) {
                    Outline::Circle => self.circle(*centre, *radius, paint),
                    Outline::Filled(points) => self.path(&points, true, paint),
                    Outline::Lines(lines) => {
                        for ends in lines {
                            self.path(&ends, false, Paint::stroke(*colour, 1.6));
                        }
                    }
                }
            }
            Item::Tooltip(_) => self.clips.push(false),
            Item::Clip { corner, size } => {
                self.clips.push(true);
                self.content.push_str("q ");
                self.box_of(*corner, *size);
                self.content.push_str("W n\n");
            }
            Item::End => {
                if self.clips.pop() == Some(true) {
                    self.content.push_str("Q\n");
                }
            }
        }
    }

    fn box_of(&mut self, (x, y): Point, (width, height): Point) {
        let (x, y, width, height) = (Number(x), Number(y), Number(width), Number(height));
        self.put(format_args!("{x} {y} {width} {height} re "));
    }

    fn rect(&mut self, corner: Point, size: Point, paint: Paint) {
        self.begin(paint);
        self.box_of(corner, size);
        self.finish(paint, true);
    }

    fn circle(&mut self, (x, y): Point, radius: f64, paint: Paint) {
        self.begin(paint);
        let (near, far) = (ROUND * radius, radius);
        self.put(format_args!("{} {} m ", Number(x + far), Number(y)));
        let quarters = [
            [(far, near), (near, far), (0.0, far)],
            [(-near, far), (-far, near), (-far, 0.0)],
            [(-far, -near), (-near, -far), (0.0, -far)],
            [(near, -far), (far, -near), (far, 0.0)],
        ];
        for quarter in quarters {
            for (dx, dy) in quarter {
                self.put(format_args!("{} {} ", Number(x + dx), Number(y + dy)));
            }
            self.content.push_str("c ");
        }
        self.finish(paint, true);
    }

    fn path(&mut self, points: &[Point], closed: bool, paint: Paint) {
        self.begin(paint);
        for (place, (x, y)) in points.iter().enumerate() {
            let command = if place == 0 { 'm' } else { 'l' };
            self.put(format_args!("{} {} {command} ", Number(*x), Number(*y)));
        }
        self.finish(paint, closed);
    }

    /// Sets colours, opacity and dashes for a shape.
    fn begin(&mut self, paint: Paint) {
        self.content.push_str("q ");
        if paint.is_veil() {
            self.veils.insert(paint.veil);
            self.put(format_args!("/V{} gs ", paint.veil));
        }
        if let Some(colour) = paint.fill {
            self.put(format_args!("{} rg ", Shares(colour)));
        }
        if let Some(Stroke { colour, width, dash }) = paint.stroke {
            self.put(format_args!("{} RG {} w 1 j ", Shares(colour), Number(width)));
            if !dash.is_solid() {
                let (on, off, start) = (Number(dash.on), Number(dash.off), Number(dash.start));
                self.put(format_args!("[{on} {off}] {start} d "));
            }
        }
    }

    fn finish(&mut self, paint: Paint, closed: bool) {
        if closed {
            self.content.push_str("h ");
        }
        self.content.push_str(match (paint.fill.is_some(), paint.stroke.is_some()) {
            (true, true) => "B Q\n",
            (true, false) => "f Q\n",
            (false, true) => "S Q\n",
            (false, false) => "n Q\n",
        });
    }

    fn written(&mut self, text: &Text) {
        let content = winansi(&text.content);
        let width = width_in_pdf(&text.content, text.size);
        let back = match text.anchor {
            Anchor::Start => 0.0,
            Anchor::Middle => width / 2.0,
            Anchor::End => width,
        };
        let font = if text.bold { "F2" } else { "F1" };
        let (x, y) = text.at;
        let (turn, x, y) = match text.upwards {
            true => ("0 -1 -1 0", x, y + back),
            false => ("1 0 0 -1", x - back, y),
        };
        self.put(format_args!(
            "BT {} rg /{font} {} Tf {turn} {} {} Tm {} Tj ET\n",
            Shares(text.colour),
            Number(text.size),
            Number(x),
            Number(y),
            literal(&content),
        ));
    }
}

/// A colour as shares of red, green and blue.
struct Shares(Colour);

impl std::fmt::Display for Shares {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Colour(r, g, b) = self.0;
        let share = |part: u8| Number(f64::from(part) / 255.0);
        write!(f, "{} {} {}", share(r), share(g), share(b))
    }
}
