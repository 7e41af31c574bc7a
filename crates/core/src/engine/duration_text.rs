//! Durations as text, such as `250ms`: formatting and parsing.
//!
//! Text always has a unit, so `"250ms"` is a duration and `250` is an error.

use std::fmt;
use std::str::FromStr;

use super::time::Duration;

/// Units of text, largest first, in nanoseconds.
const UNITS: [(&str, u64); 6] = [
    ("h", 3_600_000_000_000),
    ("m", 60_000_000_000),
    ("s", 1_000_000_000),
    ("ms", 1_000_000),
    ("us", 1_000),
    ("ns", 1),
];

impl fmt::Display for Duration {
    /// Formats one number with the largest unit of `s`, `ms`, `us`, `ns` that is not longer than
    /// the span: `60s`, `1.5s`, `250ms`, `0s`. Parsing it returns the same span.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (unit, ns) = match self.as_ns() {
            0 | 1_000_000_000.. => ("s", 1_000_000_000),
            1_000_000.. => ("ms", 1_000_000),
            1_000.. => ("us", 1_000),
            _ => ("ns", 1),
        };
        let (whole, part) = (self.as_ns() / ns, self.as_ns() % ns);
        if part == 0 {
            return f.pad(&format!("{whole}{unit}"));
        }
        let digits = ns.ilog10() as usize;
        let part = format!("{part:0digits$}");
        f.pad(&format!("{whole}.{}{unit}", part.trim_end_matches('0')))
    }
}

/// Reason why a text is not a duration.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DurationError {
    /// Empty text.
    #[error("it is empty")]
    Empty,
    /// A number without a unit.
    #[error("`{0}` has no unit (ns, us, ms, s, m or h)")]
    NoUnit(String),
    /// An unknown unit.
    #[error("`{0}` is not a unit (ns, us, ms, s, m or h)")]
    UnknownUnit(String),
    /// Other text where a number is expected.
    #[error("`{0}` is not a number")]
    NotANumber(String),
    /// A decimal comma instead of a point.
    #[error("a number has a point, not a comma: `{0}`")]
    Comma(String),
    /// A negative span.
    #[error("it is negative")]
    Negative,
    /// Finer than a nanosecond.
    #[error("it is finer than a nanosecond")]
    TooFine,
    /// Above 584 years.
    #[error("it is longer than 584 years")]
    TooLong,
}

impl FromStr for Duration {
    type Err = DurationError;

    /// Parses `"250ms"`, `"1.5s"`, `"1e3s"`, `"1m30s"`: numbers, each with a unit, added up.
    fn from_str(text: &str) -> Result<Duration, DurationError> {
        let mut rest = text.trim();
        if rest.is_empty() {
            return Err(DurationError::Empty);
        }
        if rest.starts_with('-') {
            return Err(DurationError::Negative);
        }
        let mut total: u128 = 0;
        while !rest.is_empty() {
            let (number, after) = split_number(rest);
            if after.starts_with(',') && after[1..].starts_with(|c: char| c.is_ascii_digit()) {
                let comma = format!("{number}{}", split_number_with_comma(after));
                return Err(DurationError::Comma(comma));
            }
            let (unit, after) = split_where(after.trim_start(), |c| !c.is_alphabetic());
            if number.is_empty() {
                return Err(DurationError::NotANumber(rest.to_owned()));
            }
            if unit.is_empty() {
                return Err(match after.is_empty() {
                    true => DurationError::NoUnit(number.to_owned()),
                    false => DurationError::NotANumber(rest.to_owned()),
                });
            }
            total = total.checked_add(nanoseconds(number, unit)?).ok_or(DurationError::TooLong)?;
            rest = after.trim_start();
        }
        u64::try_from(total).map(Duration::from_ns).map_err(|_| DurationError::TooLong)
    }
}

/// Splits before the first character for which `stop` returns true.
fn split_where(text: &str, stop: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(stop).unwrap_or(text.len()))
}

/// Splits after a number: digits, `_` and a point, then an exponent.
fn split_number(text: &str) -> (&str, &str) {
    let (_, rest) = split_where(text, |c| !c.is_ascii_digit() && c != '.' && c != '_');
    let exponent = rest.strip_prefix(['e', 'E']).map_or("", |exponent| {
        let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        let (_, after) = split_where(digits, |c| !c.is_ascii_digit());
        if digits.len() > after.len() { &rest[..rest.len() - after.len()] } else { "" }
    });
    text.split_at(text.len() - rest.len() + exponent.len())
}

/// Returns the leading digits and commas.
fn split_number_with_comma(text: &str) -> &str {
    split_where(text, |c| !c.is_ascii_digit() && c != ',').0
}

/// Converts `number` of `unit` to nanoseconds, exactly.
fn nanoseconds(number: &str, unit: &str) -> Result<u128, DurationError> {
    // The micro sign, and the Greek letter that looks like it.
    let unit = if unit == "\u{b5}s" || unit == "\u{3bc}s" { "us" } else { unit };
    let Some(&(_, ns)) = UNITS.iter().find(|(name, _)| *name == unit) else {
        return Err(DurationError::UnknownUnit(unit.to_owned()));
    };
    let not_a_number = || DurationError::NotANumber(number.to_owned());
    let plain = number.replace('_', "");
    let (mantissa, exponent) = plain.split_once(['e', 'E']).unwrap_or((&plain, "0"));
    let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    if whole.is_empty() || part.is_empty() || part.contains('.') {
        return Err(not_a_number());
    }
    let (whole, part) = shifted(whole, part, exponent)?;
    let part = part.trim_end_matches('0');
    if part.len() > 18 {
        return Err(DurationError::TooFine);
    }
    if whole.trim_start_matches('0').len() > 20 {
        return Err(DurationError::TooLong);
    }
    let whole: u128 = whole.parse().map_err(|_| not_a_number())?;
    let scale = 10u128.pow(part.len() as u32);
    let part: u128 = if part.is_empty() { 0 } else { part.parse().map_err(|_| not_a_number())? };
    let fine = part * u128::from(ns);
    if !fine.is_multiple_of(scale) {
        return Err(DurationError::TooFine);
    }
    Ok(whole * u128::from(ns) + fine / scale)
}

/// Returns the digits before and after the point, with the point moved by the exponent.
fn shifted(whole: &str, part: &str, exponent: &str) -> Result<(String, String), DurationError> {
    let is_zero = whole.bytes().chain(part.bytes()).all(|digit| digit == b'0');
    let exponent: i32 = match exponent.parse() {
        _ if is_zero => 0,
        Ok(exponent) => exponent,
        Err(_) if exponent.starts_with('-') => return Err(DurationError::TooFine),
        Err(_) => return Err(DurationError::TooLong),
    };
    let places = exponent.unsigned_abs() as usize;
    match exponent {
        _ if places > whole.len() + part.len() + 40 && exponent < 0 => Err(DurationError::TooFine),
        _ if places > whole.len() + part.len() + 40 => Err(DurationError::TooLong),
        0.. => {
            let part = format!("{part:0<places$}");
            Ok((format!("{whole}{}", &part[..places]), part[places..].to_owned()))
        }
        _ => {
            let whole = format!("{whole:0>width$}", width = places + 1);
            let (before, after) = whole.split_at(whole.len() - places);
            Ok((before.to_owned(), format!("{after}{part}")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Result<u64, &str>) {
        let found = text.parse::<Duration>();
        match expected {
            Ok(ns) => assert_eq!(found, Ok(Duration::from_ns(ns)), "{text}"),
            Err(message) => assert_eq!(found.expect_err(text).to_string(), message, "{text}"),
        }
    }

    #[test]
    fn text_with_units_is_read_exactly() {
        check("0s", Ok(0));
        check("1ns", Ok(1));
        check("11.8ms", Ok(11_800_000));
        check("1m30s", Ok(90_000_000_000));
        check("60 s", Ok(60_000_000_000));
        check("1h 1m 1s", Ok(3_661_000_000_000));
        check("0.5us", Ok(500));
        check("2\u{b5}s", Ok(2_000));
        check("2\u{3bc}s", Ok(2_000));
        check("1e3s", Ok(1_000_000_000_000));
        check("2.5E-1ms", Ok(250_000));
        check("1.25e+1us", Ok(12_500));
        check("12e-1s 1e0m", Ok(61_200_000_000));
        check("0e999999999999s", Ok(0));
        check("1_000ms", Ok(1_000_000_000));
        check("18446744073709551615ns", Ok(u64::MAX));
    }

    #[test]
    fn other_text_is_refused_with_its_reason() {
        check("", Err("it is empty"));
        check("60", Err("`60` has no unit (ns, us, ms, s, m or h)"));
        check("60 %", Err("`60 %` is not a number"));
        check("5 parsecs", Err("`parsecs` is not a unit (ns, us, ms, s, m or h)"));
        check("1d", Err("`d` is not a unit (ns, us, ms, s, m or h)"));
        check("-1s", Err("it is negative"));
        check("0.5ns", Err("it is finer than a nanosecond"));
        check("1.s", Err("`1.` is not a number"));
        check("1,5s", Err("a number has a point, not a comma: `1,5`"));
        check("1e-1ns", Err("it is finer than a nanosecond"));
        check("1e-999999999999s", Err("it is finer than a nanosecond"));
        check("1e30s", Err("it is longer than 584 years"));
        check("1e999999999999s", Err("it is longer than 584 years"));
        check("1e3", Err("`1e3` has no unit (ns, us, ms, s, m or h)"));
        check("1es", Err("`es` is not a unit (ns, us, ms, s, m or h)"));
        check("fast", Err("`fast` is not a number"));
        check("18446744073709551616ns", Err("it is longer than 584 years"));
        check("10000000h", Err("it is longer than 584 years"));
        check("99999999999999999999999999999999999999999999h", Err("it is longer than 584 years"));
    }

    #[test]
    fn spans_print_with_one_unit() {
        for (ns, text) in [(0, "0s"), (1, "1ns"), (1_500, "1.5us"), (11_800_000, "11.8ms")] {
            assert_eq!(Duration::from_ns(ns).to_string(), text);
        }
        assert_eq!(Duration::from_seconds(60).to_string(), "60s");
        assert_eq!(Duration::from_ns(1_000_000_001).to_string(), "1.000000001s");
    }
}
