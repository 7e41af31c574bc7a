//! `sim doc`: the reference pages, made from the tables that the code uses.

use clap::{Args, ValueEnum};

use super::{Exit, Io, Outcome};
use crate::reference;

/// Prints a reference page as Markdown: the protocol, the workloads and services, or the files
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  sim doc protocol
  sim doc workloads > workloads.md")]
pub(super) struct DocArgs {
    /// Which page.
    page: Page,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Page {
    /// Messages, errors, and the rules that a line has to keep.
    Protocol,
    /// What clients ask of nodes, what nodes may ask of services, and what is checked.
    Workloads,
    /// What runs and sweeps write: the columns of trace.csv and net.csv, and the other files.
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
