//! Columns of whole numbers in few bytes: LEB128, with zigzag for differences that may be negative.

/// A column.
#[derive(Debug, Default)]
pub(super) struct Column(pub(super) Vec<u8>);

impl Column {
    /// Appends a number.
    pub(super) fn push(&mut self, number: u128) {
        let mut rest = number;
        while rest >= 0x80 {
            self.0.push((rest & 0x7f) as u8 | 0x80);
            rest >>= 7;
        }
        self.0.push(rest as u8);
    }

    /// Appends a difference.
    pub(super) fn push_difference(&mut self, later: u64, earlier: u64) {
        self.push(zigzag(later, earlier));
    }

    /// Appends 0 where there is no number, else 1 more than its zigzag difference to another one.
    pub(super) fn push_optional(&mut self, number: Option<u64>, earlier: u64) {
        self.push(number.map_or(0, |number| 1 + zigzag(number, earlier)));
    }
}

/// Returns a difference as a number that is small where the difference is.
fn zigzag(later: u64, earlier: u64) -> u128 {
    match later.checked_sub(earlier) {
        Some(ahead) => u128::from(ahead) * 2,
        None => u128::from(earlier - later) * 2 - 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_numbers_and_differences_take_a_byte() {
        let mut column = Column::default();
        column.push(0);
        column.push(127);
        column.push(300);
        column.push_difference(9, 10);
        column.push_difference(11, 10);
        column.push_optional(None, 5);
        column.push_optional(Some(5), 5);
        assert_eq!(column.0, [0, 127, 0xac, 2, 1, 2, 0, 1]);
    }

    #[test]
    fn the_largest_differences_have_room() {
        let mut column = Column::default();
        column.push_difference(u64::MAX, 0);
        column.push_difference(0, u64::MAX);
        assert_eq!(column.0.len(), 20);
    }
}
