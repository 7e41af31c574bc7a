//! `sim plot` as it is typed: configs among what is to be drawn are run first, and their results
//! are drawn.

use std::path::{Path, PathBuf};

use super::plot::{self, PlotArgs};
use super::run::{self, RunArgs};
use super::{Exit, Io, Outcome};
use crate::config::{SHIPPED, shipped};

pub(super) fn plot(arguments: &PlotArgs, io: &mut Io<'_>) -> Outcome {
    plot::check(arguments)?;
    let (mut paths, mut exit) = (Vec::new(), Exit::Holds);
    for path in arguments.paths() {
        if !is_config(path) {
            paths.push(path.clone());
            continue;
        }
        let (folder, ended) = ran(path, io)?;
        exit = exit.or(ended);
        match folder {
            Some(folder) => paths.push(folder),
            None => return Ok(exit),
        }
    }
    Ok(exit.or(plot::plot(arguments, &paths, io)?))
}

/// Runs a config without a report of its own; returns the results folder, if there is one.
fn ran(config: &Path, io: &mut Io<'_>) -> Result<(Option<PathBuf>, Exit), super::CommandError> {
    let arguments = RunArgs::of_config(config, "results");
    let mut report = Vec::new();
    let mut inner = Io::new(&mut report, io.err, io.store, io.interrupt);
    inner.output = io.output;
    let exit = run::run(&arguments, &mut inner)?;
    Ok((arguments.finished().map(Path::to_owned), exit))
}

/// Whether a path is that of a config, or nothing is there and a config of this name ships.
fn is_config(path: &Path) -> bool {
    let is_toml = path.extension().is_some_and(|ending| ending == "toml") && path.is_file();
    let ships = path.to_str().and_then(shipped).is_some_and(|config| SHIPPED.contains(config));
    is_toml || ships && !path.exists()
}
