//! The driver of a sweep: batches of runs on all workers, rows in order, until the end or a stop.

use std::sync::atomic::{AtomicU64, Ordering};

use rayon::ThreadPool;

use super::job::{Job, Runner};
use super::memory::{SharedMemory, UnderWay};
use super::sink::RunSink;
use super::stopwatch::Stopwatch;
use crate::config::{ConfigError, Point, Sweep};
use crate::store::StoreError;

/// A driver of a sweep. None of its fields but the sweep changes a byte of the result.
#[derive(Clone, Copy)]
pub struct Drive<'a> {
    /// The sweep.
    pub sweep: &'a Sweep,
    /// The function that runs one experiment.
    pub runner: Runner<'a>,
    /// The workers.
    pub pool: &'a ThreadPool,
    /// The memory that the workers share.
    pub memory: SharedMemory,
    /// Whether workers take runs in another order, for tests.
    pub backwards: bool,
}

impl std::fmt::Debug for Drive<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Drive").field("sweep", &self.sweep.name).finish_non_exhaustive()
    }
}

/// The progress of a sweep.
#[derive(Clone, Copy, Debug)]
pub struct Outlook {
    /// Number of runs that are done.
    pub done: u64,
    /// Number of all runs.
    pub total: u64,
    /// Number of runs that this process did.
    pub done_now: u64,
    /// Seconds since it began.
    pub seconds: f64,
}

/// How a sweep ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// All runs are done.
    Done,
    /// The maximum number of failures is reached.
    Failures,
    /// It was asked to stop.
    Interrupted,
}

/// Why a sweep cannot continue.
#[derive(Debug, thiserror::Error)]
pub enum SweepFailure {
    /// A point's config is invalid.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// An operation on the disk failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Target duration of a batch, in seconds. Signals are handled between batches.
const BATCH_S: f64 = 0.1;
/// Minimum time between two checkpoints, in seconds.
const CHECKPOINT_S: f64 = 0.4;
/// Number of bytes of rows with which a batch ends earlier: it bounds the memory.
const BATCH_BYTES: u64 = 1 << 23;
/// Number of runs that a worker takes at once, in reverse, with [`Drive::backwards`].
const BACKWARDS: u64 = 4;

impl Drive<'_> {
    /// Runs from the current progress to the end. All finished runs are on the disk when this
    /// returns, also after an error, unless the disk fails.
    ///
    /// # Errors
    /// If a config is invalid or the disk fails.
    pub fn run(
        &self,
        sink: &mut dyn RunSink,
        stop: &(dyn Fn() -> bool + Sync),
        report: &mut dyn FnMut(Outlook),
    ) -> Result<Ended, SweepFailure> {
        self.run_until(self.sweep.runs(), sink, stop, report)
    }

    /// Runs from the current progress to the run before the one with number `total`.
    ///
    /// # Errors
    /// If a config is invalid or the disk fails.
    pub fn run_until(
        &self,
        total: u64,
        sink: &mut dyn RunSink,
        stop: &(dyn Fn() -> bool + Sync),
        report: &mut dyn FnMut(Outlook),
    ) -> Result<Ended, SweepFailure> {
        let begin = sink.next();
        let clock = Stopwatch::start();
        let mut saved = 0.0;
        let failures_max = self.sweep.max_failures.unwrap_or(u64::MAX);
        let is_over =
            |sink: &dyn RunSink| sink.next() >= total || sink.failure_count() >= failures_max;
        let mut upcoming = None;
        while !is_over(sink) {
            let batch = upcoming.take().unwrap_or_else(|| self.batch(sink.next(), total, stop));
            // The workers run the next batch while the rows of this one are hashed and written.
            let first = batch.end;
            let mut kept = Ok(false);
            self.pool.in_place_scope(|scope| {
                if first < total && !batch.is_cut && !stop() {
                    scope.spawn(|_| upcoming = Some(self.batch(first, total, stop)));
                }
                kept = keep(batch, sink, failures_max);
                let now = clock.seconds();
                if kept.is_ok() && now - saved > CHECKPOINT_S {
                    saved = now;
                    let done = sink.next();
                    report(Outlook { done, total, done_now: done - begin, seconds: now });
                    if let Err(error) = sink.save() {
                        kept = Err(error.into());
                    }
                }
            });
            let interrupted = match kept {
                Err(SweepFailure::Config(error)) => {
                    sink.save()?;
                    return Err(error.into());
                }
                kept => kept?,
            };
            // Runs that are done already are handed over before a stop counts.
            if (interrupted || (stop() && upcoming.is_none())) && !is_over(sink) {
                sink.save()?;
                return Ok(Ended::Interrupted);
            }
        }
        sink.save()?;
        let all = sink.next() == total;
        Ok(if all { Ended::Done } else { Ended::Failures })
    }

    /// Runs one batch of the runs before number `total`, from the run with number `first` on.
    ///
    /// Workers take the numbers in order and finish each run that they took, so the runs of a batch
    /// are consecutive for any number of workers.
    fn batch(&self, first: u64, total: u64, stop: &(dyn Fn() -> bool + Sync)) -> Batch {
        let clock = Stopwatch::start();
        let under_way = UnderWay::new(self.memory);
        let (next, bytes) = (AtomicU64::new(first), AtomicU64::new(0));
        let at_once = if self.backwards { BACKWARDS } else { 1 };
        let work = || {
            let mut done = Vec::new();
            let mut current: Option<(u64, Point)> = None;
            // Each batch has at least one run, so that every batch makes progress.
            let (mut goes_on, mut gives_way) = (true, false);
            while goes_on {
                let taken = next.fetch_add(at_once, Ordering::Relaxed);
                for number in (taken..taken.saturating_add(at_once).min(total)).rev() {
                    let place = under_way.begin();
                    let stop = || stop() || place.gives_way();
                    let job = self.run_one(number, &mut current, &stop);
                    gives_way |= place.left();
                    let job = if place.left() { None } else { Some(job) };
                    let rows = job.as_ref().and_then(|job| Some(job.as_ref().ok()?.rows.len()));
                    bytes.fetch_add(rows.unwrap_or(0) as u64, Ordering::Relaxed);
                    done.push((number, job));
                }
                let small = bytes.load(Ordering::Relaxed) < BATCH_BYTES;
                let in_time = clock.seconds() < BATCH_S && !stop();
                goes_on = taken < total && small && in_time && !gives_way;
            }
            done
        };
        let mut done: Vec<_> = self.pool.broadcast(|_| work()).into_iter().flatten().collect();
        done.sort_unstable_by_key(|(number, _)| *number);
        // Runs that gave up their memory are repeated one at a time.
        let alone = |(number, job): (u64, Option<Ran>)| {
            (number, job.unwrap_or_else(|| self.run_one(number, &mut None, stop)))
        };
        let jobs: Vec<(u64, Ran)> = done.into_iter().map(alone).collect();
        let end = first + jobs.len() as u64;
        let is_cut = jobs.iter().any(|(_, job)| !job.as_ref().is_ok_and(|job| !job.interrupted));
        Batch { jobs: jobs.into_iter().map(|(_, job)| job).collect(), end, is_cut }
    }

    /// Runs one run; `current` caches the point of the last one.
    fn run_one(
        &self,
        number: u64,
        current: &mut Option<(u64, Point)>,
        stop: &(dyn Fn() -> bool + Sync),
    ) -> Ran {
        let seeds = self.sweep.seeds.end - self.sweep.seeds.start;
        let point = number / seeds;
        let at = match current.take().filter(|(last, _)| *last == point) {
            Some((_, at)) => at,
            None => self.sweep.point(point)?,
        };
        let seed = self.sweep.seeds.start + number % seeds;
        let job = Job::run(self.sweep, (point, &at), seed, self.runner, stop);
        *current = Some((point, at));
        job
    }
}

/// The outcome of a run.
type Ran = Result<Job, ConfigError>;

/// Consecutive runs that are done.
struct Batch {
    /// The outcomes, by number.
    jobs: Vec<Ran>,
    /// The number of the run after the last one.
    end: u64,
    /// Whether a run was interrupted or invalid: no later one counts.
    is_cut: bool,
}

/// Hands the runs of a batch over; returns whether it was interrupted.
fn keep(batch: Batch, sink: &mut dyn RunSink, failures_max: u64) -> Result<bool, SweepFailure> {
    let (mut interrupted, mut refused) = (false, None);
    for job in batch.jobs {
        let job = match job {
            Ok(job) => job,
            Err(error) => {
                refused = Some(error);
                break;
            }
        };
        interrupted |= job.interrupted;
        if interrupted {
            break;
        }
        let failed = job.failure.is_some();
        sink.add(job);
        // Runs after the last permitted failure do not count: with a single worker they would not
        // have begun.
        if failed && sink.failure_count() >= failures_max {
            refused = None;
            break;
        }
    }
    sink.flush()?;
    refused.map_or(Ok(interrupted), |error| Err(error.into()))
}
