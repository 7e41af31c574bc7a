//! A recorded run, read back: what `sim export` and `sim diff` need of a results folder, a trace or
//! a history.

use std::path::Path;

use super::CommandError;
use super::check::history::{self, is_history};
use super::check::{of_folder, open, read_manifest};
use super::hashes::same_hash;
use crate::causal::{CausalGraph, NetGraph, TooLarge, TraceGraph};
use crate::config::{Experiment, GlomersExperiment};
use crate::history::Op;
use crate::trace::{Manifest, ReadError, read_copies, read_net, read_rows};

/// A recorded run.
#[derive(Debug)]
pub(super) struct RecordedRun {
    /// The config's name and the seed, or the name of the file.
    pub(super) title: String,
    /// Its manifest; `None` of a bare file.
    pub(super) manifest: Option<Manifest>,
    /// Its events and messages; `None` of a bare history, or without a journal.
    pub(super) graph: Option<CausalGraph>,
    /// Its history; `None` of a trace.
    pub(super) history: Option<Vec<Op>>,
    /// The names of the nodes, in order; none of a trace.
    pub(super) nodes: Vec<String>,
}

/// Reads a results folder, a trace or a history, whatever the path is.
pub(super) fn read_recorded(path: &Path) -> Result<RecordedRun, CommandError> {
    let shown = path.display();
    if !path.exists() {
        return Err(CommandError::Data(format!("{shown}: there is no such file or folder")));
    }
    if path.is_dir() {
        return of_results(path);
    }
    let title = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    if is_history(path) {
        let named = history::read(path, &[])?;
        let (history, nodes) = (Some(named.history), named.nodes);
        return Ok(RecordedRun { title, manifest: None, graph: None, history, nodes });
    }
    let graph = Some(trace_graph(path, None)?);
    Ok(RecordedRun { title, manifest: None, graph, history: None, nodes: vec![] })
}

fn of_results(folder: &Path) -> Result<RecordedRun, CommandError> {
    let manifest = read_manifest(folder)?;
    let title = manifest.title();
    if manifest.trace_blake3.is_none()
        && let Experiment::Glomers(experiment) = of_folder(folder, &manifest)?
    {
        return of_glomers(folder, title, manifest, &experiment);
    }
    let trace = folder.join("trace.csv");
    let Some(expected) = manifest.trace_blake3.as_ref().filter(|_| trace.is_file()) else {
        let hint = "run it again without --no-trace and --trace-out";
        let shown = folder.display();
        return Err(CommandError::Data(format!("{shown}: this run wrote no trace here; {hint}")));
    };
    same_hash(&trace, expected)?;
    let net = net_file(folder, &manifest)?;
    let graph = Some(trace_graph(&trace, net.as_deref())?);
    Ok(RecordedRun { title, manifest: Some(manifest), graph, history: None, nodes: vec![] })
}

fn of_glomers(
    folder: &Path,
    title: String,
    manifest: Manifest,
    experiment: &GlomersExperiment,
) -> Result<RecordedRun, CommandError> {
    let named = history::stored(folder, &manifest, experiment)?;
    let nodes = experiment.parameters.names.clone();
    let mut graph = None;
    if let Some(path) = net_file(folder, &manifest)? {
        let cannot = |error: ReadError| CommandError::Data(format!("{}: {error}", path.display()));
        let mut net = NetGraph::new(&nodes);
        for copy in read_net(open(&path)?).map_err(cannot)? {
            let (_, copy) = copy.map_err(cannot)?;
            net.add_copy(&copy).map_err(|error| too_large(&path, error))?;
        }
        graph = Some(net.finish(&named.history));
    }
    Ok(RecordedRun { title, manifest: Some(manifest), graph, history: Some(named.history), nodes })
}

/// Returns the journal of a results folder, if the run wrote one.
fn net_file(
    folder: &Path,
    manifest: &Manifest,
) -> Result<Option<std::path::PathBuf>, CommandError> {
    let path = folder.join("net.csv");
    let Some(expected) = manifest.net_blake3.as_ref().filter(|_| path.is_file()) else {
        return Ok(None);
    };
    same_hash(&path, expected)?;
    Ok(Some(path))
}

fn trace_graph(trace: &Path, net: Option<&Path>) -> Result<CausalGraph, CommandError> {
    let cannot = |error: ReadError| CommandError::Data(format!("{}: {error}", trace.display()));
    let mut graph = TraceGraph::default();
    for row in read_rows(open(trace)?).map_err(cannot)? {
        let (line, row) = row.map_err(cannot)?;
        graph.add_row(line, &row).map_err(|error| too_large(trace, error))?;
    }
    if let Some(net) = net {
        let cannot = |error: ReadError| CommandError::Data(format!("{}: {error}", net.display()));
        for copy in read_copies(open(net)?).map_err(cannot)? {
            let (_, copy) = copy.map_err(cannot)?;
            graph.add_copy(&copy).map_err(|error| too_large(net, error))?;
        }
    }
    Ok(graph.finish())
}

fn too_large(path: &Path, error: TooLarge) -> CommandError {
    CommandError::Data(format!("{}: {error}", path.display()))
}
