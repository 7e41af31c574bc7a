//! Lateness of deliveries to processes: how far real time lags behind the schedule.

use crate::engine::time::Duration;

/// Histogram of the lateness of deliveries, in steps of an eighth. Its memory does not grow with
/// the length of a run.
#[derive(Clone, Debug)]
pub struct Lateness {
    counts: Vec<u64>,
    max: Duration,
}

/// Number of steps per doubling of the lateness.
const STEPS: u64 = 8;

impl Default for Lateness {
    fn default() -> Lateness {
        Lateness { counts: vec![0; (64 * STEPS) as usize], max: Duration::ZERO }
    }
}

impl Lateness {
    /// Records the lateness of one delivery.
    pub(super) fn note(&mut self, late: Duration) {
        self.max = self.max.max(late);
        self.counts[step(late.as_ns())] += 1;
    }

    /// Number of deliveries.
    pub fn count(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// Maximum lateness.
    pub fn max(&self) -> Duration {
        self.max
    }

    /// Returns the quantile `q` of the lateness, rounded up to the end of its step.
    pub fn quantile(&self, q: f64) -> Duration {
        let rank = (self.count() as f64 * q).ceil().max(1.0) as u64;
        let mut seen = 0;
        for (place, count) in self.counts.iter().enumerate() {
            seen += count;
            if seen >= rank {
                return Duration::from_ns(upper(place as u64)).min(self.max);
            }
        }
        self.max
    }
}

/// Step of a lateness: exact below eight, then eight steps per doubling.
fn step(ns: u64) -> usize {
    if ns < STEPS {
        return ns as usize;
    }
    let doubling = u64::from(63 - ns.leading_zeros()) - 3;
    ((doubling + 1) * STEPS + ((ns >> doubling) - STEPS)) as usize
}

/// Maximum lateness in a step.
fn upper(step: u64) -> u64 {
    match (step / STEPS).checked_sub(1) {
        None => step,
        Some(doubling) => (u128::from(STEPS + step % STEPS + 1) << doubling)
            .saturating_sub(1)
            .try_into()
            .unwrap_or(u64::MAX),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_holds_what_lies_below_its_upper_end() {
        for ns in (0..10_000).chain([1 << 40, u64::MAX]) {
            let place = step(ns);
            assert!(place < 64 * STEPS as usize, "{ns}");
            assert!(upper(place as u64) >= ns, "{ns}");
            assert!(place == 0 || upper(place as u64 - 1) < ns, "{ns}");
        }
    }

    #[test]
    fn quantiles_are_within_an_eighth() {
        let mut lateness = Lateness::default();
        (1..=1000).for_each(|us| lateness.note(Duration::from_ns(us * 1000)));
        let median = lateness.quantile(0.5).as_ns();
        assert!((500_000..=563_000).contains(&median), "{median}");
        assert_eq!(lateness.quantile(1.0), Duration::from_ms(1));
        assert_eq!((lateness.count(), lateness.max()), (1000, Duration::from_ms(1)));
    }
}
