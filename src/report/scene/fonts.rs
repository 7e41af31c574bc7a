//! Widths of texts: in the font of SVG and PNG, and in that of PDF.

/// Advances of the printable ASCII characters in DejaVu Sans, in thousandths of the size.
const DEJAVU: [u16; 95] = [
    318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337, 636, 636, 636,
    636, 636, 636, 636, 636, 636, 636, 337, 337, 838, 838, 838, 531, 1000, 684, 686, 698, 770, 632,
    575, 775, 752, 295, 295, 656, 557, 863, 748, 787, 603, 787, 695, 635, 611, 732, 684, 989, 685,
    611, 685, 390, 337, 390, 838, 500, 500, 613, 635, 550, 635, 615, 352, 635, 634, 278, 278, 579,
    278, 974, 634, 612, 635, 635, 411, 521, 392, 634, 592, 818, 592, 592, 525, 636, 337, 636, 838,
];

/// Advances of the same characters in Helvetica.
const HELVETICA: [u16; 95] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667,
    611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667,
    667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500,
    222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
];

/// Returns the width of a text on screen.
pub(in crate::report) fn width_of(text: &str, size: f64) -> f64 {
    width(text, size, &DEJAVU)
}

/// Returns the width of a text in the font of a PDF.
pub(super) fn width_in_pdf(text: &str, size: f64) -> f64 {
    width(text, size, &HELVETICA)
}

fn width(text: &str, size: f64, advances: &[u16; 95]) -> f64 {
    let advance = |c: char| match c {
        ' '..='~' => advances[c as usize - ' ' as usize],
        '\u{300}'..='\u{36f}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}' => 0,
        '\u{2026}' => 1000,
        c if (c as u32) < 0x2000 => 650,
        // Wide characters, and those whose font is unknown.
        _ => 1000,
    };
    text.chars().map(advance).map(f64::from).sum::<f64>() * size / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_are_those_of_the_fonts() {
        assert!((width_of("0,000", 10.0) - 28.62).abs() < 1e-9);
        assert!((width_in_pdf("0,000", 10.0) - 25.02).abs() < 1e-9);
        assert_eq!(width_of("", 10.0), 0.0);
        assert!(width_of("名前", 10.0) >= 20.0);
    }
}
