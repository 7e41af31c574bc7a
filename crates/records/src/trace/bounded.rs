//! A CSV reader that rejects records above a maximum length, so that memory is bounded.

use std::io::{self, Read, Seek, SeekFrom};

/// Maximum length of a record of a sweep's table, which has all swept values in it: the maximum
/// length of a config.
pub const TABLE_RECORD_MAX: usize = 1 << 26;

/// Passes bytes through until a record is too long. A line break between quotes does not end a
/// record.
#[derive(Debug)]
pub struct BoundedRecords<R> {
    input: R,
    max: usize,
    /// Number of bytes since the end of the last record.
    length: usize,
    place: Place,
}

/// Position within a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// At the beginning of a field.
    Start,
    /// In a field without quotes.
    Plain,
    /// Between quotes.
    Quoted,
    /// After a quote in a quoted field: the end of the field, or the first of an escaped pair.
    Quote,
}

impl<R> BoundedRecords<R> {
    /// Creates a reader at the beginning of a record, with at most `max` bytes per record.
    pub fn new(input: R, max: usize) -> BoundedRecords<R> {
        BoundedRecords { input, max, length: 0, place: Place::Start }
    }

    /// Processes one byte; returns whether its record is too long.
    #[inline]
    fn is_too_long(&mut self, byte: u8) -> bool {
        self.length += 1;
        self.place = match (self.place, byte) {
            (Place::Quoted, b'"') => Place::Quote,
            (Place::Quoted, _) => Place::Quoted,
            (Place::Start | Place::Quote, b'"') => Place::Quoted,
            (_, b'\n' | b'\r') => {
                self.length = 0;
                Place::Start
            }
            (_, b',') => Place::Start,
            _ => Place::Plain,
        };
        self.length > self.max
    }
}

impl<R: Read> Read for BoundedRecords<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.input.read(buffer)?;
        for byte in &buffer[..count] {
            if self.is_too_long(*byte) {
                let problem = format!("it has a record of more than {} bytes", self.max);
                return Err(io::Error::new(io::ErrorKind::InvalidData, problem));
            }
        }
        Ok(count)
    }
}

impl<R: Seek> Seek for BoundedRecords<R> {
    /// Resets to the beginning of a record.
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        (self.length, self.place) = (0, Place::Start);
        self.input.seek(to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECORD_MAX: usize = 1 << 16;

    #[track_caller]
    fn refused(input: impl Read) {
        let error = io::copy(&mut BoundedRecords::new(input, RECORD_MAX), &mut io::sink())
            .expect_err("endless");
        assert_eq!(error.to_string(), "it has a record of more than 65536 bytes");
    }

    #[track_caller]
    fn passes(text: &str) {
        let mut read = String::new();
        let count = BoundedRecords::new(text.as_bytes(), RECORD_MAX).read_to_string(&mut read);
        assert_eq!(count.ok(), Some(text.len()));
    }

    #[test]
    fn only_a_record_without_an_end_is_refused() {
        passes(&"x\n".repeat(RECORD_MAX));
        passes(&"\"x\ny\",\"\"\"\"\r\n".repeat(RECORD_MAX));
        passes(&"a\"b,\"c\"d\n".repeat(RECORD_MAX));
        refused(io::repeat(0));
    }

    #[test]
    fn a_line_break_between_quotes_ends_no_record() {
        refused(format!("a,b\n\"{}", "\n".repeat(RECORD_MAX)).as_bytes());
        refused(format!("\"a\"\"{}", "y\n".repeat(RECORD_MAX)).as_bytes());
    }
}
