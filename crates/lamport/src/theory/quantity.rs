//! Arithmetic of the theory: exact fractions as long as they fit 128 bits, floats beyond.
//!
//! Rates and probabilities are ratios of integers, so that 3.6 is computed as 3.6 and a zero as 0;
//! a float, rounded at each step, would give 3.5999999999999996.

use std::cmp::Ordering;
use std::ops::{Add, Div, Mul, Sub};

use crate::engine::ratio::{Ratio, gcd};

/// A finite number. A division by zero is zero: the formulas have none.
#[derive(Clone, Copy, Debug)]
pub(super) enum Quantity {
    /// Numerator and denominator, reduced; the denominator is at least 1.
    Exact(i128, i128),
    Float(f64),
}

impl Quantity {
    pub(super) const ZERO: Quantity = Quantity::Exact(0, 1);
    pub(super) const ONE: Quantity = Quantity::Exact(1, 1);

    pub(super) fn whole(value: u64) -> Quantity {
        Quantity::Exact(value.into(), 1)
    }

    /// Returns the nearest float.
    pub(super) fn as_f64(self) -> f64 {
        match self {
            Quantity::Exact(numerator, denominator) => numerator as f64 / denominator as f64,
            Quantity::Float(value) => value,
        }
    }

    /// Returns the larger of the two.
    pub(super) fn max(self, other: Quantity) -> Quantity {
        if self.cmp(other) == Ordering::Less { other } else { self }
    }

    pub(super) fn cmp(self, other: Quantity) -> Ordering {
        if let (Quantity::Exact(a, b), Quantity::Exact(c, d)) = (self, other)
            && let (Some(left), Some(right)) = (a.checked_mul(d), c.checked_mul(b))
        {
            return left.cmp(&right);
        }
        self.as_f64().total_cmp(&other.as_f64())
    }

    /// Whether it is at least `other`; floats may fall short by the rounding error.
    pub(super) fn reaches(self, other: Quantity) -> bool {
        match (self, other) {
            (Quantity::Exact(..), Quantity::Exact(..)) => self.cmp(other) != Ordering::Less,
            _ => self.as_f64() >= other.as_f64() * (1.0 - ROUNDING),
        }
    }

    /// Whether the two are equal; for floats within the rounding error.
    pub(super) fn equals(self, other: Quantity) -> bool {
        self.reaches(other) && other.reaches(self)
    }

    fn fraction(numerator: Option<i128>, denominator: Option<i128>) -> Option<Quantity> {
        let (numerator, denominator) = (numerator?, denominator?);
        if denominator == 0 {
            return Some(Quantity::ZERO);
        }
        let divisor = divisor(numerator, denominator)?;
        if divisor == 1 && denominator > 0 {
            return Some(Quantity::Exact(numerator, denominator));
        }
        let sign = denominator.signum();
        Some(Quantity::Exact(sign * (numerator / divisor), sign * (denominator / divisor)))
    }
}

/// Maximum relative rounding error of a float.
const ROUNDING: f64 = 1e-9;

/// Returns the greatest common divisor, which is positive.
fn divisor(a: i128, b: i128) -> Option<i128> {
    i128::try_from(gcd(a.unsigned_abs(), b.unsigned_abs())).ok()
}

impl From<Ratio> for Quantity {
    fn from(ratio: Ratio) -> Quantity {
        Quantity::Exact(ratio.numerator().into(), ratio.denominator().into())
    }
}

macro_rules! operation {
    ($operation:ident, $method:ident, $sign:tt,
        |$a:ident, $b:ident, $c:ident, $d:ident| $exact:expr) => {
        impl $operation for Quantity {
            type Output = Quantity;

            fn $method(self, other: Quantity) -> Quantity {
                if let (Quantity::Exact($a, $b), Quantity::Exact($c, $d)) = (self, other)
                    && let Some(result) = $exact
                {
                    return result;
                }
                let result = self.as_f64() $sign other.as_f64();
                Quantity::Float(if result.is_finite() { result } else { 0.0 })
            }
        }
    };
}

operation!(Add, add, +, |a, b, c, d| sum(a, b, Some(c), d));
operation!(Sub, sub, -, |a, b, c, d| sum(a, b, c.checked_neg(), d));
operation!(Mul, mul, *, |a, b, c, d| Quantity::fraction(a.checked_mul(c), b.checked_mul(d)));
operation!(Div, div, /, |a, b, c, d| Quantity::fraction(a.checked_mul(d), b.checked_mul(c)));

/// Returns a/b + c/d.
fn sum(a: i128, b: i128, c: Option<i128>, d: i128) -> Option<Quantity> {
    let numerator = a.checked_mul(d)?.checked_add(c?.checked_mul(b)?);
    Quantity::fraction(numerator, b.checked_mul(d))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Quantity {
        Quantity::from(text.parse::<Ratio>().expect("a ratio"))
    }

    #[test]
    fn fractions_are_exact_and_rounded_once() {
        assert_eq!((of("0.6") * of("6")).as_f64(), 3.6);
        assert_eq!((of("1/3") + of("1/6")).as_f64(), 0.5);
        assert_eq!((of("0.3") - of("0.1") - of("0.2")).as_f64(), 0.0);
        assert!((of("0.3") - of("0.1") - of("0.2")).as_f64().is_sign_positive());
        assert_eq!((of("2") / of("0.4")).as_f64(), 5.0);
        assert_eq!((Quantity::ZERO - of("0.5")).as_f64(), -0.5);
    }

    #[test]
    fn what_does_not_fit_goes_on_as_a_float() {
        let odd = Quantity::from(Ratio::new(u64::MAX, u64::MAX - 2).expect("a ratio"));
        let product = odd * odd * odd;
        assert!(matches!(product, Quantity::Float(_)));
        assert!(product.equals(Quantity::ONE) && !odd.equals(Quantity::ONE));
        assert!((product.as_f64() - 1.0).abs() < 1e-12);
    }
}
