//! The page of a run of nodes: a results folder of `sim run` or `sim test`, or a bare history.

mod sections;

pub(super) use sections::DRAWN;

use std::path::Path;

use serde_json::Value;

use super::super::check::history;
use super::super::plot::messages::faults;
use super::super::plot::stored_json::stored_json;
use super::super::why::load::{NodeResult, of_nodes};
use super::super::why::{Failure, of_finding, steps};
use super::super::{CommandError, glomers_table};
use super::parts;
use super::remedy::remedy;
use crate::causal::{CausalFate, CausalGraph, MessageCopy};
use crate::check::{Finding, HistoryVerdict};
use crate::config::GlomersExperiment;
use crate::engine::time::Instant;
use crate::page::{
    Badge, Family, Page, PageCounterexample, PageFinding, PageKind, PageRun, Section,
};
use crate::trace::Manifest;
use crate::why::NodeRun;

/// A run of nodes, as its page needs it.
pub(super) struct Nodes {
    pub(super) run: PageRun,
    /// The parameters on one line.
    pub(super) headline: String,
    pub(super) verdict: Option<(Badge, String)>,
    /// The stored results; null of a bare history.
    results: Value,
    drawings: Vec<Vec<String>>,
    /// The section with the config, and the command that repeats the run if it can be repeated.
    again: Option<Section>,
    /// The ends of the logs, each with the name of its node.
    logs: Vec<(String, String)>,
    hashes: Vec<(String, String)>,
}

/// Maximum number of findings with an explanation.
const EXPLAINED_MAX: usize = 24;

/// Reads a results folder.
pub(super) fn of_folder(
    folder: &Path,
    manifest: &Manifest,
    experiment: GlomersExperiment,
) -> Result<Nodes, CommandError> {
    let headline = glomers_table::headline(&experiment);
    let results = stored_json(folder, "results.json", manifest.results_blake3.as_ref())?;
    let results = results.unwrap_or_default();
    let result = of_nodes(folder, manifest, experiment)?;
    let checked = result.verdict();
    let findings = explained(&result, &checked, folder)?;
    let NodeRun { graph, history, bodies, .. } = result.run;
    let end = end(&graph, &history);
    let badge = match &results["valid?"] {
        Value::Bool(true) => Badge::Valid,
        Value::Bool(false) => Badge::Invalid,
        _ => Badge::Undetermined,
    };
    Ok(Nodes {
        run: PageRun {
            title: manifest.title(),
            family: Family::Nodes,
            end,
            faults: faults(&history),
            graph,
            history,
            bodies,
            findings,
            sampled: None,
        },
        headline,
        verdict: results.is_object().then(|| (badge, verdict_words(&results))),
        results,
        drawings: checked.drawings,
        again: parts::again(folder, "sim run", "config.toml", manifest.replayable),
        logs: logs(&folder.join("node-logs")),
        hashes: parts::hashes_of(manifest),
    })
}

/// Says which rules are violated how often, and what Maelstrom would say.
fn verdict_words(results: &Value) -> String {
    let counts = results["strict"]["counts"].as_object().into_iter().flatten();
    let counts: Vec<String> = counts
        .filter(|(_, count)| count.as_u64() != Some(0))
        .map(|(rule, count)| format!("{rule} {count}"))
        .collect();
    let counts = if counts.is_empty() { "no violation".to_owned() } else { counts.join(", ") };
    let parity = match &results["parity"] {
        Value::Bool(true) => "valid",
        Value::Bool(false) => "invalid",
        _ => "undetermined",
    };
    format!("{counts} (Maelstrom would say: {parity})")
}

/// Returns the page of a history without its run.
pub(super) fn of_history(path: &Path) -> Result<Page, CommandError> {
    Ok(read_history(path)?.page())
}

/// Reads a history without its run.
pub(super) fn read_history(path: &Path) -> Result<Nodes, CommandError> {
    let named = history::read(path, &[])?;
    let graph = crate::causal::NetGraph::new(&named.nodes).finish(&named.history);
    let end = end(&graph, &named.history);
    let title = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Ok(Nodes {
        run: PageRun {
            title,
            family: Family::Nodes,
            end,
            faults: faults(&named.history),
            graph,
            history: named.history,
            bodies: None,
            findings: Vec::new(),
            sampled: None,
        },
        headline: "a history of any program; `sim check --workload` gives a verdict".to_owned(),
        verdict: None,
        results: Value::Null,
        drawings: Vec::new(),
        again: None,
        logs: Vec::new(),
        hashes: Vec::new(),
    })
}

fn end(graph: &CausalGraph, history: &[crate::history::Op]) -> Instant {
    let event = graph.events().last().map(|event| event.at);
    let entry = history.last().map(|op| op.time);
    event.max(entry).unwrap_or(Instant::ZERO)
}

/// Returns the findings with their explanations.
fn explained(
    result: &NodeResult,
    verdict: &HistoryVerdict,
    folder: &Path,
) -> Result<Vec<PageFinding>, CommandError> {
    let history = &result.run.history;
    let page_finding = |(number, finding): (usize, &Finding)| {
        let mut shown = PageFinding {
            rule: finding.rule.name().to_owned(),
            message: finding.message.clone(),
            entries: finding.ops.clone(),
            counterexample: finding
                .counterexample
                .as_deref()
                .map(|example| PageCounterexample::new(example.clone(), history)),
            ..PageFinding::default()
        };
        shown.remedy = remedy(finding.rule, 0);
        if number >= EXPLAINED_MAX {
            return Ok(shown);
        }
        match of_finding(result, finding) {
            Ok(explanation) => {
                shown.why = steps(&explanation);
                shown.messages = explanation.steps.iter().filter_map(|step| step.message).collect();
                shown.messages.sort_unstable();
                shown.messages.dedup();
                shown.remedy = remedy(finding.rule, stopped(&result.run.graph, &shown.messages));
                shown.witness = explanation.diagram;
                Ok(shown)
            }
            // What was not recorded explains nothing, and the finding stands.
            Err(Failure::Why(_)) => Ok(shown),
            Err(failure) => Err(failure.named(folder)),
        }
    };
    verdict.findings.iter().enumerate().map(page_finding).collect()
}

/// Returns how many copies of messages never arrived; the messages are sorted.
fn stopped(graph: &CausalGraph, messages: &[u64]) -> usize {
    let is_one = |copy: &&MessageCopy| {
        let never = matches!(copy.fate, CausalFate::Lost | CausalFate::Cut | CausalFate::Crashed);
        never && messages.binary_search(&copy.message).is_ok()
    };
    graph.copies().iter().filter(is_one).count()
}

/// Length of the end of a log that is shown, in bytes.
const LOG_END: usize = 8_000;

/// Reads the ends of the logs of nodes and services.
fn logs(folder: &Path) -> Vec<(String, String)> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut names: Vec<String> = entries
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| name.ends_with(".log"))
        .collect();
    names.sort_by_key(|name| (name.len(), name.clone()));
    let read = |name: String| {
        let bytes = crate::store::read_regular(&folder.join(&name), 1 << 26).ok()?;
        let from = bytes.len().saturating_sub(LOG_END);
        let text = String::from_utf8_lossy(&bytes[from..]).into_owned();
        let cut = if from > 0 { "…\n" } else { "" };
        (!text.trim().is_empty()).then(|| (name, format!("{cut}{}", text.trim_end())))
    };
    names.into_iter().filter_map(read).collect()
}

impl Nodes {
    pub(super) fn page(self) -> Page {
        let sections = self.sections();
        Page {
            kind: PageKind::Run,
            title: self.run.title.clone(),
            subtitle: self.headline,
            verdict: self.verdict,
            sections,
            runs: vec![self.run],
            difference: None,
        }
    }
}
