//! A reader that refuses a line without an end, which would take memory without bound.

use std::io::{self, Read};

/// No line of ours is longer, nor of any program that means well.
pub(super) const LINE_MAX: usize = 1 << 16;

/// Passes text on, until a line is too long.
#[derive(Debug)]
pub(super) struct Lines<R> {
    input: R,
    /// How many bytes there have been since the last end of a line.
    length: usize,
}

impl<R> Lines<R> {
    pub(super) fn new(input: R) -> Lines<R> {
        Lines { input, length: 0 }
    }
}

impl<R: Read> Read for Lines<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.input.read(buffer)?;
        for piece in buffer[..count].split_inclusive(|byte| *byte == b'\n') {
            self.length += piece.len();
            if self.length > LINE_MAX {
                let problem = format!("it has a line of more than {LINE_MAX} bytes");
                return Err(io::Error::new(io::ErrorKind::InvalidData, problem));
            }
            if piece.ends_with(b"\n") {
                self.length = 0;
            }
        }
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_line_without_an_end_is_refused() {
        let many = "x\n".repeat(LINE_MAX);
        let mut text = String::new();
        assert_eq!(Lines::new(many.as_bytes()).read_to_string(&mut text).ok(), Some(many.len()));
        let error = io::copy(&mut Lines::new(io::repeat(0)), &mut io::sink()).expect_err("endless");
        assert_eq!(error.to_string(), "it has a line of more than 65536 bytes");
    }
}
