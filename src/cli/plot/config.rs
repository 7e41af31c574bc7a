//! Configs among what is to be drawn: they are run first, and their results are drawn.

use std::path::{Path, PathBuf};

use super::super::run::{self, RunArgs};
use super::super::{CommandError, Exit, Io};
use crate::config::{SHIPPED, shipped};

/// The outcome of running the configs among some paths.
pub(super) enum Ran {
    /// The paths, with the results folders of configs in their place, and the exit code of all
    /// runs together.
    Finished { paths: Vec<PathBuf>, exit: Exit },
    /// A run has left no result.
    Failed(Exit),
}

/// Runs each config among the paths, without a report of its own.
pub(super) fn run_all(given: &[PathBuf], io: &mut Io<'_>) -> Result<Ran, CommandError> {
    let (mut paths, mut exit) = (Vec::new(), Exit::Holds);
    for path in given {
        if !is_config(path) {
            paths.push(path.clone());
            continue;
        }
        let arguments = RunArgs::of_config(path, "results");
        let mut report = Vec::new();
        let mut inner = Io::new(&mut report, io.err, io.store, io.interrupt);
        inner.output = io.output;
        exit = exit.or(run::run(&arguments, &mut inner)?);
        match arguments.finished() {
            Some(folder) => paths.push(folder.to_owned()),
            None => return Ok(Ran::Failed(exit)),
        }
    }
    Ok(Ran::Finished { paths, exit })
}

/// Whether a path is that of a config, or nothing is there and a config of this name ships.
fn is_config(path: &Path) -> bool {
    let is_toml = path.extension().is_some_and(|ending| ending == "toml") && path.is_file();
    let ships = path.to_str().and_then(shipped).is_some_and(|config| SHIPPED.contains(config));
    is_toml || ships && !path.exists()
}
