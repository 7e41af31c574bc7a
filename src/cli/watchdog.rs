//! `sim watchdog`, which `sim test` starts beside itself: it ends the nodes of a killed `sim test`.

use clap::Args;

use super::{Exit, Outcome};
use crate::harness::{Watchdog, watch};

/// Ends what a killed `sim test` leaves.
#[derive(Debug, Args)]
pub(super) struct WatchdogArgs {
    /// The name of the host.
    host: String,
}

/// The watchdog of this process, where the system lets one process see what another was started
/// with. A program of another name, such as a test, may not know what to do as one.
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
