//! Fast formatting of rows as text: a run can have billions of them, and they are mostly numbers.
//!
//! Four or eight digits are computed at a time inside one word, and written as one: no loop over
//! digits, and no branch on their number except one, up to four, up to eight, and more. The
//! position in a row is a local variable, which a vector's length could not be.

use super::csv::write_event;
use super::event::Event;
use super::journal::{CopyRow, write_copy};
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

/// Maximum length of a row: ten numbers of twenty digits, and the text between them.
const LONGEST: usize = 256;

/// Room for a row. A position is taken modulo [`LONGEST`], which it never reaches, and a piece has
/// at most sixteen bytes: so the compiler can prove that all of it fits, and emits no bounds
/// checks.
const ROW_MAX: usize = LONGEST + 16;

/// A row that is being written.
pub(super) struct Line<'a> {
    bytes: &'a mut [u8; ROW_MAX],
    length: usize,
}

impl Line<'_> {
    /// Appends a text of a length known at compile time, at most sixteen.
    #[inline(always)]
    pub(super) fn text<const N: usize>(&mut self, text: &[u8; N]) {
        const { assert!(N <= ROW_MAX - LONGEST) };
        let place = self.length % LONGEST;
        self.bytes[place..place + N].copy_from_slice(text);
        self.length = self.length.wrapping_add(N);
    }

    /// Appends a number and the byte that ends it.
    #[inline(always)]
    pub(super) fn number(&mut self, number: u64, end: u8) {
        if number < 10 {
            self.text(&[b'0' + number as u8, end]);
        } else if number < 10_000 {
            self.four(number as u32, end);
        } else if number < HUNDRED_MILLION {
            self.short(number);
            self.text(&[end]);
        } else {
            self.long(number);
            self.text(&[end]);
        }
    }

    /// Appends a number from 1 to 9,999 without leading zeros, and the byte that ends it.
    #[inline(always)]
    fn four(&mut self, number: u32, end: u8) {
        let digits = four_digits(number);
        let zeros = digits.trailing_zeros() / 8;
        let text = (u64::from(digits) | ZEROS >> 32 | u64::from(end) << 32) >> (8 * zeros);
        self.text(&text.to_le_bytes());
        self.length = self.length.wrapping_sub(zeros as usize + 3);
    }

    /// Appends a number of nine digits or more.
    #[inline(always)]
    fn long(&mut self, number: u64) {
        let (high, low) = (number / HUNDRED_MILLION, number % HUNDRED_MILLION);
        if high < HUNDRED_MILLION {
            self.short(high);
        } else {
            self.short(high / HUNDRED_MILLION);
            self.eight(high % HUNDRED_MILLION);
        }
        self.eight(low);
    }

    /// Appends a number from 1 below 10⁸ without leading zeros.
    #[inline(always)]
    fn short(&mut self, number: u64) {
        let digits = eight_digits(number);
        let zeros = digits.trailing_zeros() / 8;
        let text = (digits | ZEROS) >> (8 * (zeros % 8));
        self.text(&text.to_le_bytes());
        self.length = self.length.wrapping_sub(zeros as usize);
    }

    /// Appends the eight digits of a number below 10⁸, with leading zeros.
    #[inline(always)]
    fn eight(&mut self, number: u64) {
        self.text(&(eight_digits(number) | ZEROS).to_le_bytes());
    }
}

const HUNDRED_MILLION: u64 = 100_000_000;

/// "00000000".
const ZEROS: u64 = 0x3030_3030_3030_3030;

/// Returns the digits of a number below 10⁴, as in [`eight_digits`].
#[inline(always)]
fn four_digits(number: u32) -> u32 {
    let hundreds = number.wrapping_mul(10_486) >> 20;
    let twos = hundreds | number.wrapping_sub(hundreds.wrapping_mul(100)) << 16;
    let tens = (twos.wrapping_mul(103) >> 10) & 0x000f_000f;
    tens | twos.wrapping_sub(tens.wrapping_mul(10)) << 8
}

/// Returns the digits of a number below 10⁸, each in a byte, the first one in the lowest.
///
/// The number is split three times: into two numbers of four digits, four of two, eight of one. All
/// parts of one step are divided at once; the products stay in their lanes since `n · 10486 / 2²⁰`
/// is `n / 100` below 10⁴ and `n · 103 / 2¹⁰` is `n / 10` below 100.
#[inline(always)]
fn eight_digits(number: u64) -> u64 {
    let number = number as u32;
    let (high, low) = (number / 10_000, number % 10_000);
    let fours = u64::from(high) | u64::from(low) << 32;
    let hundreds = (fours.wrapping_mul(10_486) >> 20) & 0x7f_0000_007f;
    let twos = hundreds | fours.wrapping_sub(hundreds.wrapping_mul(100)) << 16;
    let tens = (twos.wrapping_mul(103) >> 10) & 0x000f_000f_000f_000f;
    tens | twos.wrapping_sub(tens.wrapping_mul(10)) << 8
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
