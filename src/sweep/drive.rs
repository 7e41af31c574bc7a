//! Driving a sweep: batches of runs on all workers, their rows in order, to the end or to where it
//! has to stop.

use rayon::ThreadPool;
use rayon::prelude::*;

use super::job::{FailureKind, Job, Runner};
use super::progress::{FAILURES_MAX, Progress};
use crate::config::{ConfigError, Point, Sweep};
use crate::store::StoreError;

/// How a sweep is driven. Nothing here changes a byte of what it gives.
#[derive(Clone, Copy)]
pub struct Drive<'a> {
    /// What is swept.
    pub sweep: &'a Sweep,
    /// What runs one experiment.
    pub runner: Runner<'a>,
    /// The workers.
    pub pool: &'a ThreadPool,
    /// Whether workers take the runs of a batch in another order than theirs: for tests.
    pub backwards: bool,
}

impl std::fmt::Debug for Drive<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Drive").field("sweep", &self.sweep.name).finish_non_exhaustive()
    }
}

/// How far a sweep is.
#[derive(Clone, Copy, Debug)]
pub struct Outlook {
    /// Runs that are done.
    pub done: u64,
    /// Of so many.
    pub total: u64,
    /// Runs that were done since the start of the program.
    pub done_now: u64,
    /// Seconds since then.
    pub seconds: f64,
}

/// How a sweep ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// All runs are done.
    Done,
    /// As many runs failed as may.
    Failures,
    /// Somebody wanted it to stop.
    Interrupted,
}

/// Why a sweep cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum SweepFailure {
    /// A point's config makes no sense.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The disk.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A batch should take so long, in seconds: a signal is heeded between two of them.
const BATCH_S: f64 = 0.1;
/// Between two checkpoints.
const CHECKPOINT_S: f64 = 0.4;
/// The most runs of a batch, for each worker, and the most bytes of rows: what bounds memory.
const BATCH_RUNS_MAX: u64 = 4_096;
const BATCH_BYTES_MAX: u64 = 1 << 24;

impl Drive<'_> {
    /// Runs from where `progress` is to the end. What is done is on the disk when this returns,
    /// also after an error, as far as the disk lets us.
    ///
    /// # Errors
    /// If a config makes no sense or the disk fails.
    pub fn run(
        &self,
        progress: &mut Progress<'_>,
        stop: &(dyn Fn() -> bool + Sync),
        tell: &mut dyn FnMut(Outlook),
    ) -> Result<Ended, SweepFailure> {
        let (total, begin) = (self.sweep.runs(), progress.now.runs);
        let clock = Stopwatch::start();
        let mut saved = 0.0;
        let failures_max = self.sweep.max_failures.unwrap_or(u64::MAX);
        let is_over = |progress: &Progress<'_>| {
            progress.now.runs >= total || progress.now.failure_count >= failures_max
        };
        let mut size = self.pool.current_num_threads() as u64;
        let mut upcoming = None;
        while !is_over(progress) {
            let batch = match upcoming.take() {
                Some(batch) => batch,
                None => {
                    let first = progress.now.runs;
                    self.batch(first, first.saturating_add(size).min(total), stop)
                }
            }?;
            size = batch.next_size(self.pool.current_num_threads());
            let (first, end) = (batch.end, batch.end.saturating_add(size).min(total));
            // While the rows of one batch are hashed and written, the workers are at the next one.
            let mut kept = Ok(false);
            self.pool.in_place_scope(|scope| {
                if first < end && !stop() {
                    scope.spawn(|_| upcoming = Some(self.batch(first, end, stop)));
                }
                kept = keep(batch, progress, failures_max);
            });
            let interrupted = kept?;
            let now = clock.seconds();
            if now - saved > CHECKPOINT_S {
                progress.save()?;
                saved = now;
                let done = progress.now.runs;
                tell(Outlook { done, total, done_now: done - begin, seconds: now });
            }
            if (interrupted || stop()) && !is_over(progress) {
                progress.save()?;
                return Ok(Ended::Interrupted);
            }
        }
        progress.save()?;
        let all = progress.now.runs == total;
        Ok(if all { Ended::Done } else { Ended::Failures })
    }

    /// Does the runs `first..end`.
    fn batch(
        &self,
        first: u64,
        end: u64,
        stop: &(dyn Fn() -> bool + Sync),
    ) -> Result<Batch, ConfigError> {
        let clock = Stopwatch::start();
        let seeds = self.sweep.seeds.end - self.sweep.seeds.start;
        let first_point = first / seeds;
        let jobs = self.pool.install(|| {
            let points: Vec<Point> = (first_point..=(end - 1) / seeds)
                .into_par_iter()
                .map(|point| self.sweep.point(point))
                .collect::<Result<_, _>>()?;
            let run = |number: u64| {
                let point = number / seeds;
                let at = &points[(point - first_point) as usize];
                let seed = self.sweep.seeds.start + number % seeds;
                Job::run(self.sweep, (point, at), seed, self.runner, stop)
            };
            if !self.backwards {
                return (first..end).into_par_iter().map(run).collect();
            }
            let backwards = (0..end - first).into_par_iter().map(|k| run(end - 1 - k));
            let mut jobs: Vec<Job> = backwards.collect::<Result<_, _>>()?;
            jobs.reverse();
            Ok(jobs)
        })?;
        Ok(Batch { jobs, end, seconds: clock.seconds() })
    }
}

/// Some runs that follow each other.
struct Batch {
    /// In their order.
    jobs: Vec<Job>,
    /// The number of the run after the last one.
    end: u64,
    /// How long they took.
    seconds: f64,
}

/// Counts a batch and appends its rows; whether it was interrupted.
fn keep(
    batch: Batch,
    progress: &mut Progress<'_>,
    failures_max: u64,
) -> Result<bool, SweepFailure> {
    let (mut rows, mut interrupted) = (Vec::new(), false);
    for job in batch.jobs {
        interrupted |= job.interrupted;
        if interrupted {
            break;
        }
        rows.extend_from_slice(&job.rows);
        progress.now.runs += 1;
        progress.now.limited += u64::from(job.limited);
        if let Some(failure) = job.failure {
            progress.now.failure_count += 1;
            progress.now.panics += u64::from(failure.kind == FailureKind::Panicked);
            if progress.now.failures.len() < FAILURES_MAX {
                progress.now.failures.push(failure);
            }
            // The runs after the last failure that may be do not count: with a single worker they
            // would not have begun.
            if progress.now.failure_count >= failures_max {
                break;
            }
        }
    }
    progress.append(&rows)?;
    Ok(interrupted)
}

impl Batch {
    /// How many runs the next batch should have.
    fn next_size(&self, workers: usize) -> u64 {
        let runs = self.jobs.len() as u64;
        let bytes: u64 = self.jobs.iter().map(|job| job.rows.len() as u64).sum();
        let by_time = runs as f64 * (BATCH_S / self.seconds.max(1e-4)).clamp(0.25, 4.0);
        let by_bytes = (runs.saturating_mul(BATCH_BYTES_MAX) / (bytes + 1)).max(1);
        (by_time as u64).clamp(1, BATCH_RUNS_MAX * workers as u64).min(by_bytes)
    }
}

/// The wall clock: how long a batch took decides how large the next one is, and nothing else.
struct Stopwatch(
    #[expect(clippy::disallowed_types, reason = "for pacing and progress")] std::time::Instant,
);

impl Stopwatch {
    #[expect(
        clippy::disallowed_methods,
        clippy::disallowed_types,
        reason = "for pacing and progress"
    )]
    fn start() -> Stopwatch {
        Stopwatch(std::time::Instant::now())
    }

    fn seconds(&self) -> f64 {
        self.0.elapsed().as_secs_f64()
    }
}
