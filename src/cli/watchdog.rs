//! `sim watchdog`, which `sim test` starts: it ends the nodes of a `sim test` that was killed.

use clap::Args;

use super::{Exit, Outcome};
use crate::harness::{Watchdog, watch};

/// Ends the processes that a killed `sim test` leaves behind.
#[derive(Debug, Args)]
pub(super) struct WatchdogArgs {
    /// The name of the host.
    host: String,
}

/// Starts the watchdog of this process, on systems where a process can read the environment of
/// others. An executable with another name than `sim`, such as a test, may not implement the
/// command.
pub(super) fn start() -> Option<Watchdog> {
    let program = std::env::current_exe().ok().filter(|_| cfg!(target_os = "linux"))?;
    if program.file_stem()? != "sim" {
        return None;
    }
    Some(Watchdog::start(&program, &["watchdog"]))
}

pub(super) fn run(arguments: &WatchdogArgs) -> Outcome {
    watch(std::io::stdin().lock(), &arguments.host)?;
    Ok(Exit::Holds)
}
