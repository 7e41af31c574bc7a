//! Virtual time: instants and durations in whole nanoseconds, and their text.
//!
//! Arithmetic never wraps: the operators panic above 584 years and below zero, like those of the
//! standard library; the checked and saturating methods return a value instead.
//! Text always has a unit, so `"250ms"` is a duration and `250` is an error.
//! Not here: periodic ticks (see `engine/ticks.rs`).

use std::fmt;
use std::ops::{Add, AddAssign, Mul, Sub};
use std::str::FromStr;

/// A point in virtual time, in nanoseconds since the run began.
///
/// ```
/// use sim_core::engine::time::{Duration, Instant};
///
/// let start = Instant::ZERO + Duration::from_secs(1);
/// assert_eq!(start + Duration::from_millis(500) * 2 - start, Duration::from_secs(1));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(u64);

/// A span of virtual time, in nanoseconds.
///
/// ```
/// use sim_core::engine::time::Duration;
///
/// assert_eq!("1.5s".parse(), Ok(Duration::from_millis(1_500)));
/// assert_eq!((Duration::from_micros(3) * 4).to_string(), "12us");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Duration(u64);

impl Instant {
    /// The beginning of a run.
    pub const ZERO: Instant = Instant(0);
    /// The end of time, 584 years on: events placed here never happen.
    pub const MAX: Instant = Instant(u64::MAX);

    /// Creates the instant `ns` nanoseconds after the beginning.
    pub const fn from_ns(ns: u64) -> Instant {
        Instant(ns)
    }

    /// Returns the nanoseconds since the beginning.
    pub const fn as_ns(self) -> u64 {
        self.0
    }

    /// Returns this instant plus `delay`, or `None` past the end of time.
    pub const fn checked_add(self, delay: Duration) -> Option<Instant> {
        match self.0.checked_add(delay.0) {
            Some(ns) => Some(Instant(ns)),
            None => None,
        }
    }

    /// Returns this instant plus `delay`, or the end of time.
    pub const fn saturating_add(self, delay: Duration) -> Instant {
        Instant(self.0.saturating_add(delay.0))
    }

    /// Returns the time from `earlier` to this instant, or `None` if `earlier` is later.
    pub const fn checked_since(self, earlier: Instant) -> Option<Duration> {
        match self.0.checked_sub(earlier.0) {
            Some(ns) => Some(Duration(ns)),
            None => None,
        }
    }

    /// Returns the time from `earlier` to this instant, or zero if `earlier` is later.
    pub const fn saturating_since(self, earlier: Instant) -> Duration {
        Duration(self.0.saturating_sub(earlier.0))
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Duration(self.0).fmt(f)
    }
}

/// Units of text, largest first, in nanoseconds.
const UNITS: [(&str, u64); 6] = [
    ("h", 3_600_000_000_000),
    ("m", 60_000_000_000),
    ("s", 1_000_000_000),
    ("ms", 1_000_000),
    ("us", 1_000),
    ("ns", 1),
];

impl Duration {
    /// The empty span.
    pub const ZERO: Duration = Duration(0);
    /// The longest span, 584 years.
    pub const MAX: Duration = Duration(u64::MAX);

    /// Creates a span of `ns` nanoseconds.
    pub const fn from_ns(ns: u64) -> Duration {
        Duration(ns)
    }

    /// Creates a span of `ms` milliseconds.
    ///
    /// # Panics
    /// Above 584 years.
    pub const fn from_ms(ms: u64) -> Duration {
        Duration(ms.checked_mul(1_000_000).expect("a span below 584 years"))
    }

    /// Creates a span of `seconds` seconds.
    ///
    /// # Panics
    /// Above 584 years.
    pub const fn from_seconds(seconds: u64) -> Duration {
        Duration(seconds.checked_mul(1_000_000_000).expect("a span below 584 years"))
    }

    /// Creates a span of `ns` nanoseconds: [`Duration::from_ns`] under the standard library's name.
    pub const fn from_nanos(ns: u64) -> Duration {
        Duration::from_ns(ns)
    }

    /// Creates a span of `us` microseconds.
    ///
    /// # Panics
    /// Above 584 years.
    pub const fn from_micros(us: u64) -> Duration {
        Duration(us.checked_mul(1_000).expect("a span below 584 years"))
    }

    /// Creates a span of `ms` milliseconds: [`Duration::from_ms`] under the standard library's
    /// name.
    ///
    /// # Panics
    /// Above 584 years.
    pub const fn from_millis(ms: u64) -> Duration {
        Duration::from_ms(ms)
    }

    /// Creates a span of `seconds` seconds: [`Duration::from_seconds`] under the standard library's
    /// name.
    ///
    /// # Panics
    /// Above 584 years.
    pub const fn from_secs(seconds: u64) -> Duration {
        Duration::from_seconds(seconds)
    }

    /// Returns the span in nanoseconds.
    pub const fn as_ns(self) -> u64 {
        self.0
    }

    /// Returns the span in seconds, for printing and for measures: never on the path of events.
    pub const fn as_seconds(self) -> f64 {
        self.0 as f64 / 1e9
    }

    /// Returns the sum, or `None` above 584 years.
    pub const fn checked_add(self, other: Duration) -> Option<Duration> {
        match self.0.checked_add(other.0) {
            Some(ns) => Some(Duration(ns)),
            None => None,
        }
    }

    /// Returns the sum, or the longest span.
    pub const fn saturating_add(self, other: Duration) -> Duration {
        Duration(self.0.saturating_add(other.0))
    }

    /// Returns this span minus `other`, or zero if `other` is longer.
    pub const fn saturating_sub(self, other: Duration) -> Duration {
        Duration(self.0.saturating_sub(other.0))
    }

    /// Returns this span times `count`, or the longest span.
    pub const fn saturating_mul(self, count: u64) -> Duration {
        Duration(self.0.saturating_mul(count))
    }

    /// Returns half of this span, rounded down to a nanosecond.
    pub const fn half(self) -> Duration {
        Duration(self.0 / 2)
    }
}

impl Add<Duration> for Instant {
    type Output = Instant;

    /// # Panics
    /// Past the end of time.
    #[inline]
    fn add(self, delay: Duration) -> Instant {
        self.checked_add(delay).expect("an instant before the end of time, 584 years")
    }
}

impl AddAssign<Duration> for Instant {
    #[inline]
    fn add_assign(&mut self, delay: Duration) {
        *self = *self + delay;
    }
}

impl Sub for Instant {
    type Output = Duration;

    /// # Panics
    /// If `earlier` is later.
    #[inline]
    fn sub(self, earlier: Instant) -> Duration {
        self.checked_since(earlier).expect("the subtracted instant is not later")
    }
}

impl Add for Duration {
    type Output = Duration;

    /// # Panics
    /// Above 584 years.
    #[inline]
    fn add(self, other: Duration) -> Duration {
        self.checked_add(other).expect("a span below 584 years")
    }
}

impl AddAssign for Duration {
    #[inline]
    fn add_assign(&mut self, other: Duration) {
        *self = *self + other;
    }
}

impl Sub for Duration {
    type Output = Duration;

    /// # Panics
    /// If `other` is longer.
    #[inline]
    fn sub(self, other: Duration) -> Duration {
        Duration(self.0.checked_sub(other.0).expect("the subtracted span is not longer"))
    }
}

impl Mul<u64> for Duration {
    type Output = Duration;

    /// # Panics
    /// Above 584 years.
    #[inline]
    fn mul(self, count: u64) -> Duration {
        Duration(self.0.checked_mul(count).expect("a span below 584 years"))
    }
}

impl fmt::Display for Duration {
    /// Formats one number with the largest unit of `s`, `ms`, `us`, `ns` that is not longer than
    /// the span: `60s`, `1.5s`, `250ms`, `0s`. Parsing it returns the same span.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (unit, ns) = match self.0 {
            0 | 1_000_000_000.. => ("s", 1_000_000_000),
            1_000_000.. => ("ms", 1_000_000),
            1_000.. => ("us", 1_000),
            _ => ("ns", 1),
        };
        let (whole, part) = (self.0 / ns, self.0 % ns);
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
        u64::try_from(total).map(Duration).map_err(|_| DurationError::TooLong)
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
            Ok(ns) => assert_eq!(found, Ok(Duration(ns)), "{text}"),
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
            assert_eq!(Duration(ns).to_string(), text);
        }
        assert_eq!(Duration::from_seconds(60).to_string(), "60s");
        assert_eq!(Duration(1_000_000_001).to_string(), "1.000000001s");
    }

    #[test]
    fn operators_panic_where_they_would_wrap() {
        let panics = |f: fn() -> u64| std::panic::catch_unwind(f).is_err();
        assert!(panics(|| (Instant::MAX + Duration(1)).as_ns()));
        assert!(panics(|| (Instant(1) - Instant(2)).as_ns()));
        assert!(panics(|| (Duration(1) - Duration(2)).as_ns()));
        assert!(panics(|| (Duration::MAX + Duration(1)).as_ns()));
        assert!(panics(|| (Duration::MAX * 2).as_ns()));
        assert!(panics(|| Duration::from_micros(u64::MAX).as_ns()));
        assert_eq!(Instant(5) + Duration(2) * 3 - Instant(1), Duration(10));
        assert_eq!(Duration::from_micros(1), Duration::from_nanos(1_000));
    }

    #[test]
    fn the_end_of_time_is_a_value() {
        assert_eq!(Instant::MAX.checked_add(Duration(1)), None);
        assert_eq!(Instant::MAX.saturating_add(Duration(1)), Instant::MAX);
        assert_eq!(Instant(1).checked_since(Instant(2)), None);
    }
}
