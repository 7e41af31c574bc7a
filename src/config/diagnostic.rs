//! Config errors: the position, the key, what was expected, what was found, and a hint.

use std::fmt;
use std::ops::Range;

use super::origin::Repair;
use crate::escape;

/// Reason why a config is invalid: a mistake, and all others that are in the same config.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    /// The position, such as `configs/a.toml:3:9`, or `--set rates`.
    pub place: String,
    /// The error, with the key, what was expected and what was found.
    pub problem: String,
    /// The line of the file in question.
    pub snippet: Option<Box<Snippet>>,
    /// A hint on how to fix it.
    pub hint: Option<String>,
    /// Whether the error is in a command-line option and not in the file.
    pub from_command_line: bool,
    /// The other mistakes in the config, in the order of the file.
    pub further: Vec<ConfigError>,
    /// How to go on reading as if it were not there.
    pub(super) repair: Box<Repair>,
}

/// A line of a config, and the part of it that a mistake is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snippet {
    /// The name of the file.
    pub file: String,
    /// The number of the line, from 1.
    pub line: usize,
    /// The line, without characters that control a terminal.
    pub text: String,
    /// The part in question, in bytes of the line. It may begin at its end.
    pub part: Range<usize>,
}

impl ConfigError {
    /// Returns a mistake in a file as a whole.
    pub(super) fn of_file(file: &str, problem: impl Into<String>) -> ConfigError {
        ConfigError {
            place: file.to_owned(),
            problem: problem.into(),
            snippet: None,
            hint: None,
            from_command_line: false,
            further: vec![],
            repair: Box::default(),
        }
    }

    /// Returns a mistake at a place of a file.
    pub(super) fn in_file(
        source: Source<'_>,
        span: &Range<usize>,
        problem: impl Into<String>,
    ) -> ConfigError {
        let (place, snippet) = source.locate(span);
        ConfigError { snippet: Some(Box::new(snippet)), ..ConfigError::of_file(&place, problem) }
    }

    /// Returns a mistake in a command-line option.
    pub(super) fn of_option(option: &str, problem: impl Into<String>) -> ConfigError {
        ConfigError { from_command_line: true, ..ConfigError::of_file(option, problem) }
    }

    /// Adds a hint.
    pub(super) fn with_hint(self, hint: impl Into<String>) -> ConfigError {
        ConfigError { hint: Some(hint.into()), ..self }
    }

    /// Returns all mistakes, this one first.
    pub fn all(&self) -> impl Iterator<Item = &ConfigError> {
        std::iter::once(self).chain(&self.further)
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", escape::line(&self.place), escape::line(&self.problem))?;
        if let Some(snippet) = &self.snippet {
            write!(f, "\n{snippet}")?;
        }
        if let Some(hint) = &self.hint {
            write!(f, "\n  {}", escape::line(hint))?;
        }
        self.further.iter().try_for_each(|error| write!(f, "\n{error}"))
    }
}

impl std::error::Error for ConfigError {}

impl fmt::Display for Snippet {
    /// Formats the line, with carets below the part in question.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Snippet { line, text, part, .. } = self.shortened();
        let count = |range: Range<usize>| text[range].chars().count();
        let (indent, carets) = (count(0..part.start), count(part).max(1));
        let gutter = line.to_string().len();
        writeln!(f, "  {line} | {text}")?;
        write!(f, "  {:gutter$} | {:indent$}{}", "", "", "^".repeat(carets))
    }
}

/// The text of a config, and the name under which it is reported.
#[derive(Clone, Copy, Debug)]
pub(super) struct Source<'a> {
    pub(super) name: &'a str,
    pub(super) text: &'a str,
}

/// Maximum length of a line in an excerpt; longer lines are truncated.
const EXCERPT_MAX: usize = 100;
/// Characters before the part in question that are kept of a long line.
const BEFORE: usize = 20;

impl Snippet {
    /// Returns the snippet with a long line cut around the part in question.
    pub fn shortened(&self) -> Snippet {
        let at = |number: usize| {
            self.text.char_indices().nth(number).map_or(self.text.len(), |(at, _)| at)
        };
        let column = self.text[..self.part.start].chars().count();
        let width = self.text[self.part.clone()].chars().count();
        let skipped = if column + width.min(BEFORE) > EXCERPT_MAX { column - BEFORE } else { 0 };
        let (from, to) = (at(skipped), at(skipped + EXCERPT_MAX));
        let before = if skipped > 0 { "…" } else { "" };
        let place = |byte: usize| byte.clamp(from, to) - from + before.len();
        Snippet {
            text: format!("{before}{}", &self.text[from..to]),
            part: place(self.part.start)..place(self.part.end),
            ..self.clone()
        }
    }
}

impl Source<'_> {
    /// Returns the position of a byte, and its line with the part of `span` in it.
    pub(super) fn locate(&self, span: &Range<usize>) -> (String, Snippet) {
        let start = floor_boundary(self.text, span.start);
        let end = floor_boundary(self.text, span.end).max(start);
        let line_start = self.text[..start].rfind('\n').map_or(0, |at| at + 1);
        let line = self.text[..start].matches('\n').count() + 1;
        let found = self.text[line_start..].lines().next().unwrap_or("");
        let column = self.text[line_start..start].chars().count();
        let place = format!("{}:{line}:{}", self.name, column + 1);
        // Characters may become shorter, so the part is found by its characters.
        let width = self.text[start..end].lines().next().unwrap_or("").chars().count();
        let safe = |c: char| if escape::is_unsafe(c) { ' ' } else { c };
        let text: String = found.chars().map(safe).collect();
        let at = |number: usize| text.char_indices().nth(number).map_or(text.len(), |(at, _)| at);
        let part = at(column)..at(column + width.max(1));
        (place, Snippet { file: self.name.to_owned(), line, part, text })
    }
}

/// Truncates a text that would fill the screen.
pub(super) fn shortened(text: &str) -> String {
    match text.char_indices().nth(60) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
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
        let (place, snippet) = source.locate(&(15..16));
        assert_eq!(place, "a.toml:2:9");
        assert_eq!(snippet.to_string(), "  2 | ratés = [0]\n    |         ^");
    }

    #[test]
    fn a_place_beyond_the_text_is_its_end() {
        let source = Source { name: "a.toml", text: "x" };
        let (place, snippet) = source.locate(&(9..12));
        assert_eq!((place.as_str(), snippet.part), ("a.toml:1:2", 1..1));
    }

    #[test]
    fn long_lines_are_cut_around_the_place() {
        let text = format!("rates = [{}]", "1, ".repeat(1_000));
        let source = Source { name: "a.toml", text: &text };
        let (_, snippet) = source.locate(&(2_001..2_002));
        let shown = snippet.to_string();
        assert!(shown.lines().all(|line| line.chars().count() < 120), "{shown}");
        let short = snippet.shortened();
        assert_eq!(short.text[short.part.clone()], text[2_001..2_002]);
    }
}
