//! A short trial of a sweep: how long a run takes.

use super::error::ClusterError;
use crate::config::Sweep;
use crate::sweep::job::{Job, Runner};
use crate::sweep::stopwatch::Stopwatch;

/// Maximum duration of a trial, in seconds.
const TRIAL_S: f64 = 0.5;
/// Number of runs that are tried, spread over the sweep.
const RUNS: u64 = 64;

/// Returns the mean time of a run on one core, in seconds; `None` if none ended in time.
///
/// # Errors
/// If a config is invalid.
pub fn trial(sweep: &Sweep, runner: Runner<'_>) -> Result<Option<f64>, ClusterError> {
    let clock = Stopwatch::start();
    let is_over = || clock.seconds() > TRIAL_S;
    let seeds = sweep.seeds.end - sweep.seeds.start;
    let runs = sweep.runs();
    let tried = runs.min(RUNS);
    let (mut done, mut seconds) = (0u64, 0.0);
    for number in 0..tried {
        let run = (u128::from(runs) * u128::from(number) / u128::from(tried)) as u64;
        let (point, seed) = (run / seeds, sweep.seeds.start + run % seeds);
        let job = Job::run(sweep, (point, &sweep.point(point)?), seed, runner, &is_over)?;
        if job.interrupted {
            break;
        }
        (done, seconds) = (done + 1, clock.seconds());
    }
    Ok((done > 0).then(|| seconds / done as f64))
}
