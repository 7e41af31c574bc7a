//! Tick schedules: exact periodic ticks of any rate, without drift.
//!
//! A machine of rate p/q ticks per second has its k-th tick at `start + floor(k·q·10⁹/p)` ns. The
//! period is a quotient and a remainder that is carried, never rounded, so ticks that coincide
//! still coincide after a million seconds. Overshoot and jitter are added on top.

use std::hint;

use super::ratio::Ratio;
use super::rng::Rng;
use super::time::{Duration, Instant};

/// Ticks of a machine, relative to the instant at which it begins to tick.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ticks {
    /// Whole nanoseconds of a period, overshoot included.
    quotient: u64,
    /// Fraction of a nanosecond of a period, in units of 1/divisor ns; below `divisor`.
    remainder: u64,
    divisor: u64,
    /// Time from the beginning to tick number zero, in ns; if `phase_range` is not zero, a draw
    /// below it is added.
    phase: u64,
    phase_range: u64,
    /// Whether the first tick is number one, a period after the phase, instead of number zero.
    skips_zero: bool,
    /// Maximum delay added to each interval.
    jitter: Duration,
}

impl Ticks {
    /// Creates ticks at `rate` per second, the first at once. Returns `None` for a rate of zero or
    /// above one per nanosecond, or a period above 584 years.
    pub fn at_rate(rate: Ratio) -> Option<Ticks> {
        let (p, q) = (rate.numerator(), rate.denominator());
        if p == 0 {
            return None;
        }
        let period = u128::from(q) * 1_000_000_000;
        let quotient = u64::try_from(period / u128::from(p)).ok()?;
        let remainder = (period % u128::from(p)) as u64; // below p
        Ticks::new(quotient, remainder, p)
    }

    /// Creates ticks every `period`, the first at once. Returns `None` for a period of zero.
    pub fn every(period: Duration) -> Option<Ticks> {
        Ticks::new(period.as_ns(), 0, 1)
    }

    fn new(quotient: u64, remainder: u64, divisor: u64) -> Option<Ticks> {
        let ticks = Ticks {
            quotient,
            remainder,
            divisor,
            phase: 0,
            phase_range: 0,
            skips_zero: false,
            jitter: Duration::ZERO,
        };
        (quotient > 0).then_some(ticks)
    }

    /// Delays tick number zero by `phase`.
    pub fn with_phase(self, phase: Duration) -> Ticks {
        Ticks { phase: phase.as_ns(), phase_range: 0, ..self }
    }

    /// Delays tick number zero by a phase that is drawn when the ticks begin, below one period
    /// (without an overshoot that is added later).
    pub fn with_random_phase(self) -> Ticks {
        Ticks { phase: 0, phase_range: self.quotient, ..self }
    }

    /// Skips tick number zero: the first one comes after a whole period.
    pub fn after_one_period(self) -> Ticks {
        Ticks { skips_zero: true, ..self }
    }

    /// Adds `overshoot` to every period.
    pub fn with_overshoot(self, overshoot: Duration) -> Ticks {
        Ticks { quotient: self.quotient.saturating_add(overshoot.as_ns()), ..self }
    }

    /// Adds a uniform draw from `[0, jitter]` to every interval.
    pub fn with_jitter(self, jitter: Duration) -> Ticks {
        Ticks { jitter, ..self }
    }

    /// Starts the schedule at `start`. Draws from `rng` only for a random phase and for jitter.
    pub fn begin(self, start: Instant, rng: &mut Rng) -> Schedule {
        let drawn = if self.phase_range > 0 { rng.below(self.phase_range) } else { 0 };
        let next = start.saturating_add(Duration::from_ns(self.phase.saturating_add(drawn)));
        let Ticks { quotient, remainder, divisor, jitter, .. } = self;
        let left = divisor - 1;
        let mut schedule = Schedule { next, left, quotient, remainder, divisor, jitter };
        if self.skips_zero {
            schedule.advance(rng);
        }
        schedule
    }
}

/// State of a running schedule, or of a node that does not tick.
#[derive(Clone, Debug)]
pub struct Schedule {
    next: Instant,
    /// Fraction that can still accumulate before it carries into a whole nanosecond, less one unit,
    /// in units of 1/divisor ns.
    left: u64,
    quotient: u64,
    remainder: u64,
    divisor: u64,
    jitter: Duration,
}

impl Schedule {
    /// The schedule without ticks.
    pub const NONE: Schedule = Schedule {
        next: Instant::MAX,
        left: 0,
        quotient: 0,
        remainder: 0,
        divisor: 0,
        jitter: Duration::ZERO,
    };

    /// Whether there are no ticks at all, not even after the end of time.
    pub fn is_none(&self) -> bool {
        self.divisor == 0
    }

    /// Returns the next tick; [`Instant::MAX`] if there is none before the end of time.
    #[inline]
    pub fn next(&self) -> Instant {
        self.next
    }

    /// Returns the time from one tick to the next, without its fraction of a nanosecond; `None` if
    /// it varies by more than that.
    pub fn period(&self) -> Option<Duration> {
        (self.jitter == Duration::ZERO).then_some(Duration::from_ns(self.quotient))
    }

    /// Advances to the following tick. Draws from `rng` only if there is jitter.
    #[inline]
    pub fn advance(&mut self, rng: &mut Rng) {
        let (left, is_late) = self.left.overflowing_sub(self.remainder);
        self.left = left.wrapping_add(hint::select_unpredictable(is_late, self.divisor, 0));
        let period = Duration::from_ns(self.quotient.saturating_add(is_late.into()));
        let mut next = self.next.saturating_add(period);
        if self.jitter > Duration::ZERO {
            next = next.saturating_add(draw(self.jitter, rng));
        }
        self.next = next;
    }
}

/// Draws from `[0, most]`. Out of line, since few machines have jitter.
#[inline(never)]
fn draw(most: Duration, rng: &mut Rng) -> Duration {
    Duration::from_ns(rng.below(most.as_ns().saturating_add(1)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::rng::{Purpose, Seed};

    fn times(ticks: Ticks, count: usize) -> Vec<u64> {
        let mut rng = Seed::new(1).expect("a seed").stream(Purpose::Ticks, 0);
        let mut schedule = ticks.begin(Instant::ZERO, &mut rng);
        let mut step = || {
            let at = schedule.next().as_ns();
            schedule.advance(&mut rng);
            at
        };
        (0..count).map(|_| step()).collect()
    }

    fn at_rate(p: u64, q: u64) -> Ticks {
        Ticks::at_rate(Ratio::new(p, q).expect("a ratio")).expect("a rate")
    }

    #[test]
    fn a_third_of_a_second_never_drifts() {
        let third = times(at_rate(3, 1), 3_001);
        assert_eq!(third[..4], [0, 333_333_333, 666_666_666, 1_000_000_000]);
        assert_eq!(third[3_000], 1_000_000_000_000);
    }

    /// Against the formula in wide integers, with fractions of any size.
    #[test]
    fn the_kth_tick_is_the_floor_of_k_periods() {
        let mut rng = Seed::new(3).expect("a seed").stream(Purpose::Node, 0);
        for case in 0..2_000 {
            let mut below_power = |most: u64| 1 + (rng.next_u64() >> rng.below(most));
            let (p, q) = (below_power(64).max(2) - 1, below_power(40) >> 24 | 1);
            let Some(ticks) = Ticks::at_rate(Ratio::new(p, q).expect("a ratio")) else { continue };
            for (k, at) in (0u128..).zip(times(ticks, 40)) {
                let exact = k * u128::from(q) * 1_000_000_000 / u128::from(p);
                let exact = u64::try_from(exact).unwrap_or(u64::MAX);
                assert_eq!(at, exact, "case {case}: tick {k} at {p}/{q}");
            }
        }
    }

    #[test]
    fn no_ticks_stay_none() {
        let mut rng = Seed::new(1).expect("a seed").stream(Purpose::Ticks, 0);
        let mut none = Schedule::NONE;
        none.advance(&mut rng);
        assert!(none.is_none() && none.next() == Instant::MAX);
        let longest = Ticks::every(Duration::MAX).expect("a period");
        assert_eq!(times(longest, 3), [0, u64::MAX, u64::MAX]);
        assert!(!longest.begin(Instant::ZERO, &mut rng).is_none());
    }

    #[test]
    fn phase_period_and_overshoot_shift_the_schedule() {
        let ms = Duration::from_ms;
        assert_eq!(times(at_rate(4, 1).with_phase(ms(20)), 2), [20_000_000, 270_000_000]);
        assert_eq!(times(at_rate(4, 1).after_one_period(), 2), [250_000_000, 500_000_000]);
        assert_eq!(times(at_rate(4, 1).with_overshoot(ms(2)), 3), [0, 252_000_000, 504_000_000]);
        let every = Ticks::every(ms(10)).expect("a period");
        assert_eq!(times(every, 3), [0, 10_000_000, 20_000_000]);
    }

    #[test]
    fn a_random_phase_keeps_the_count_of_ticks() {
        for seed in 0..200 {
            let mut rng = Seed::new(seed).expect("a seed").stream(Purpose::Ticks, 0);
            let mut schedule = at_rate(3, 1).with_random_phase().begin(Instant::ZERO, &mut rng);
            let mut count = 0;
            while schedule.next() < Instant::from_ns(60_000_000_000) {
                schedule.advance(&mut rng);
                count += 1;
            }
            assert_eq!(count, 180, "seed {seed}");
        }
    }

    #[test]
    fn jitter_only_ever_delays_and_stays_in_its_range() {
        let plain = times(at_rate(10, 1), 1_000);
        let jittered = times(at_rate(10, 1).with_jitter(Duration::from_ms(5)), 1_000);
        let interval = |t: &[u64]| t.windows(2).map(|w| w[1] - w[0]).collect::<Vec<_>>();
        for (a, b) in interval(&plain).iter().zip(interval(&jittered)) {
            assert!((*a..=a + 5_000_000).contains(&b), "{a} {b}");
        }
        assert!(jittered[999] > plain[999]);
    }

    #[test]
    fn impossible_rates_are_none() {
        assert_eq!(Ticks::at_rate(Ratio::ZERO), None);
        assert_eq!(Ticks::at_rate(Ratio::whole(1_000_000_001)), None);
        assert_eq!(Ticks::every(Duration::ZERO), None);
    }

    #[test]
    fn a_schedule_ends_with_time() {
        let slow = Ticks::every(Duration::from_ns(u64::MAX / 2)).expect("a period");
        assert_eq!(times(slow, 4)[3], u64::MAX);
    }
}
