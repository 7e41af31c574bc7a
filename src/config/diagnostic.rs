//! Config errors: the position, the key, what was expected, what was found, and a hint.

use std::fmt;
use std::ops::Range;

use crate::escape;

/// Reason why a config is invalid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    /// The position, such as `configs/a.toml:3:9`, or `--set rates`.
    pub place: String,
    /// The error, with the key, what was expected and what was found.
    pub problem: String,
    /// The line of the file in question, with carets below it.
    pub excerpt: Option<String>,
    /// A hint on how to fix it.
    pub hint: Option<String>,
    /// Whether the error is in a command-line option and not in the file.
    pub from_command_line: bool,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", escape::line(&self.place), escape::line(&self.problem))?;
        if let Some(excerpt) = &self.excerpt {
            write!(f, "\n{excerpt}")?;
        }
        if let Some(hint) = &self.hint {
            write!(f, "\n  {}", escape::line(hint))?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigError {}

/// The text of a config, and the name under which it is reported.
#[derive(Clone, Copy, Debug)]
pub(super) struct Source<'a> {
    pub(super) name: &'a str,
    pub(super) text: &'a str,
}

/// Maximum length of a line in an excerpt; longer lines are truncated.
const EXCERPT_MAX: usize = 100;

impl Source<'_> {
    /// Returns the position of a byte, and its line with carets below `span`.
    pub(super) fn locate(&self, span: &Range<usize>) -> (String, String) {
        let start = floor_boundary(self.text, span.start);
        let end = floor_boundary(self.text, span.end).max(start);
        let line_start = self.text[..start].rfind('\n').map_or(0, |at| at + 1);
        let line_number = self.text[..start].matches('\n').count() + 1;
        let line = self.text[line_start..].lines().next().unwrap_or("");
        let column = self.text[line_start..start].chars().count();
        let width = self.text[start..end].lines().next().unwrap_or("").chars().count().max(1);
        let place = format!("{}:{line_number}:{}", self.name, column + 1);
        (place, excerpt(line_number, line, column, width))
    }
}

fn excerpt(number: usize, line: &str, column: usize, width: usize) -> String {
    // A long line is shown around the position.
    let skipped = if column + width.min(20) > EXCERPT_MAX { column.saturating_sub(20) } else { 0 };
    let shown: String = line
        .chars()
        .skip(skipped)
        .take(EXCERPT_MAX)
        .map(|c| if escape::is_unsafe(c) { ' ' } else { c })
        .collect();
    let before = if skipped > 0 { "…" } else { "" };
    let indent = " ".repeat(column - skipped + before.chars().count());
    let carets = "^".repeat(width.min(EXCERPT_MAX.saturating_sub(column - skipped)).max(1));
    let gutter = " ".repeat(number.to_string().len());
    format!("  {number} | {before}{shown}\n  {gutter} | {indent}{carets}")
}

/// Returns the character boundary at or before a byte.
fn floor_boundary(text: &str, byte: usize) -> usize {
    let byte = byte.min(text.len());
    (0..=byte).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn carets_stand_below_the_place() {
        let source = Source { name: "a.toml", text: "x = 1\nratés = [0]\n" };
        let (place, excerpt) = source.locate(&(15..16));
        assert_eq!(place, "a.toml:2:9");
        assert_eq!(excerpt, "  2 | ratés = [0]\n    |         ^");
    }

    #[test]
    fn a_place_beyond_the_text_is_its_end() {
        let source = Source { name: "a.toml", text: "x" };
        assert_eq!(source.locate(&(9..12)).0, "a.toml:1:2");
    }

    #[test]
    fn long_lines_are_cut_around_the_place() {
        let text = format!("rates = [{}]", "1, ".repeat(1_000));
        let source = Source { name: "a.toml", text: &text };
        let (_, excerpt) = source.locate(&(2_000..2_001));
        assert!(excerpt.lines().all(|line| line.chars().count() < 120), "{excerpt}");
    }
}
