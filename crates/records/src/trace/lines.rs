//! Lines of a text, one at a time: LF, CR LF or CR ends a line, and lines above a maximum length
//! are rejected, so that memory is bounded.

use std::io::{self, BufRead, BufReader, Read};

/// Maximum number of bytes in a line. No line of ours is longer, nor one of any well-behaved
/// program.
pub(super) const LINE_MAX: usize = 1 << 16;

/// A reader of lines.
#[derive(Debug)]
pub(super) struct Lines<R> {
    input: BufReader<R>,
    line: Vec<u8>,
    /// Number of the current line, counted from 1.
    number: u64,
    /// Whether the current line ended with a CR, so that an LF after it belongs to it.
    ended_with_cr: bool,
}

impl<R: Read> Lines<R> {
    pub(super) fn new(input: R) -> Lines<R> {
        let input = BufReader::with_capacity(LINE_MAX, input);
        Lines { input, line: Vec::new(), number: 0, ended_with_cr: false }
    }

    /// Advances to the next line; returns whether there is one.
    pub(super) fn advance(&mut self) -> io::Result<bool> {
        self.line.clear();
        self.number += 1;
        loop {
            let bytes = match self.input.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                bytes => bytes?,
            };
            let Some(first) = bytes.first() else { return Ok(!self.line.is_empty()) };
            if std::mem::take(&mut self.ended_with_cr) && *first == b'\n' {
                self.input.consume(1);
                continue;
            }
            let end = bytes.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
            let length = end.unwrap_or(bytes.len());
            self.line.extend_from_slice(&bytes[..length]);
            if self.line.len() > LINE_MAX {
                let problem = format!("it has a line of more than {LINE_MAX} bytes");
                return Err(io::Error::new(io::ErrorKind::InvalidData, problem));
            }
            if let Some(end) = end {
                self.ended_with_cr = bytes[end] == b'\r';
                self.input.consume(end + 1);
                return Ok(true);
            }
            self.input.consume(length);
        }
    }

    /// Returns the current line, without its end.
    pub(super) fn line(&self) -> &[u8] {
        &self.line
    }

    /// Returns the number of the current line, counted from 1.
    pub(super) fn number(&self) -> u64 {
        self.number
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &[u8]) -> Vec<(u64, String)> {
        // A byte at a time, so that every end lies on the edge of a piece.
        let mut lines = Lines::new(text);
        lines.input = BufReader::with_capacity(1, text);
        let mut found = vec![];
        while lines.advance().expect("lines") {
            found.push((lines.number(), String::from_utf8_lossy(lines.line()).into_owned()));
        }
        found
    }

    #[test]
    fn every_end_of_a_line_counts_once() {
        for text in ["a\nb\n\nc", "a\r\nb\r\n\r\nc\r\n", "a\rb\r\rc\r", "a\r\nb\n\rc"] {
            let expected = [(1, "a"), (2, "b"), (3, ""), (4, "c")];
            let expected = expected.map(|(line, text)| (line, text.to_owned()));
            assert_eq!(lines(text.as_bytes()), expected, "{text:?}");
        }
    }

    #[test]
    fn only_a_line_without_an_end_is_refused() {
        let many = "x\n".repeat(LINE_MAX);
        assert_eq!(lines(many.as_bytes()).len(), LINE_MAX);
        let error = Lines::new(io::repeat(0)).advance().expect_err("endless");
        assert_eq!(error.to_string(), "it has a line of more than 65536 bytes");
    }
}
