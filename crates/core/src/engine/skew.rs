//! Clock skew: a clock that runs too fast or too slow for a while, exact and monotonic.
//!
//! After a change of its rate at instant `t` the clock shows, until the next change,
//!
//! ```text
//!   shows(now) = shows(t) + floor((now − t) · rate)
//! ```
//!
//! So at each change it shows a whole nanosecond, and the same run shows the same times on every
//! machine.

use super::ratio::Ratio;
use super::time::Instant;

/// A clock whose rate changes at stated instants.
#[derive(Clone, Debug)]
pub struct SkewedClock {
    /// In the order of time; the first one begins with the run.
    pieces: Vec<Piece>,
}

/// A period of constant rate.
#[derive(Clone, Copy, Debug)]
struct Piece {
    /// Beginning of the period, and what the clock shows then.
    at: Instant,
    shows: Instant,
    rate: Ratio,
}

impl Piece {
    fn shows(self, at: Instant) -> Instant {
        let elapsed = u128::from(at.saturating_since(self.at).as_ns());
        // The product of two 64-bit numbers fits in 128 bits.
        let ran = elapsed * u128::from(self.rate.numerator()) / self.denominator();
        instant(u128::from(self.shows.as_ns()) + ran)
    }

    /// Returns the first instant at which it shows `time` or more, as if no piece came after it.
    fn reaches(self, time: Instant) -> Instant {
        let missing = u128::from(time.saturating_since(self.shows).as_ns());
        let needed = (missing * self.denominator()).div_ceil(u128::from(self.rate.numerator()));
        instant(u128::from(self.at.as_ns()) + needed)
    }

    fn denominator(self) -> u128 {
        u128::from(self.rate.denominator())
    }
}

/// Returns the instant `ns` nanoseconds after the beginning, or the end of time.
fn instant(ns: u128) -> Instant {
    Instant::from_ns(u64::try_from(ns).unwrap_or(u64::MAX))
}

impl SkewedClock {
    /// Creates a clock that keeps true time until the first change, and from each change on runs at
    /// its rate. The changes are in the order of time.
    ///
    /// # Panics
    /// If a rate is zero: with a clock that stands still a node's timers would never go off.
    pub fn new(changes: &[(Instant, Ratio)]) -> SkewedClock {
        let start = Piece { at: Instant::ZERO, shows: Instant::ZERO, rate: Ratio::ONE };
        let mut pieces = vec![start];
        let mut last = start;
        for &(at, rate) in changes {
            assert!(!rate.is_zero(), "a clock cannot stand still");
            last = Piece { at, shows: last.shows(at), rate };
            pieces.push(last);
        }
        SkewedClock { pieces }
    }

    /// Returns what the clock shows at an instant.
    pub fn shows(&self, at: Instant) -> Instant {
        let begun = self.pieces.partition_point(|piece| piece.at <= at);
        self.pieces[begun.saturating_sub(1)].shows(at)
    }

    /// Returns the first instant at which the clock shows `time` or more.
    pub fn reaches(&self, time: Instant) -> Instant {
        // The last piece that begins before `time` is shown: it reaches it by its end.
        let begun = self.pieces.partition_point(|piece| piece.shows < time);
        self.pieces[begun.saturating_sub(1)].reaches(time)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clock(changes: &[(u64, u64, u64)]) -> SkewedClock {
        let change = |&(at, p, q): &(u64, u64, u64)| {
            (Instant::from_ns(at), Ratio::new(p, q).expect("a ratio"))
        };
        SkewedClock::new(&changes.iter().map(change).collect::<Vec<_>>())
    }

    #[test]
    fn a_clock_shows_the_integral_of_its_rate() {
        let clock = clock(&[(10, 2, 1), (20, 1, 2), (30, 1, 1)]);
        let shown = [0, 9, 10, 15, 20, 21, 22, 30, 40].map(|ns| clock.shows(Instant::from_ns(ns)));
        assert_eq!(shown.map(Instant::as_ns), [0, 9, 10, 20, 30, 30, 31, 35, 45]);
    }

    /// Against the definition, instant by instant, with changes that coincide.
    #[test]
    fn a_time_is_reached_at_the_first_instant_that_shows_it() {
        let all = [
            clock(&[]),
            clock(&[(0, 3, 7), (40, 1, 1)]),
            clock(&[(7, 5, 3), (7, 1, 9), (31, 4, 5), (50, 13, 4), (60, 1, 1)]),
        ];
        for clock in all {
            let shown: Vec<u64> =
                (0..200).map(|ns| clock.shows(Instant::from_ns(ns)).as_ns()).collect();
            assert!(shown.is_sorted(), "{shown:?}");
            for time in 0..*shown.last().expect("many") {
                let first = shown.iter().position(|shown| *shown >= time).expect("reached");
                let found = clock.reaches(Instant::from_ns(time)).as_ns();
                assert_eq!(found, first as u64, "{time} in {shown:?}");
            }
        }
    }

    #[test]
    fn the_end_of_time_is_not_passed() {
        let clock = clock(&[(10, u64::MAX, 1), (20, 1, u64::MAX)]);
        assert_eq!(clock.shows(Instant::MAX), Instant::MAX);
        assert_eq!(clock.reaches(Instant::MAX), Instant::from_ns(11));
        let slow = SkewedClock::new(&[(Instant::ZERO, Ratio::new(1, u64::MAX).expect("tiny"))]);
        assert_eq!(slow.reaches(Instant::MAX), Instant::MAX);
        assert_eq!(slow.shows(Instant::MAX), Instant::from_ns(1));
    }
}
