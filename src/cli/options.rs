//! Options that several commands have, and what they mean.

use clap::ValueEnum;
use rayon::{ThreadPool, ThreadPoolBuilder};

use super::Failure;
use crate::check::Validity;
use crate::config::Override;

/// What to print.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// Tables for people.
    Human,
    /// One JSON object for programs.
    Json,
}

/// Which verdict decides the exit code.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum VerdictKind {
    /// What is right.
    #[default]
    Strict,
    /// What Maelstrom would say.
    Parity,
}

impl VerdictKind {
    /// The verdict that decides of the two.
    pub(super) fn of(self, strict: Validity, parity: Validity) -> Validity {
        match self {
            VerdictKind::Strict => strict,
            VerdictKind::Parity => parity,
        }
    }
}

/// More workers than this are a slip of the hand.
pub(super) const JOBS_MAX: i64 = 1_024;

/// The workers of `--jobs`; one for each core, if it is not given.
pub(super) fn workers(jobs: Option<u16>) -> Result<ThreadPool, Failure> {
    let threads = usize::from(jobs.unwrap_or(0)); // 0: one for each core
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
