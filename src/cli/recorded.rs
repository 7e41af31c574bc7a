//! A recorded run, read back: what `sim export` and `sim diff` need of a results folder, a trace or
//! a history.

use std::path::Path;

use super::CommandError;
use super::check::history::{self, is_history};
use super::check::{of_folder, read_manifest};
use super::graphs;
use super::hashes::same_hash;
use crate::causal::CausalGraph;
use crate::config::{Experiment, GlomersExperiment};
use crate::history::Op;
use crate::trace::Manifest;

/// A recorded run.
#[derive(Debug)]
pub(super) struct RecordedRun {
    /// The config's name and the seed, or the name of the file.
    pub(super) title: String,
    /// Its manifest; `None` of a bare file.
    pub(super) manifest: Option<Manifest>,
    /// Its events and messages; `None` of a bare history, or without a journal.
    pub(super) graph: Option<CausalGraph>,
    /// Whether it has a journal, which knows what became of each copy of a message.
    pub(super) has_journal: bool,
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
        return Ok(RecordedRun {
            title,
            manifest: None,
            graph: None,
            has_journal: false,
            history,
            nodes,
        });
    }
    let graph = graphs::of_trace(path, None, &|| false)?;
    Ok(RecordedRun {
        title,
        manifest: None,
        graph,
        has_journal: false,
        history: None,
        nodes: vec![],
    })
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
    let net = graphs::journal(folder, &manifest)?;
    let graph = graphs::of_trace(&trace, net.as_deref(), &|| false)?;
    let has_journal = net.is_some();
    let manifest = Some(manifest);
    Ok(RecordedRun { title, manifest, graph, has_journal, history: None, nodes: vec![] })
}

fn of_glomers(
    folder: &Path,
    title: String,
    manifest: Manifest,
    experiment: &GlomersExperiment,
) -> Result<RecordedRun, CommandError> {
    let history = history::stored(folder, &manifest, experiment)?.history;
    let nodes = experiment.parameters.names.clone();
    let net = graphs::journal(folder, &manifest)?;
    let graph = net.map(|net| graphs::of_nodes(&net, &nodes, &history)).transpose()?;
    let (has_journal, history) = (graph.is_some(), Some(history));
    Ok(RecordedRun { title, manifest: Some(manifest), graph, has_journal, history, nodes })
}
