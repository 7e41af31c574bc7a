//! Unsigned integers of 256 bits: exact sums of squares.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An unsigned integer of 256 bits. Its text is hexadecimal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Wide {
    high: u128,
    low: u128,
}

/// The lower half of a `u128`.
const LOW: u128 = u64::MAX as u128;

impl Wide {
    /// Returns the product of two numbers.
    pub fn product(a: u128, b: u128) -> Wide {
        let (a_high, a_low, b_high, b_low) = (a >> 64, a & LOW, b >> 64, b & LOW);
        let low = a_low * b_low;
        let middle = a_high * b_low + (low >> 64);
        let (middle, carry) = (a_low * b_high).overflowing_add(middle);
        let high = a_high * b_high + (middle >> 64) + (u128::from(carry) << 64);
        Wide { high, low: (middle << 64) | (low & LOW) }
    }

    /// Returns the sum, modulo 2^256.
    #[must_use]
    pub fn plus(self, other: Wide) -> Wide {
        let (low, carry) = self.low.overflowing_add(other.low);
        let high = self.high.wrapping_add(other.high).wrapping_add(u128::from(carry));
        Wide { high, low }
    }

    /// Returns the difference, or zero if `other` is larger.
    #[must_use]
    pub fn minus(self, other: Wide) -> Wide {
        if self <= other {
            return Wide::default();
        }
        let (low, borrow) = self.low.overflowing_sub(other.low);
        Wide { high: self.high - other.high - u128::from(borrow), low }
    }

    /// Returns the product with a number, modulo 2^256.
    #[must_use]
    pub fn times(self, factor: u64) -> Wide {
        let low = Wide::product(self.low, factor.into());
        Wide { high: low.high.wrapping_add(self.high.wrapping_mul(factor.into())), low: low.low }
    }

    /// Returns the nearest float.
    pub fn to_f64(self) -> f64 {
        if self.high == 0 {
            return self.low as f64;
        }
        // The 127 highest bits, the last of which says whether any lower bit is set: such a number
        // is rounded as the whole one is.
        let shift = 128 - self.high.leading_zeros() + 1;
        let top = match shift {
            128.. => self.high >> (shift - 128),
            _ => (self.high << (128 - shift)) | (self.low >> shift),
        };
        let rest = match shift {
            128.. => (self.low, self.high & ((1 << (shift - 128)) - 1)) != (0, 0),
            _ => self.low & ((1 << shift) - 1) != 0,
        };
        let mut float = (top | u128::from(rest)) as f64;
        for _ in 0..shift {
            float *= 2.0;
        }
        float
    }
}

impl fmt::Display for Wide {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.high {
            0 => write!(f, "{:x}", self.low),
            high => write!(f, "{high:x}{:032x}", self.low),
        }
    }
}

impl Serialize for Wide {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Wide {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Wide, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        let split = text.len().saturating_sub(32);
        let parse = |part: &str| match part {
            "" => Some(0),
            part => u128::from_str_radix(part, 16).ok(),
        };
        let halves = text.split_at_checked(split);
        let wide =
            halves.and_then(|(high, low)| Some(Wide { high: parse(high)?, low: parse(low)? }));
        wide.ok_or_else(|| serde::de::Error::custom("expected a hexadecimal number"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_and_sums_are_exact() {
        let max = Wide::product(u128::MAX, u128::MAX);
        // (2^128 − 1)² = 2^256 − 2^129 + 1.
        assert_eq!(max, Wide { high: u128::MAX - 1, low: 1 });
        let small = Wide::product(1 << 100, 1 << 100);
        assert_eq!(small, Wide { high: 1 << 72, low: 0 });
        assert_eq!(small.plus(small), small.times(2));
        assert_eq!(small.times(3).minus(small), small.plus(small));
        assert_eq!(Wide { high: 1, low: 0 }.minus(Wide { high: 0, low: 1 }).low, u128::MAX);
        assert_eq!(small.minus(max), Wide::default());
    }

    #[test]
    fn floats_are_the_nearest() {
        for exponent in [0, 52, 63, 64, 100, 126, 127] {
            let power = Wide::product(1 << exponent, 1 << exponent);
            assert_eq!(power.to_f64(), 2f64.powi(2 * exponent), "{exponent}");
        }
        // Half a unit in the last place, and a bit more: rounded up.
        let half = Wide::product((1 << 53) + 1, 1 << 100);
        assert_eq!(half.to_f64(), 2f64.powi(153));
        let more = half.plus(Wide { high: 0, low: 1 });
        assert_eq!(more.to_f64(), (2f64.powi(53) + 2.0) * 2f64.powi(100));
    }

    #[test]
    fn a_text_is_read_back() {
        for wide in [Wide::default(), Wide::product(7, 9), Wide::product(u128::MAX, 1 << 90)] {
            let text = serde_json::to_string(&wide).expect("a text");
            assert_eq!(serde_json::from_str::<Wide>(&text).expect("a number"), wide, "{text}");
        }
        assert!(serde_json::from_str::<Wide>("\"12g\"").is_err());
    }
}
