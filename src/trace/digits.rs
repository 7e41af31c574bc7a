//! A row of numbers as text, written from its end: the digits of a number come out last one first,
//! so that nothing has to be counted or moved.

/// Room for the longest row: ten numbers of twenty digits, and what stands between them. A power of
/// two, so that a place can be masked where it would have to be checked.
const LENGTH: usize = 256;

/// The two digits of each number below 100.
const PAIRS: [[u8; 2]; 100] = pairs();

const fn pairs() -> [[u8; 2]; 100] {
    let mut pairs = [[0; 2]; 100];
    let mut number = 0;
    while number < 100 {
        pairs[number] = [b'0' + (number / 10) as u8, b'0' + (number % 10) as u8];
        number += 1;
    }
    pairs
}

/// A row that grows towards its beginning.
pub(super) struct Digits {
    row: [u8; LENGTH],
    start: usize,
}

impl Digits {
    pub(super) fn new() -> Digits {
        Digits { row: [0; LENGTH], start: LENGTH }
    }

    /// Puts a text of a known length before what is there.
    #[inline(always)]
    pub(super) fn text<const N: usize>(&mut self, text: &[u8; N]) {
        self.start = self.start.wrapping_sub(N);
        for (place, byte) in text.iter().enumerate() {
            self.row[self.start.wrapping_add(place) % LENGTH] = *byte;
        }
    }

    /// Puts a number before what is there.
    #[inline(always)]
    pub(super) fn number(&mut self, mut number: u64) {
        // Most numbers have at most eight digits or so, and 32-bit divisions are the cheap ones.
        while number > u64::from(u32::MAX) {
            let mut low = (number % 100_000_000) as u32;
            number /= 100_000_000;
            for _ in 0..4 {
                self.text(&PAIRS[(low % 100) as usize]);
                low /= 100;
            }
        }
        let mut number = number as u32;
        while number >= 100 {
            self.text(&PAIRS[(number % 100) as usize]);
            number /= 100;
        }
        let pair = PAIRS[number as usize];
        if number >= 10 {
            self.text(&pair);
        } else {
            self.text(&[pair[1]]);
        }
    }

    /// The row.
    #[inline(always)]
    pub(super) fn bytes(&self) -> &[u8] {
        &self.row[self.start..]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_any_length_are_written() {
        for number in [0, 9, 10, 99, 100, 101, 999, 1_000, 12_345, 4_294_967_296, u64::MAX] {
            let mut digits = Digits::new();
            digits.number(number);
            assert_eq!(digits.bytes(), number.to_string().as_bytes());
        }
    }

    #[test]
    fn the_longest_row_fits() {
        let mut digits = Digits::new();
        digits.text(b",receive,");
        for _ in 0..10 {
            digits.text(b",");
            digits.number(u64::MAX);
        }
        assert_eq!(digits.bytes().len(), 9 + 10 * (1 + 20));
    }
}
