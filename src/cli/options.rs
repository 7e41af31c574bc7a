//! Options that several commands have, and what they mean.

use clap::ValueEnum;
use rayon::{ThreadPool, ThreadPoolBuilder};

use super::Failure;
use crate::config::Override;

/// What to print.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// Tables for people.
    Human,
    /// One JSON object for programs.
    Json,
}

/// More workers than this are a slip of the hand.
pub(super) const JOBS_MAX: i64 = 1_024;

/// The workers of `--jobs`; one for each core, if it is not given.
pub(super) fn workers(jobs: Option<u16>) -> Result<ThreadPool, Failure> {
    // Asked for a number of its own choice, the library would look into the environment.
    let cores = || std::thread::available_parallelism().map_or(1, usize::from);
    let threads = jobs.map_or_else(cores, usize::from).clamp(1, JOBS_MAX as usize);
    ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .map_err(|error| Failure::Usage(format!("cannot start the threads of --jobs: {error}")))
}

/// What `--set` options lay over a config.
pub(super) fn sets(sets: &[String]) -> Result<Vec<Override>, Failure> {
    let set = |set: &String| {
        let Some((path, value)) = set.split_once('=') else {
            return Err(Failure::Usage(format!("--set {set}: expected KEY=VALUE")));
        };
        let (path, value) = (path.trim().to_owned(), value.trim().to_owned());
        Ok(Override { flag: format!("--set {path}"), path, value })
    };
    sets.iter().map(set).collect()
}
