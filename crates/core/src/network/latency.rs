//! Latency: the distribution of the time from a copy's send to its arrival.
//!
//! This is the only file on the path of events with floats: an exponential draw through `libm`,
//! whose results are the same on every machine, rounded once to a nanosecond.

use crate::engine::rng::{self};
use crate::engine::time::Duration;

/// Distribution of the latency of a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Latency {
    /// Constant; zero is allowed.
    Constant(Duration),
    /// Uniform between the two, both included.
    Uniform(Duration, Duration),
    /// Exponential with this mean; zero is allowed and is the same as constant zero.
    Exponential(Duration),
}

impl Latency {
    /// Returns the mean, rounded down to a nanosecond.
    pub fn mean(self) -> Duration {
        match self {
            Latency::Constant(time) | Latency::Exponential(time) => time,
            Latency::Uniform(low, high) => Duration::from_ns(low.as_ns().midpoint(high.as_ns())),
        }
    }

    /// Whether it needs no draw.
    pub fn is_constant(self) -> bool {
        matches!(self, Latency::Constant(_))
    }

    /// Returns the latency for a 64-bit draw.
    pub fn of(self, draw: u64) -> Duration {
        match self {
            Latency::Constant(latency) => latency,
            Latency::Uniform(min, max) => {
                let spread = max.as_ns().saturating_sub(min.as_ns());
                let extra = match spread.checked_add(1) {
                    Some(range) => rng::scale(draw, range),
                    None => draw,
                };
                Duration::from_ns(min.as_ns() + extra)
            }
            Latency::Exponential(mean) => {
                // A uniform number in (0, 1): 53 bits and a half, so never zero.
                let uniform = ((draw >> 11) as f64 + 0.5) / (1u64 << 53) as f64;
                let ns = -libm::log(uniform) * mean.as_ns() as f64;
                Duration::from_ns(libm::rint(ns) as u64)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::rng::{Purpose, Seed};

    fn mean_ms(latency: Latency) -> f64 {
        let mut rng = Seed::new(3).expect("a seed").stream(Purpose::Latency, 0);
        let draws = 100_000;
        let total: u64 = (0..draws).map(|_| latency.of(rng.next_u64()).as_ns()).sum();
        total as f64 / f64::from(draws) / 1e6
    }

    #[test]
    fn means_are_as_configured() {
        let ms = Duration::from_ms;
        assert_eq!(mean_ms(Latency::Constant(ms(7))), 7.0);
        // Within 4 standard errors: 40/√12/√100,000 and 20/√100,000.
        assert!((mean_ms(Latency::Uniform(ms(0), ms(40))) - 20.0).abs() < 0.15);
        assert!((mean_ms(Latency::Exponential(ms(20))) - 20.0).abs() < 0.26);
    }

    #[test]
    fn the_ends_of_each_range_are_reached() {
        let ns = Duration::from_ns;
        let uniform = Latency::Uniform(ns(5), ns(6));
        assert_eq!((uniform.of(0), uniform.of(u64::MAX)), (ns(5), ns(6)));
        assert_eq!(Latency::Uniform(Duration::ZERO, Duration::MAX).of(u64::MAX), Duration::MAX);
        assert_eq!(Latency::Exponential(Duration::ZERO).of(1), Duration::ZERO);
        let longest = Latency::Exponential(Duration::from_ms(1)).of(0);
        assert_eq!(longest, ns(37_429_948));
    }
}
