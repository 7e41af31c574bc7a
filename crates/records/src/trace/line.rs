//! A row that is being written: texts and numbers, four or eight digits at a time.
//!
//! Four or eight digits are made inside one word and written as one: no loop over digits, and one
//! branch on their number: up to four, up to eight, more.

/// Maximum length of a row: ten numbers of twenty digits, and the text between them.
const LONGEST: usize = 256;

/// Room for a row. A position is taken modulo [`LONGEST`], which it never reaches, and a piece has
/// at most sixteen bytes: so the compiler can prove that all of it fits, and emits no bounds
/// checks.
pub(super) const ROW_MAX: usize = LONGEST + 16;

/// A row that is being written.
pub(super) struct Line<'a> {
    pub(super) bytes: &'a mut [u8; ROW_MAX],
    pub(super) length: usize,
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
