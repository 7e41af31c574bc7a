//! What `sim why` explains, read from its files.

use std::path::Path;

use super::super::CommandError;
use super::super::check::history::{self, is_history};
use super::super::check::{of_folder, read_manifest, sweep_manifest};
use super::super::glomers_table::replay;
use super::super::graphs;
use super::super::hashes::{plain, same_hash};
use crate::causal::CausalGraph;
use crate::check::{Finding, HistoryChecker, HistoryVerdict};
use crate::config::{Experiment, GlomersExperiment};
use crate::escape;
use crate::history::Named;
use crate::store::read_regular_text;
use crate::trace::Manifest;
use crate::why::{Bodies, NodeRun};

/// Maximum size of the bodies that are read, in bytes.
const BODIES_MAX: u64 = 1 << 30;

/// What is explained.
pub(in crate::cli) enum Loaded {
    /// Machines with clocks.
    Trace(CausalGraph),
    /// A run of nodes.
    Nodes(Box<NodeResult>),
}

/// A run of nodes, with what its check needs.
pub(in crate::cli) struct NodeResult {
    pub(in crate::cli) run: NodeRun,
    /// Whether operations write values that are unique, and read them again.
    pub(in crate::cli) values_are_elements: bool,
    experiment: GlomersExperiment,
}

impl NodeResult {
    /// Checks the history.
    pub(in crate::cli) fn verdict(&self) -> HistoryVerdict {
        let NodeRun { history, nodes, .. } = &self.run;
        history::check_stored(&self.experiment, history, nodes)
    }

    /// Checks the history; returns its findings.
    pub(in crate::cli) fn findings(&self) -> Vec<Finding> {
        self.verdict().findings
    }
}

/// Reads a results folder, or a trace with its journal.
pub(in crate::cli) fn load(path: &Path, net: Option<&Path>) -> Result<Loaded, CommandError> {
    let shown = path.display();
    if !path.is_dir() {
        if is_history(path) {
            let what = "a history alone has no messages to explain it; `sim why` needs the \
                        results folder of its run";
            return Err(CommandError::Data(format!("{shown}: {what}")));
        }
        return whole(path, net).map(Loaded::Trace);
    }
    if sweep_manifest(path)?.is_some() {
        let what = "this is a sweep; `sim why` explains one run: repeat it with `sim run` \
                    (failures.csv has the commands)";
        return Err(CommandError::Data(format!("{shown}: {what}")));
    }
    let manifest = read_manifest(path)?;
    match of_folder(path, &manifest)? {
        Experiment::Scale(_) => of_scale(path, &manifest, net).map(Loaded::Trace),
        Experiment::Glomers(experiment) => {
            of_nodes(path, &manifest, *experiment).map(|result| Loaded::Nodes(Box::new(result)))
        }
    }
}

/// Says which command makes a file that a result lacks.
pub(in crate::cli) fn lacks(path: &Path, file: &str) -> String {
    let shown = escape::path(path);
    let option = match file {
        "bodies.jsonl" => " --bodies",
        _ => "",
    };
    format!("{shown}: it has no {file}, which the answer needs\n  hint: {}{option}", replay(path))
}

fn of_scale(
    folder: &Path,
    manifest: &Manifest,
    net: Option<&Path>,
) -> Result<CausalGraph, CommandError> {
    let trace = folder.join("trace.csv");
    let Some(expected) = manifest.trace_blake3.as_ref().filter(|_| trace.is_file()) else {
        return Err(CommandError::Data(lacks(folder, "trace.csv")));
    };
    same_hash(&trace, expected)?;
    let own = if net.is_none() { graphs::journal(folder, manifest)? } else { None };
    whole(&trace, net.or(own.as_deref()))
}

fn whole(trace: &Path, net: Option<&Path>) -> Result<CausalGraph, CommandError> {
    Ok(graphs::of_trace(trace, net, &|| false)?.unwrap_or_default())
}

/// Reads a results folder of nodes, which must have a journal.
pub(in crate::cli) fn of_nodes(
    folder: &Path,
    manifest: &Manifest,
    experiment: GlomersExperiment,
) -> Result<NodeResult, CommandError> {
    let Named { history, nodes } = history::stored(folder, manifest, &experiment)?;
    let Some(net) = graphs::journal(folder, manifest)? else {
        return Err(CommandError::Data(lacks(folder, "net.csv")));
    };
    let graph = graphs::of_nodes(&net, &experiment.parameters.names, &history)?;
    let bodies = bodies(folder, manifest)?;
    let values_are_elements = experiment.parameters.workload.checker.is_some_and(is_of_elements);
    let run = NodeRun { graph, history, nodes, bodies };
    Ok(NodeResult { run, values_are_elements, experiment })
}

/// Whether a checker is about elements, each of which is written once in the whole run.
fn is_of_elements(checker: HistoryChecker) -> bool {
    ["broadcast", "g-set"].contains(&checker.name())
}

fn bodies(folder: &Path, manifest: &Manifest) -> Result<Option<Bodies>, CommandError> {
    let path = folder.join("bodies.jsonl");
    let Some(expected) = manifest.bodies_blake3.as_ref().filter(|_| path.is_file()) else {
        return Ok(None);
    };
    same_hash(&path, expected)?;
    let shown = path.display();
    let text = read_regular_text(&path, BODIES_MAX)
        .map_err(|error| CommandError::Data(format!("{shown}: {}", plain(&error))))?;
    let bodies = Bodies::read(text);
    bodies.map(Some).map_err(|error| CommandError::Data(format!("{shown}: {error}")))
}
