//! Exact ratios: rates and probabilities as decimals, fractions or percentages, without floats.
//!
//! `0.9` is 9/10, `"1/3"` is a third, `"30%"` is 3/10; a ratio is always reduced.
//! Not here: drawing with a probability (see `engine/rng.rs`).

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

/// A non-negative ratio of two integers, reduced; the denominator is at least 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Ratio {
    numerator: u64,
    denominator: u64,
}

impl Ratio {
    /// Zero.
    pub const ZERO: Ratio = Ratio { numerator: 0, denominator: 1 };
    /// One.
    pub const ONE: Ratio = Ratio { numerator: 1, denominator: 1 };

    /// Creates `numerator / denominator`, reduced, or returns `None` if the denominator is zero.
    pub fn new(numerator: u64, denominator: u64) -> Option<Ratio> {
        if denominator == 0 {
            return None;
        }
        // Both fit in 64 bits, so their divisor does.
        let divisor = gcd(numerator.into(), denominator.into()) as u64;
        Some(Ratio { numerator: numerator / divisor, denominator: denominator / divisor })
    }

    /// Creates the whole number `value`.
    pub const fn whole(value: u64) -> Ratio {
        Ratio { numerator: value, denominator: 1 }
    }

    /// The reduced numerator.
    pub const fn numerator(self) -> u64 {
        self.numerator
    }

    /// The reduced denominator, at least 1.
    pub const fn denominator(self) -> u64 {
        self.denominator
    }

    /// Whether it is zero.
    pub const fn is_zero(self) -> bool {
        self.numerator == 0
    }

    /// Returns the nearest float, for printing and for formulas: never on the path of events.
    pub const fn as_f64(self) -> f64 {
        self.numerator as f64 / self.denominator as f64
    }

    /// Returns the sum, or `None` if it needs more than 64 bits.
    pub fn checked_add(self, other: Ratio) -> Option<Ratio> {
        let (a, b) = (u128::from(self.numerator), u128::from(self.denominator));
        let (c, d) = (u128::from(other.numerator), u128::from(other.denominator));
        Ratio::reduced((a * d).checked_add(c * b)?, b * d)
    }

    fn reduced(numerator: u128, denominator: u128) -> Option<Ratio> {
        let divisor = gcd(numerator, denominator);
        Some(Ratio {
            numerator: u64::try_from(numerator / divisor).ok()?,
            denominator: u64::try_from(denominator / divisor).ok()?,
        })
    }

    /// Returns the decimal digits of this ratio, if it has finitely many and at most 18 of them.
    fn decimal(self) -> Option<String> {
        let mut scale: u64 = 1;
        let mut digits = 0;
        while !scale.is_multiple_of(self.denominator) {
            scale = scale.checked_mul(10)?;
            digits += 1;
        }
        let scaled = u128::from(self.numerator) * u128::from(scale / self.denominator);
        let (whole, part) = (scaled / u128::from(scale), scaled % u128::from(scale));
        Some(match digits {
            0 => whole.to_string(),
            _ => format!("{whole}.{part:0digits$}"),
        })
    }
}

impl PartialOrd for Ratio {
    fn partial_cmp(&self, other: &Ratio) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Ratio {
    fn cmp(&self, other: &Ratio) -> Ordering {
        let left = u128::from(self.numerator) * u128::from(other.denominator);
        let right = u128::from(other.numerator) * u128::from(self.denominator);
        left.cmp(&right)
    }
}

impl fmt::Display for Ratio {
    /// Formats a decimal if it is exact (`0.9`, `3`), else a fraction (`1/3`). Parsing it returns
    /// the same ratio.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.decimal() {
            Some(text) => f.pad(&text),
            None => f.pad(&format!("{}/{}", self.numerator, self.denominator)),
        }
    }
}

/// Reason why a text is not a ratio.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RatioError {
    /// Neither a number nor a fraction nor a percentage.
    #[error("`{0}` is not a number, a fraction such as \"9/10\" or a percentage such as \"30%\"")]
    NotANumber(String),
    /// A decimal comma instead of a point.
    #[error("a number has a point, not a comma: `{0}`")]
    Comma(String),
    /// A negative number.
    #[error("it is negative")]
    Negative,
    /// A fraction over zero.
    #[error("its denominator is zero")]
    OverZero,
    /// Not representable as a ratio of two 64-bit integers.
    #[error("it has too many digits: numerator and denominator have 64 bits, about 19 digits")]
    TooLong,
}

impl FromStr for Ratio {
    type Err = RatioError;

    fn from_str(text: &str) -> Result<Ratio, RatioError> {
        let text = text.trim();
        if text.starts_with('-') {
            return Err(RatioError::Negative);
        }
        if is_decimal_comma(text) {
            return Err(RatioError::Comma(text.to_owned()));
        }
        if let Some(percentage) = text.strip_suffix('%') {
            let (numerator, denominator) = decimal(percentage.trim_end(), text)?;
            let denominator = denominator.checked_mul(100).ok_or(RatioError::TooLong)?;
            return Ratio::reduced(numerator, denominator).ok_or(RatioError::TooLong);
        }
        let Some((above, below)) = text.split_once('/') else {
            let (numerator, denominator) = decimal(text, text)?;
            return Ratio::reduced(numerator, denominator).ok_or(RatioError::TooLong);
        };
        let whole = |part: &str| match part.trim().parse::<u64>() {
            Ok(value) if !part.contains('+') => Ok(value),
            _ => Err(RatioError::NotANumber(text.to_owned())),
        };
        Ratio::new(whole(above)?, whole(below)?).ok_or(RatioError::OverZero)
    }
}

/// Whether this is a number with a decimal comma.
fn is_decimal_comma(text: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let number = text.trim_end_matches('%').trim_end();
    number.split_once(',').is_some_and(|(whole, part)| digits(whole) && digits(part))
}

/// Parses a decimal number with an optional exponent into numerator and denominator.
fn decimal(number: &str, text: &str) -> Result<(u128, u128), RatioError> {
    let not_a_number = || RatioError::NotANumber(text.to_owned());
    let plain = number.strip_prefix('+').unwrap_or(number).replace('_', "");
    let (mantissa, exponent) = match plain.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => {
            (mantissa, exponent.parse::<i32>().map_err(|_| not_a_number())?)
        }
        None => (plain.as_str(), 0),
    };
    let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{part}");
    if whole.is_empty() || digits.chars().any(|c| !c.is_ascii_digit()) {
        return Err(not_a_number());
    }
    let trimmed = digits.trim_start_matches('0');
    let zeros = trimmed.len() - trimmed.trim_end_matches('0').len();
    let significant = trimmed.trim_end_matches('0');
    if significant.is_empty() {
        return Ok((0, 1));
    }
    let exponent = i64::from(exponent) - part.len() as i64 + zeros as i64;
    if significant.len() > 20 || exponent.unsigned_abs() > 19 {
        return Err(RatioError::TooLong);
    }
    let value: u128 = significant.parse().map_err(|_| not_a_number())?;
    let power = 10u128.pow(exponent.unsigned_abs() as u32);
    Ok(if exponent < 0 { (value, power) } else { (value * power, 1) })
}

/// Returns the greatest common divisor; 1 for two zeros, so that it can always be divided by.
pub fn gcd(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        // Almost all numbers are small, and small ones divide much faster.
        if let (Ok(a), Ok(b)) = (u64::try_from(a), u64::try_from(b)) {
            return gcd_of_small(a, b).max(1).into();
        }
        (a, b) = (b, a % b);
    }
    a.max(1)
}

fn gcd_of_small(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Result<(u64, u64), &str>) {
        let found = text.parse::<Ratio>();
        match expected {
            Ok((a, b)) => assert_eq!(found, Ok(Ratio { numerator: a, denominator: b }), "{text}"),
            Err(part) => assert!(found.expect_err(text).to_string().contains(part), "{text}"),
        }
    }

    #[test]
    fn decimals_fractions_and_percentages_are_exact() {
        check("0.9", Ok((9, 10)));
        check("9/10", Ok((9, 10)));
        check("30%", Ok((3, 10)));
        check("12.5 %", Ok((1, 8)));
        check("1e-3", Ok((1, 1000)));
        check("2.50", Ok((5, 2)));
        check("1_000_000", Ok((1_000_000, 1)));
        check("0.000", Ok((0, 1)));
        check("18446744073709551615", Ok((u64::MAX, 1)));
    }

    #[test]
    fn other_text_is_refused_with_its_reason() {
        check("nan", Err("not a number"));
        check("inf", Err("not a number"));
        check("", Err("not a number"));
        check("1/", Err("not a number"));
        check("a third", Err("not a number"));
        check("-0.1", Err("negative"));
        check("1/0", Err("denominator is zero"));
        check("0,5", Err("a point, not a comma: `0,5`"));
        check("12,5 %", Err("a point, not a comma"));
        check("1, 2", Err("not a number"));
        check("1e30", Err("64 bits"));
        check("0.12345678901234567890123", Err("64 bits"));
    }

    #[test]
    fn ratios_print_as_they_are_read() {
        for text in ["0", "0.9", "1/3", "2.5", "3", "0.000001", "1000000"] {
            assert_eq!(text.parse::<Ratio>().expect(text).to_string(), text);
        }
    }

    #[test]
    fn ratios_compare_exactly() {
        let third = Ratio::new(1, 3).expect("a ratio");
        assert!(third > "0.3333333333".parse().expect("a ratio"));
        assert_eq!(third.checked_add("2/3".parse().expect("a ratio")), Some(Ratio::ONE));
    }
}
