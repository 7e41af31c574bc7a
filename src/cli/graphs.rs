//! The causal graphs of recorded runs, read from traces and journals.

use std::path::{Path, PathBuf};

use super::CommandError;
use super::check::open;
use super::hashes::same_hash;
use crate::causal::{CausalGraph, NetGraph, TooLarge, TraceGraph};
use crate::history::Op;
use crate::trace::{Manifest, ReadError, read_copies, read_net, read_rows};

/// Number of rows after which a reader looks whether it is to stop.
const ROWS_AT_ONCE: u64 = 1 << 14;

/// Returns the journal of a results folder, if its run wrote one.
///
/// # Errors
/// If it has another hash than the manifest.
pub(super) fn journal(folder: &Path, manifest: &Manifest) -> Result<Option<PathBuf>, CommandError> {
    let path = folder.join("net.csv");
    let Some(expected) = manifest.net_blake3.as_ref().filter(|_| path.is_file()) else {
        return Ok(None);
    };
    same_hash(&path, expected)?;
    Ok(Some(path))
}

/// Reads the events of machines from a trace, and from its journal where there is one; `None` if it
/// was to stop.
pub(super) fn of_trace(
    trace: &Path,
    journal: Option<&Path>,
    stop: &dyn Fn() -> bool,
) -> Result<Option<CausalGraph>, CommandError> {
    let mut graph = TraceGraph::default();
    let rows = read_rows(open(trace)?).map_err(|error| unreadable(trace, &error))?;
    for (number, row) in (1..).zip(rows) {
        let (line, row) = row.map_err(|error| unreadable(trace, &error))?;
        graph.add_row(line, &row).map_err(|error| too_large(trace, error))?;
        if number % ROWS_AT_ONCE == 0 && stop() {
            return Ok(None);
        }
    }
    if let Some(path) = journal {
        let copies = read_copies(open(path)?).map_err(|error| unreadable(path, &error))?;
        for copy in copies {
            let (_, copy) = copy.map_err(|error| unreadable(path, &error))?;
            graph.add_copy(&copy).map_err(|error| too_large(path, error))?;
        }
    }
    Ok(Some(graph.finish()))
}

/// Reads the events of nodes, services and clients from a journal of Gossip Glomers, with the
/// operations of its history.
pub(super) fn of_nodes(
    journal: &Path,
    nodes: &[String],
    history: &[Op],
) -> Result<CausalGraph, CommandError> {
    let mut graph = NetGraph::new(nodes);
    let copies = read_net(open(journal)?).map_err(|error| unreadable(journal, &error))?;
    for copy in copies {
        let (_, copy) = copy.map_err(|error| unreadable(journal, &error))?;
        graph.add_copy(&copy).map_err(|error| too_large(journal, error))?;
    }
    Ok(graph.finish(history))
}

fn unreadable(path: &Path, error: &ReadError) -> CommandError {
    CommandError::Data(format!("{}: {error}", path.display()))
}

fn too_large(path: &Path, error: TooLarge) -> CommandError {
    let hint = "repeat the run with a shorter --duration";
    CommandError::Data(format!("{}: {error}\n  hint: {hint}", path.display()))
}
