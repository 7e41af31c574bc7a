//! `sim doc`: the reference pages, generated from the tables that the code uses.

use clap::{Args, ValueEnum};

use super::{Exit, Io, Outcome};
use crate::reference;

/// Prints a reference page as Markdown: the protocol, the workloads and services, or the files
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  sim doc protocol
  sim doc workloads > workloads.md")]
pub(super) struct DocArgs {
    /// The page to print.
    page: Page,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Page {
    /// Messages, errors, and the rules for a line.
    Protocol,
    /// Requests of clients to nodes and of nodes to services, and what is checked.
    Workloads,
    /// Files of runs and sweeps: the columns of trace.csv and net.csv, and the other files.
    Files,
}

pub(super) fn print(arguments: &DocArgs, io: &mut Io<'_>) -> Outcome {
    let page = match arguments.page {
        Page::Protocol => reference::protocol(),
        Page::Workloads => reference::workloads(),
        Page::Files => reference::files(),
    };
    write!(io.out, "{page}")?;
    Ok(Exit::Holds)
}
