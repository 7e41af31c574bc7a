//! Fast formatting of rows as text: a run can have billions of them, and they are mostly numbers.
//!
//! Four or eight digits are computed at a time inside one word, and written as one: no loop over
//! digits, and no branch on their number except one, up to four, up to eight, and more. The
//! position in a row is a local variable, which a vector's length could not be.

use super::csv::write_event;
use super::event::Event;
use super::journal::{CopyRow, write_copy};
use super::line::{Line, ROW_MAX};
use crate::engine::time::Instant;
use crate::node::NodeId;

/// Buffer of formatted rows that are not yet written, returned in blocks of one size.
///
/// The block size should be a power of two: BLAKE3 hashes such blocks several times as fast as
/// others, since it never has to wait for the rest of a chunk.
#[derive(Debug)]
pub struct Rows {
    /// Beyond `end`: unspecified.
    bytes: Vec<u8>,
    end: usize,
    block: usize,
}

impl Rows {
    /// Creates a buffer with a header, and room for a block of `block` bytes.
    pub fn new(header: &str, block: usize) -> Rows {
        let mut bytes = header.as_bytes().to_vec();
        bytes.resize(header.len() + block + ROW_MAX, 0);
        Rows { bytes, end: header.len(), block }
    }

    /// Adds the row of an event.
    #[inline(never)]
    pub fn add_event(&mut self, at: Instant, machine: NodeId, event: &Event) {
        let mut line = self.begin();
        write_event(&mut line, at, machine, event);
        self.end += line.length;
    }

    /// Adds the row of a copy.
    #[inline(never)]
    pub fn add_copy(&mut self, copy: &CopyRow) {
        let mut line = self.begin();
        write_copy(&mut line, copy);
        self.end += line.length;
    }

    /// Begins a new row. It must not leave the calling function: a position that is kept in memory
    /// makes every piece of the row wait for the one before.
    #[inline(always)]
    fn begin(&mut self) -> Line<'_> {
        if self.bytes.len() - self.end < ROW_MAX {
            self.grow();
        }
        let room = self.bytes[self.end..].first_chunk_mut();
        Line { bytes: room.expect("there is room for a row"), length: 0 }
    }

    #[cold]
    fn grow(&mut self) {
        self.bytes.resize(self.bytes.len() * 2 + ROW_MAX, 0);
    }

    /// Returns the first block, once it is complete.
    #[inline]
    pub fn full_block(&self) -> Option<&[u8]> {
        if self.end >= self.block { self.bytes.get(..self.block) } else { None }
    }

    /// Removes the first block.
    pub fn drop_block(&mut self) {
        self.bytes.copy_within(self.block..self.end, 0);
        self.end -= self.block;
    }

    /// Returns all buffered text.
    pub fn text(&self) -> &[u8] {
        &self.bytes[..self.end]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(write: impl FnOnce(&mut Line<'_>)) -> Rows {
        let mut rows = Rows::new("x", 0);
        add(&mut rows, write);
        rows
    }

    fn add(rows: &mut Rows, write: impl FnOnce(&mut Line<'_>)) {
        let mut line = rows.begin();
        write(&mut line);
        rows.end += line.length;
    }

    fn text_of(number: u64) -> String {
        let rows = row(|line| line.number(number, b';'));
        String::from_utf8(rows.text().to_vec()).expect("ASCII")
    }

    #[track_caller]
    fn check(number: u64) {
        assert_eq!(text_of(number), format!("x{number};"));
    }

    #[test]
    fn numbers_of_any_length_are_written() {
        for power in 0..20 {
            let ten = 10u64.pow(power);
            [ten - 1, ten, ten + 1, ten / 7 * 6].into_iter().for_each(check);
        }
        check(u64::MAX);
    }

    #[test]
    fn all_numbers_of_four_digits_in_either_half() {
        (0..10_000).for_each(|four| check(four * 10_000 + (9_999 - four)));
        (0..10_000).for_each(check);
    }

    #[test]
    fn the_longest_row_fits_and_the_buffer_grows() {
        let mut rows = Rows::new("", 0);
        for _ in 0..10 {
            add(&mut rows, |line| {
                line.text(b",receive,");
                for _ in 0..10 {
                    line.number(u64::MAX, b',');
                }
            });
        }
        assert_eq!(rows.text().len(), 10 * (9 + 10 * 21));
    }

    #[test]
    fn blocks_have_one_size() {
        let mut rows = Rows::new("header\n", 10);
        assert_eq!(rows.full_block(), None);
        add(&mut rows, |line| line.text(b"one\n"));
        assert_eq!(rows.full_block(), Some(b"header\none".as_slice()));
        rows.drop_block();
        assert_eq!((rows.full_block(), rows.text()), (None, b"\n".as_slice()));
    }
}
