//! Virtual time: instants and durations in whole nanoseconds.
//!
//! Arithmetic never wraps: the operators panic above 584 years and below zero, like those of the
//! standard library; the checked and saturating methods return a value instead.
//! Not here: their text (see `engine/duration_text.rs`), and periodic ticks (see
//! `engine/ticks.rs`).

use std::fmt;
use std::ops::{Add, AddAssign, Mul, Sub};

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

#[cfg(test)]
mod tests {
    use super::*;

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
