//! Splitting of a byte stream into lines of limited length.

use std::collections::VecDeque;

/// A buffer of received bytes that returns the lines in them.
#[derive(Debug)]
pub(super) struct LineBuffer {
    bytes: Vec<u8>,
    /// Number of bytes that have been returned already.
    start: usize,
    /// Number of bytes that are known to contain no unreturned newline.
    searched: usize,
    /// Maximum length of a line, without its newline.
    max: usize,
    /// Whether the rest of a line that is too long is being skipped.
    skips: bool,
    count: u64,
}

/// A line between two newlines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Line<'a> {
    /// A line, without its newline.
    Whole(&'a [u8]),
    /// The beginning of a line that is too long; the rest of it is skipped.
    TooLong(&'a [u8]),
}

impl LineBuffer {
    /// Creates a buffer for lines of up to `max` bytes.
    pub(super) fn new(max: usize) -> LineBuffer {
        LineBuffer { bytes: vec![], start: 0, searched: 0, max, skips: false, count: 0 }
    }

    /// Appends received bytes.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        if self.start > 0 {
            self.bytes.drain(..self.start);
            self.searched -= self.start;
            self.start = 0;
        }
        self.bytes.extend_from_slice(bytes);
    }

    /// Returns the next line and its number, counted from 1.
    pub(super) fn next(&mut self) -> Option<(u64, Line<'_>)> {
        loop {
            let found = self.bytes[self.searched..].iter().position(|byte| *byte == b'\n');
            let Some(found) = found else {
                self.searched = self.bytes.len();
                return self.too_long(self.bytes.len());
            };
            let (from, to) = (self.start, self.searched + found);
            if to - from > self.max && !self.skips {
                return self.too_long(to);
            }
            (self.start, self.searched) = (to + 1, to + 1);
            if std::mem::take(&mut self.skips) {
                continue;
            }
            self.count += 1;
            return Some((self.count, Line::Whole(&self.bytes[from..to])));
        }
    }

    /// Skips the current line up to `to` if it is too long, and returns its beginning once.
    fn too_long(&mut self, to: usize) -> Option<(u64, Line<'_>)> {
        let from = self.start;
        if self.skips {
            (self.start, self.searched) = (to, to);
            return None;
        }
        if to - from <= self.max {
            return None;
        }
        (self.start, self.searched) = (to, to);
        self.skips = true;
        self.count += 1;
        Some((self.count, Line::TooLong(&self.bytes[from..from + self.max.min(256)])))
    }

    /// Returns an unfinished last line, if there is one, and its number.
    pub(super) fn rest(&self) -> Option<(u64, &[u8])> {
        let rest = &self.bytes[self.start..];
        (!rest.is_empty() && !self.skips).then_some((self.count + 1, rest))
    }
}

/// The last lines of an output.
#[derive(Debug, Default)]
pub(super) struct Tail(VecDeque<String>);

impl Tail {
    /// Maximum number of lines that are kept.
    const LINES: usize = 32;
    /// Maximum number of bytes that are kept of a line.
    const LENGTH: usize = 400;

    pub(super) fn push(&mut self, line: &[u8]) {
        let shown = &line[..line.len().min(Tail::LENGTH)];
        if self.0.len() == Tail::LINES {
            self.0.pop_front();
        }
        self.0.push_back(printable(shown));
    }

    pub(super) fn lines(&self) -> Vec<String> {
        self.0.iter().cloned().collect()
    }
}

/// Converts bytes to printable text, with control characters escaped.
pub(super) fn printable(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\t' => out.push(' '),
            c if c.is_control() => out.extend(c.escape_default()),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(max: usize, parts: &[&str]) -> Vec<String> {
        let mut buffer = LineBuffer::new(max);
        let mut found = vec![];
        for part in parts {
            buffer.push(part.as_bytes());
            while let Some((number, line)) = buffer.next() {
                found.push(match line {
                    Line::Whole(line) => format!("{number} {}", printable(line)),
                    Line::TooLong(line) => format!("{number} too long {}", printable(line)),
                });
            }
        }
        found.extend(buffer.rest().map(|(number, rest)| format!("{number}+{}", printable(rest))));
        found
    }

    #[test]
    fn lines_come_whole_however_their_bytes_come() {
        assert_eq!(lines(9, &["a\nb", "c\n\nd"]), ["1 a", "2 bc", "3 ", "4+d"]);
        assert_eq!(lines(9, &["", "x", "y", "\n", ""]), ["1 xy"]);
    }

    #[test]
    fn a_line_that_is_too_long_is_told_once_and_passed_over() {
        assert_eq!(lines(3, &["abc\nabcd\nx\n"]), ["1 abc", "2 too long abc", "3 x"]);
        let parts = ["abc", "de", "fgh", "ij\nk\n", "lmnop", "q"];
        assert_eq!(lines(3, &parts), ["1 too long abc", "2 k", "3 too long lmn"]);
    }
}
