//! The sections of the page of a run of nodes.

use std::collections::BTreeMap;

use serde_json::Value;

use super::super::numbers::{self, Column};
use super::super::parts::{self, Drawn};
use super::Nodes;
use crate::history::{EntryKind, Op, Process};
use crate::page::{Block, Section, Table};

/// The operations of a kind.
const OPERATIONS: [Column; 10] = [
    ("operation", &["f"]),
    ("begun", &["count"]),
    ("ok", &["ok-count"]),
    ("failed", &["fail-count"]),
    ("unknown", &["info-count"]),
    ("open", &["open"]),
    ("p50 ms", &["latency", "p50"]),
    ("p95 ms", &["latency", "p95"]),
    ("p99 ms", &["latency", "p99"]),
    ("max ms", &["latency", "max"]),
];

impl Nodes {
    /// Returns all sections.
    pub(super) fn sections(&self) -> Vec<Section> {
        let mut sections = vec![self.overview()];
        sections.extend(self.findings());
        sections.extend(parts::drawn(&DRAWN));
        sections.extend(self.operations());
        sections.extend(parts::faults(&self.run.faults));
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
        sections.extend(self.again.clone());
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
        facts.extend(
            open_words(&self.run.history).map(|words| ("never completed".to_owned(), words)),
        );
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
        blocks.extend(parts::hashes(&self.hashes));
        for hint in results["hints"].as_array().into_iter().flatten() {
            blocks.push(Block::Note(format!("Hint: {}", number(hint))));
        }
        Section { id: "overview", heading: "Overview".to_owned(), blocks, ..Section::default() }
    }

    /// Returns the violations: those in the history, and all other reasons of the verdict.
    fn findings(&self) -> Option<Section> {
        let mut blocks = Vec::new();
        if !self.run.findings.is_empty() {
            blocks.push(Block::Findings(self.run.findings.clone(), 0));
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
            let open = open(&self.run.history).filter(|op| op.f.name() == f).count();
            row["open"] = Value::from(open);
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

/// Returns the invocations without a completion, in their order.
fn open(history: &[Op]) -> impl Iterator<Item = &Op> {
    let mut pending: BTreeMap<Process, &Op> = BTreeMap::new();
    for op in history.iter().filter(|op| op.process != Process::Nemesis) {
        match op.kind {
            EntryKind::Invoke => pending.insert(op.process, op),
            _ => pending.remove(&op.process),
        };
    }
    let mut open: Vec<&Op> = pending.into_values().collect();
    open.sort_by_key(|op| op.time);
    open.into_iter()
}

/// Maximum number of operations without a completion that are named.
const OPEN_NAMED: usize = 6;

/// Says which operations never completed; `None` if all did.
fn open_words(history: &[Op]) -> Option<String> {
    let all: Vec<&Op> = open(history).collect();
    let named = all.iter().take(OPEN_NAMED).map(|op| {
        let value = op.value.to_json();
        let value = if value.is_null() { String::new() } else { format!(" {value}") };
        format!("{}{value} of {} since {}", op.f.name(), op.process, op.time)
    });
    let mut named: Vec<String> = named.collect();
    let more = all.len().saturating_sub(OPEN_NAMED);
    named.extend((more > 0).then(|| format!("{more} more")));
    (!all.is_empty()).then(|| format!("{}: {}", all.len(), named.join(", ")))
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
pub(in super::super) const DRAWN: [Drawn; 5] = [
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
