//! Texts in a picture: external ones unchanged, numbers formatted for reading.

use crate::escape::escape;

/// Maximum length of a name in a title, in characters, so that the rest of the title is visible.
pub(super) const NAME_MAX: usize = 52;

/// Maximum length of a text in a picture, in characters.
const TEXT_MAX: usize = 240;

/// Maximum length of a line of a tooltip, in characters.
const TOOLTIP_MAX: usize = 2_000;

/// Prepares a text for a picture: control characters and those that reorder text are visible, the
/// length is limited.
pub(super) fn text(text: &str) -> String {
    // Escaping comes first, since it lengthens the text.
    let begin: String = text.chars().take(TEXT_MAX + 1).collect();
    fitting(&escape(&begin), TEXT_MAX)
}

/// Prepares a line of a tooltip, which may be longer.
pub(super) fn tooltip(text: &str) -> String {
    let begin: String = text.chars().take(TOOLTIP_MAX + 1).collect();
    fitting(&escape(&begin), TOOLTIP_MAX)
}

/// Formats a number beside an axis: thousands grouped, no more decimals than necessary.
pub(super) fn tick(value: f64) -> String {
    let size = value.abs();
    if size >= 1e9 || (size > 0.0 && size < 1e-4) {
        return format!("{value:.3e}").replace(".000e", "e").replace("00e", "e");
    }
    let rounded = format!("{value:.6}");
    let short = rounded.trim_end_matches('0').trim_end_matches('.');
    let (whole, decimals) = short.split_once('.').unwrap_or((short, ""));
    let mut grouped = String::new();
    let digits = whole.trim_start_matches('-');
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && digits.len() > 4 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let sign = if whole.starts_with('-') && short != "-0" { "-" } else { "" };
    let point = if decimals.is_empty() { "" } else { "." };
    format!("{sign}{grouped}{point}{decimals}")
}

/// Truncates a text to a number of characters.
pub(super) fn fitting(text: &str, characters: usize) -> String {
    match text.char_indices().nth(characters) {
        Some(_) => text.chars().take(characters.saturating_sub(1)).chain(['…']).collect(),
        None => text.to_owned(),
    }
}

/// Formats a number with about three digits.
pub(super) fn short(value: f64) -> String {
    let decimals = match value.abs() {
        size if size >= 100.0 => 0,
        size if size >= 10.0 => 1,
        size if size >= 1.0 => 2,
        _ => 3,
    };
    let unit = 10_f64.powi(decimals);
    tick((value * unit).round() / unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_readable() {
        let cases = [
            (0.0, "0"),
            (-0.0, "0"),
            (5.0, "5"),
            (0.25, "0.25"),
            (0.1 + 0.2, "0.3"),
            (-2.5, "-2.5"),
            (1500.0, "1500"),
            (15000.0, "15,000"),
            (-1234567.0, "-1,234,567"),
            (2e9, "2e9"),
            (1.5e12, "1.5e12"),
            (0.00002, "2e-5"),
        ];
        for (value, text) in cases {
            assert_eq!(tick(value), text);
        }
    }

    #[test]
    fn numbers_in_cells_are_short() {
        let cases =
            [(1234.56, "1235"), (42.42, "42.4"), (-1.239, "-1.24"), (0.0625, "0.063"), (0.0, "0")];
        for (value, text) in cases {
            assert_eq!(short(value), text);
        }
    }

    #[test]
    fn long_texts_are_cut() {
        assert_eq!(fitting("drift", 5), "drift");
        assert_eq!(fitting("größer als", 6), "größe…");
    }
}
