//! What `sim why` explains, read from its files.

use std::path::Path;

use super::super::CommandError;
use super::super::check::history::{self, is_history};
use super::super::check::{of_folder, open, read_manifest, sweep_manifest};
use super::super::glomers_table::replay;
use super::super::hashes::{plain, same_hash};
use crate::causal::{CausalGraph, NetGraph, TooLarge, TraceGraph};
use crate::check::{Finding, HistoryChecker};
use crate::config::{Experiment, GlomersExperiment};
use crate::escape;
use crate::history::Named;
use crate::store::read_regular_text;
use crate::trace::{Manifest, ReadError, read_copies, read_net, read_rows};
use crate::why::{Bodies, NodeRun};

/// Maximum size of the bodies that are read, in bytes.
const BODIES_MAX: u64 = 1 << 30;

/// What is explained.
pub(super) enum Loaded {
    /// Machines with clocks.
    Trace(CausalGraph),
    /// A run of nodes.
    Nodes(Box<NodeResult>),
}

/// A run of nodes, with what its check needs.
pub(super) struct NodeResult {
    pub(super) run: NodeRun,
    /// Whether operations write values that are unique, and read them again.
    pub(super) values_are_elements: bool,
    experiment: GlomersExperiment,
}

impl NodeResult {
    /// Checks the history; returns its findings.
    pub(super) fn findings(&self) -> Vec<Finding> {
        let NodeRun { history, nodes, .. } = &self.run;
        history::check_stored(&self.experiment, history, nodes).findings
    }
}

/// Reads a results folder, or a trace with its journal.
pub(super) fn load(path: &Path, net: Option<&Path>) -> Result<Loaded, CommandError> {
    let shown = path.display();
    if !path.is_dir() {
        if is_history(path) {
            let what = "a history alone has no messages to explain it; `sim why` needs the \
                        results folder of its run";
            return Err(CommandError::Data(format!("{shown}: {what}")));
        }
        return graph_of_trace(path, net).map(Loaded::Trace);
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
pub(super) fn lacks(path: &Path, file: &str) -> String {
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
    let own = folder.join("net.csv");
    let own = match &manifest.net_blake3 {
        Some(expected) if net.is_none() && own.is_file() => {
            same_hash(&own, expected)?;
            Some(own)
        }
        _ => None,
    };
    graph_of_trace(&trace, net.or(own.as_deref()))
}

fn graph_of_trace(trace: &Path, net: Option<&Path>) -> Result<CausalGraph, CommandError> {
    let mut graph = TraceGraph::default();
    for row in read_rows(open(trace)?).map_err(|error| unreadable(trace, &error))? {
        let (line, row) = row.map_err(|error| unreadable(trace, &error))?;
        graph.add_row(line, &row).map_err(|error| too_large(trace, error))?;
    }
    if let Some(net) = net {
        for row in read_copies(open(net)?).map_err(|error| unreadable(net, &error))? {
            let (_, copy) = row.map_err(|error| unreadable(net, &error))?;
            graph.add_copy(&copy).map_err(|error| too_large(net, error))?;
        }
    }
    Ok(graph.finish())
}

fn of_nodes(
    folder: &Path,
    manifest: &Manifest,
    experiment: GlomersExperiment,
) -> Result<NodeResult, CommandError> {
    let Named { history, nodes } = history::stored(folder, manifest, &experiment)?;
    let net = folder.join("net.csv");
    let Some(expected) = manifest.net_blake3.as_ref().filter(|_| net.is_file()) else {
        return Err(CommandError::Data(lacks(folder, "net.csv")));
    };
    same_hash(&net, expected)?;
    let names = experiment.parameters.names.clone();
    let mut graph = NetGraph::new(&names);
    for row in read_net(open(&net)?).map_err(|error| unreadable(&net, &error))? {
        let (_, copy) = row.map_err(|error| unreadable(&net, &error))?;
        graph.add_copy(&copy).map_err(|error| too_large(&net, error))?;
    }
    let graph = graph.finish(&history);
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

fn unreadable(path: &Path, error: &ReadError) -> CommandError {
    CommandError::Data(format!("{}: {error}", path.display()))
}

fn too_large(path: &Path, error: TooLarge) -> CommandError {
    let hint = "repeat the run with a shorter --duration";
    CommandError::Data(format!("{}: {error}\n  hint: {hint}", path.display()))
}
