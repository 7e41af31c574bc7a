//! Options that several commands share, and their parsing.

use std::path::{Path, PathBuf};

use clap::ValueEnum;
use clap::builder::{PathBufValueParser, TypedValueParser};
use rayon::{ThreadPool, ThreadPoolBuilder};

use super::CommandError;
use crate::check::Validity;
use crate::config::Override;
use crate::engine::time::{Duration, Instant};
use crate::store::LATEST;

/// The verdict that decides the exit code.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum VerdictKind {
    /// The strict verdict.
    #[default]
    Strict,
    /// The verdict that Maelstrom would give.
    Parity,
}

impl VerdictKind {
    /// Selects one of the two verdicts.
    pub(super) fn of(self, strict: Validity, parity: Validity) -> Validity {
        match self {
            VerdictKind::Strict => strict,
            VerdictKind::Parity => parity,
        }
    }
}

/// Returns a parser of whole numbers from `min` to `max`.
pub(super) fn whole<T>(min: u64, max: T) -> impl TypedValueParser<Value = T>
where
    T: TryFrom<u64> + Into<u64> + Copy + Send + Sync + 'static,
{
    move |text: &str| {
        let number = text.parse().ok().filter(|number| *number >= min && *number <= max.into());
        number.and_then(|number| T::try_from(number).ok()).ok_or_else(|| {
            let max: u64 = max.into();
            let up_to = if max >= u32::MAX.into() { String::new() } else { format!(" to {max}") };
            format!("expected a whole number from {min}{up_to}")
        })
    }
}

/// Maximum number of workers; more are taken for a typing error.
pub(super) const JOBS_MAX: u16 = 1_024;

/// Creates the workers of `--jobs`; one per core, if it is not given.
pub(super) fn workers(jobs: Option<u16>) -> Result<ThreadPool, CommandError> {
    // With a number of its own choice the library would read the environment.
    let cores = || std::thread::available_parallelism().map_or(1, usize::from);
    let threads = jobs.map_or_else(cores, usize::from).clamp(1, JOBS_MAX as usize);
    ThreadPoolBuilder::new().num_threads(threads).build().map_err(|error| {
        CommandError::Usage(format!("cannot start the threads of --jobs: {error}"))
    })
}

/// Parses the overrides of `--set` options.
pub(super) fn sets(sets: &[String]) -> Result<Vec<Override>, CommandError> {
    let set = |set: &String| {
        let Some((path, value)) = set.split_once('=') else {
            return Err(CommandError::Usage(format!("--set {set}: expected KEY=VALUE")));
        };
        let (path, value) = (path.trim().to_owned(), value.trim().to_owned());
        Ok(Override { flag: format!("--set {path}"), path, value })
    };
    sets.iter().map(set).collect()
}

/// Parses the instant of an option: a time with a unit since the start of the run, such as `38s`.
pub(super) fn instant(flag: &str, text: Option<&str>) -> Result<Option<Instant>, CommandError> {
    let Some(text) = text else { return Ok(None) };
    let time: Duration = text.trim().parse().map_err(|_| {
        let expected = "expected a time with a unit since the start of the run";
        CommandError::Usage(format!("{flag} {text}: {expected}, such as 38s or 1m30s"))
    })?;
    Ok(Some(Instant::ZERO.saturating_add(time)))
}

/// Returns a parser of the path of a result: `latest` is also the link of that name in the default
/// results folder.
pub(super) fn result_path() -> impl TypedValueParser<Value = PathBuf> {
    PathBufValueParser::new().map(|path| {
        let latest = Path::new("results").join(LATEST);
        if path == Path::new(LATEST) && !path.exists() && latest.exists() { latest } else { path }
    })
}
