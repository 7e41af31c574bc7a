//! Samples of clocks: the drift between the fastest and the slowest, at each whole second.

/// Samples of all clocks at each whole second.
#[derive(Debug)]
pub(super) struct Samples {
    pub(super) count: u64,
    pub(super) drift_sum: u128,
    pub(super) drift_max: u64,
    /// For each machine the sum and the largest of its distances to the fastest clock.
    pub(super) lags: Vec<(u128, u64)>,
}

impl Samples {
    pub(super) fn new(machines: usize) -> Samples {
        let lags = vec![(0, 0); machines];
        Samples { count: 0, drift_sum: 0, drift_max: 0, lags }
    }

    /// Adds `times` samples of the same clocks.
    pub(super) fn add(&mut self, clocks: impl Iterator<Item = u64> + Clone, times: u64) {
        let fastest = clocks.clone().max().unwrap_or(0);
        let mut drift = 0;
        for ((sum, max), clock) in self.lags.iter_mut().zip(clocks) {
            let lag = fastest - clock;
            *sum += u128::from(lag) * u128::from(times);
            *max = lag.max(*max);
            drift = lag.max(drift);
        }
        self.count += times;
        self.drift_sum += u128::from(drift) * u128::from(times);
        self.drift_max = self.drift_max.max(drift);
    }

    /// Returns the mean of a sum over all samples; `None` without samples.
    pub(super) fn mean(&self, sum: u128) -> Option<f64> {
        (self.count > 0).then(|| sum as f64 / self.count as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_counts_for_all_seconds_in_which_nothing_happens() {
        let mut samples = Samples::new(2);
        samples.add([10, 4].into_iter(), 3);
        samples.add([10, 10].into_iter(), 1);
        assert_eq!((samples.mean(samples.drift_sum), samples.drift_max), (Some(4.5), 6));
        assert_eq!(samples.lags[1], (18, 6));
    }
}
