//! A scene as PNG, drawn by the library with its own font.

use kuva::render::color::Color;
use kuva::render::render::{PathData, Primitive, Scene as KuvaScene, TextAnchor, TextSpan};

use super::dashes::dashed;
use super::glyphs::{Outline, outline};
use super::{Anchor, Colour, Item, Paint, Point, Scene, Stroke, Text};

/// Pixels of a PNG per inch, by default: two per unit of an SVG.
pub const DPI: u32 = 192;

impl Scene {
    /// Draws the scene as PNG with a number of pixels per inch.
    ///
    /// # Errors
    /// If the library cannot encode it.
    pub fn to_png(&self, dpi: u32) -> Result<Vec<u8>, String> {
        let scale = f64::from(dpi) / 96.0;
        let mut scene = KuvaScene::new(self.width, self.height);
        scene.background_color = Some("none".to_owned());
        scene.elements.push(rect((0.0, 0.0), (self.width, self.height), self.background, None));
        for item in &self.items {
            add(&mut scene.elements, item);
        }
        let png = kuva::RasterBackend::new().with_scale(scale as f32).render_scene(&scene)?;
        Ok(with_density(png, dpi))
    }
}

fn add(all: &mut Vec<Primitive>, item: &Item) {
    match item {
        Item::Path(path) => line(all, &path.points, path.closed, path.paint),
        Item::Circle { centre, radius, paint } => circle(all, *centre, *radius, *paint),
        Item::Rect { corner, size, paint } => {
            if let Some(fill) = paint.fill {
                let opacity = paint.is_veil().then_some(f64::from(paint.veil) / 100.0);
                all.push(rect(*corner, *size, fill, opacity));
            }
            if paint.stroke.is_some() {
                let (right, bottom) = (corner.0 + size.0, corner.1 + size.1);
                let corners = [*corner, (right, corner.1), (right, bottom), (corner.0, bottom)];
                line(all, &corners, true, Paint { fill: None, ..*paint });
            }
        }
        Item::Text(text) => all.push(written(text)),
        Item::Glyph { shape, centre, radius, colour, hole } => {
            let stroke = hole.map(|_| Stroke::solid(*colour, 1.3));
            let paint = Paint { fill: Some(hole.unwrap_or(*colour)), veil: 0, stroke };
            match outline(*shape, *centre, *radius) {
                Outline::Circle => circle(all, *centre, *radius, paint),
                Outline::Filled(points) => line(all, &points, true, paint),
                Outline::Lines(lines) => {
                    for ends in lines {
                        line(all, &ends, false, Paint::stroke(*colour, 1.6));
                    }
                }
            }
        }
        Item::Tooltip(_) => {
            // A group is a wide clip, so that both have the same end.
            let (x, y, width, height) = (-1e6, -1e6, 2e6, 2e6);
            all.push(Primitive::ClipStart { x, y, width, height, id: String::new() });
        }
        Item::Clip { corner: (x, y), size: (width, height) } => {
            let (x, y, width, height) = (*x, *y, *width, *height);
            all.push(Primitive::ClipStart { x, y, width, height, id: String::new() });
        }
        Item::End => all.push(Primitive::ClipEnd),
    }
}

fn colour(Colour(r, g, b): Colour) -> Color {
    Color::Rgb(r, g, b)
}

fn rect(corner: Point, size: Point, fill: Colour, opacity: Option<f64>) -> Primitive {
    Primitive::Rect {
        x: corner.0,
        y: corner.1,
        width: size.0,
        height: size.1,
        fill: colour(fill),
        stroke: None,
        stroke_width: None,
        opacity,
    }
}

fn circle(all: &mut Vec<Primitive>, (cx, cy): Point, r: f64, paint: Paint) {
    all.push(Primitive::Circle {
        cx,
        cy,
        r,
        fill: paint.fill.map_or(Color::None, colour),
        fill_opacity: paint.is_veil().then_some(f64::from(paint.veil) / 100.0),
        stroke: paint.stroke.map(|stroke| colour(stroke.colour)),
        stroke_width: paint.stroke.map(|stroke| stroke.width),
    });
}

fn line(all: &mut Vec<Primitive>, points: &[Point], closed: bool, paint: Paint) {
    if let Some(fill) = paint.fill {
        let mut d = String::new();
        for (place, (x, y)) in points.iter().enumerate() {
            d += &format!("{} {x:.2} {y:.2} ", if place == 0 { 'M' } else { 'L' });
        }
        d.push('Z');
        all.push(Primitive::Path(Box::new(PathData {
            d,
            fill: Some(colour(fill)),
            stroke: Color::None,
            stroke_width: 0.0,
            opacity: paint.is_veil().then_some(f64::from(paint.veil) / 100.0),
            stroke_dasharray: None,
        })));
    }
    let Some(stroke) = paint.stroke else { return };
    let mut points = points.to_vec();
    if closed {
        points.extend(points.first().copied());
    }
    for piece in dashed(&points, stroke.dash) {
        all.push(Primitive::PolyLine {
            points: piece,
            stroke: colour(stroke.colour),
            stroke_width: stroke.width,
            stroke_dasharray: None,
        });
    }
}

fn written(text: &Text) -> Primitive {
    let (x, y) = text.at;
    let (size, color) = (text.size.round() as u32, Some(colour(text.colour)));
    let anchor = match text.anchor {
        Anchor::Start => TextAnchor::Start,
        Anchor::Middle => TextAnchor::Middle,
        Anchor::End => TextAnchor::End,
    };
    if text.bold && !text.upwards {
        let span = TextSpan { bold: true, ..TextSpan::plain(&text.content) };
        return Primitive::RichText { x, y, spans: vec![span], size, anchor, color };
    }
    // The library takes text between two dollars for a formula.
    let content = text.content.replace('$', "\\$");
    let rotate = text.upwards.then_some(-90.0);
    Primitive::Text { x, y, content, size, anchor, rotate, bold: false, color }
}

/// Length of the signature and the header of a PNG, after which its density may stand.
const HEAD: usize = 8 + 25;

/// Adds the number of pixels per metre, which programs need to print in the right size.
fn with_density(mut png: Vec<u8>, dpi: u32) -> Vec<u8> {
    let per_metre = (f64::from(dpi) / 0.0254).round() as u32;
    let mut chunk = b"pHYs".to_vec();
    chunk.extend(per_metre.to_be_bytes());
    chunk.extend(per_metre.to_be_bytes());
    chunk.push(1);
    let sum = crc(&chunk);
    if png.len() > HEAD {
        let whole: Vec<u8> = 9_u32.to_be_bytes().into_iter().chain(chunk).chain(sum).collect();
        png.splice(HEAD..HEAD, whole);
    }
    png
}

/// Returns the checksum of a chunk.
fn crc(bytes: &[u8]) -> [u8; 4] {
    let mut sum = u32::MAX;
    for byte in bytes {
        sum ^= u32::from(*byte);
        for _ in 0..8 {
            sum = if sum & 1 == 1 { (sum >> 1) ^ 0xedb8_8320 } else { sum >> 1 };
        }
    }
    (!sum).to_be_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_are_those_of_png() {
        assert_eq!(crc(b"123456789"), 0xcbf4_3926_u32.to_be_bytes());
        assert_eq!(crc(b"IEND"), 0xae42_6082_u32.to_be_bytes());
    }
}
