//! The page of a run of nodes: a results folder of `sim run` or `sim test`, or a bare history.

use std::path::Path;

use serde_json::Value;

use super::super::check::history;
use super::super::plot::messages::faults;
use super::super::plot::stored_json::stored_json;
use super::super::why::load::{NodeResult, of_nodes};
use super::super::why::{Failure, of_finding, steps};
use super::super::{CommandError, glomers_table};
use super::machines::{config, drawn, faults as table_of_faults};
use super::numbers::{self, Column};
use crate::causal::CausalGraph;
use crate::check::{Finding, HistoryVerdict};
use crate::config::GlomersExperiment;
use crate::engine::time::Instant;
use crate::page::{Badge, Block, Family, Page, PageFinding, PageKind, PageRun, Section, Table};
use crate::store::read_regular_text;
use crate::trace::Manifest;
use crate::why::NodeRun;

/// A run of nodes, as its page needs it.
pub(super) struct Nodes {
    pub(super) run: PageRun,
    /// The parameters on one line.
    pub(super) headline: String,
    verdict: Option<(Badge, String)>,
    /// The stored results; null of a bare history.
    results: Value,
    drawings: Vec<Vec<String>>,
    /// The resolved config, and the command that repeats the run if it can be repeated.
    config: Option<(String, String)>,
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
    let text = read_regular_text(&folder.join("config.toml"), crate::store::TEXT_MAX);
    let hashes = [
        ("history.jsonl", &manifest.history_blake3),
        ("net.csv", &manifest.net_blake3),
        ("results.json", &manifest.results_blake3),
    ];
    let hashes = hashes
        .into_iter()
        .filter_map(|(name, hash)| Some((format!("BLAKE3 of {name}"), hash.as_ref()?.clone())));
    let fingerprint = ("fingerprint".to_owned(), manifest.fingerprint.clone());
    let again = match manifest.replayable {
        true => glomers_table::replay(folder),
        false => "a hosted run cannot be repeated exactly".to_owned(),
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
        config: text.ok().map(|text| (text, again)),
        logs: logs(&folder.join("node-logs")),
        hashes: std::iter::once(fingerprint).chain(hashes).collect(),
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
        config: None,
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
    let page_finding = |(number, finding): (usize, &Finding)| {
        let mut shown = PageFinding {
            rule: finding.rule.name().to_owned(),
            message: finding.message.clone(),
            entries: finding.ops.clone(),
            ..PageFinding::default()
        };
        if number >= EXPLAINED_MAX {
            return Ok(shown);
        }
        match of_finding(result, finding) {
            Ok(explanation) => {
                shown.why = steps(&explanation);
                shown.messages = explanation.steps.iter().filter_map(|step| step.message).collect();
                shown.messages.sort_unstable();
                shown.messages.dedup();
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

/// The operations of a kind.
const OPERATIONS: [Column; 9] = [
    ("operation", &["f"]),
    ("begun", &["count"]),
    ("ok", &["ok-count"]),
    ("failed", &["fail-count"]),
    ("unknown", &["info-count"]),
    ("p50 ms", &["latency", "p50"]),
    ("p95 ms", &["latency", "p95"]),
    ("p99 ms", &["latency", "p99"]),
    ("max ms", &["latency", "max"]),
];

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

    fn sections(&self) -> Vec<Section> {
        let mut sections = vec![self.overview()];
        sections.extend(self.findings());
        sections.extend(drawn(&DRAWN));
        sections.extend(self.operations());
        sections.extend(table_of_faults(&self.run.faults));
        if !self.logs.is_empty() {
            let log = |(name, text): &(String, String)| {
                Block::Details(name.clone(), vec![Block::Text(text.clone())])
            };
            sections.push(Section {
                id: "logs",
                heading: "Logs".to_owned(),
                lead: "The ends of what nodes and services wrote.".to_owned(),
                blocks: self.logs.iter().map(log).collect(),
            });
        }
        sections.extend(self.config.as_ref().map(|(text, command)| config(text, command)));
        sections
    }

    fn overview(&self) -> Section {
        let results = &self.results;
        let number = |value: &Value| numbers::cell(value);
        let mut facts = vec![("end".to_owned(), self.run.end.to_string())];
        if results.is_object() {
            let stats = &results["stats"];
            facts.push((
                "operations".to_owned(),
                format!(
                    "{}: {} ok, {} failed, {} unknown",
                    number(&stats["count"]),
                    number(&stats["ok-count"]),
                    number(&stats["fail-count"]),
                    number(&stats["info-count"])
                ),
            ));
            let servers = &results["net"]["servers"];
            facts.push((
                "messages".to_owned(),
                format!(
                    "{} between nodes and services, {} per operation; {} of clients",
                    number(&servers["msg-count"]),
                    number(&servers["msgs-per-op"]),
                    number(&results["net"]["clients"]["msg-count"])
                ),
            ));
            let gone = &results["lost-by-network"];
            facts.push((
                "of these".to_owned(),
                format!(
                    "{} lost, {} cut off, {} sent to crashed nodes, {} duplicates",
                    number(&gone["lost"]),
                    number(&gone["cut"]),
                    number(&gone["crashed"]),
                    number(&gone["duplicates"])
                ),
            ));
            let stable = &results["stable-latency-ms"];
            if stable["p50"].is_number() {
                facts.push((
                    "until stable".to_owned(),
                    format!(
                        "{} ms in the median; p95 {}, p99 {}, largest {}",
                        number(&stable["p50"]),
                        number(&stable["p95"]),
                        number(&stable["p99"]),
                        number(&stable["max"])
                    ),
                ));
            }
        }
        let hashes = Block::Facts(self.hashes.clone());
        let mut blocks = vec![Block::Facts(facts)];
        if let Some(targets) = results["targets"].as_array().filter(|list| !list.is_empty()) {
            let row = |target: &Value| {
                vec![number(&target["target"]), number(&target["figure"]), met(target)]
            };
            blocks.push(Block::Table(Table {
                caption: "Targets".to_owned(),
                heads: ["target", "figure", "outcome"].map(str::to_owned).to_vec(),
                rows: targets.iter().map(row).collect(),
            }));
        }
        if !self.hashes.is_empty() {
            blocks.push(Block::Details("Hashes of its files".to_owned(), vec![hashes]));
        }
        for hint in results["hints"].as_array().into_iter().flatten() {
            blocks.push(Block::Note(format!("Hint: {}", number(hint))));
        }
        Section { id: "overview", heading: "Overview".to_owned(), blocks, ..Section::default() }
    }

    /// Returns the violations: those in the history, and all other reasons of the verdict.
    fn findings(&self) -> Option<Section> {
        let mut blocks = Vec::new();
        if !self.run.findings.is_empty() {
            blocks.push(Block::Findings(self.run.findings.clone()));
        }
        if !self.drawings.is_empty() {
            let texts = self.drawings.iter().map(|lines| Block::Text(lines.join("\n"))).collect();
            blocks.push(Block::Details("The smallest histories that are wrong".to_owned(), texts));
        }
        let reasons = self.results["strict"]["reasons"].as_array().into_iter().flatten();
        let rows: Vec<Vec<String>> = reasons
            .map(|reason| vec![numbers::cell(&reason["rule"]), numbers::cell(&reason["witness"])])
            .collect();
        if !rows.is_empty() {
            blocks.push(Block::Details(
                "All reasons of the verdict".to_owned(),
                vec![Block::Table(Table {
                    caption: "Reasons of the verdict".to_owned(),
                    heads: ["rule", "witness"].map(str::to_owned).to_vec(),
                    rows,
                })],
            ));
        }
        (!blocks.is_empty()).then(|| Section {
            id: "findings",
            heading: "Findings".to_owned(),
            lead: "Each violation, with the operations and messages that show it.".to_owned(),
            blocks,
        })
    }

    fn operations(&self) -> Option<Section> {
        let by_f = self.results["stats"]["by-f"].as_object()?;
        let row = |(f, counts): (&String, &Value)| {
            let mut row = counts.clone();
            row["f"] = Value::String(f.clone());
            row["latency"] = self.results["op-latency-ms"][f].clone();
            row
        };
        let rows: Vec<Value> = by_f.iter().map(row).collect();
        let table = numbers::table("Operations by kind", &OPERATIONS, &rows);
        let kinds = numbers::flat("Messages by kind", &self.results["messages-by-kind"]);
        let workload = numbers::flat("Results of the workload", &self.results["workload"]);
        let all = vec![Block::Table(kinds), Block::Table(workload)];
        Some(Section {
            id: "operations",
            heading: "Operations and messages".to_owned(),
            lead: String::new(),
            blocks: vec![
                Block::Table(table),
                Block::Details("Messages by kind, and all results".to_owned(), all),
            ],
        })
    }
}

/// Returns whether a target was met, in a word.
fn met(target: &Value) -> String {
    match &target["met?"] {
        Value::Bool(true) => "met",
        Value::Bool(false) => "missed",
        _ => "open",
    }
    .to_owned()
}

/// The sections of a run of nodes that scripts draw.
pub(super) const DRAWN: [(&str, &str, &str); 5] = [
    (
        "diagram",
        "Space-time diagram",
        "A lane for each node, service and client, an arrow for each message; crossed out where it \
         never arrived. Choose an event to see what it could know and influence.",
    ),
    ("timeline", "Operations of each client", "From invocation to end, in a row for each client."),
    ("latency", "Latency", "Each operation by its end, with faults shaded."),
    ("quantiles", "Latency over time", "Quantiles of the latency of each kind of operation."),
    ("rate", "Operations per second", "By kind and outcome."),
];
