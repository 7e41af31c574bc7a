//! The page of a run of machines: a results folder, or a bare trace of any program.

use std::path::Path;

use serde_json::Value;

use super::super::check::{check_trace, facts_of};
use super::super::plot::stored_json::stored_json;
use super::super::plot::trace::{Context, stored};
use super::super::{CommandError, graphs, table, why};
use super::numbers::{self, Column};
use super::parts::{self, Drawn};
use super::sampled::{self, Loaded};
use crate::causal::{CausalGraph, EventId};
use crate::check::{RunFacts, Verdict};
use crate::config::ScaleExperiment;
use crate::engine::time::Instant;
use crate::page::{Badge, Block, Family, Page, PageFinding, PageKind, PageRun, Section, Table};
use crate::report::LaneFault;
use crate::scale_model::{MachineMeasures, RunMeasures};
use crate::trace::Manifest;
use crate::why::explain_row;

/// A run of machines, as its page needs it.
pub(super) struct Machines {
    pub(super) run: PageRun,
    /// The parameters on one line.
    pub(super) headline: String,
    verdict: Verdict,
    /// The measures; null of a bare trace.
    summary: Value,
    /// The section with the config and the command that repeats the run.
    again: Option<Section>,
    hashes: Vec<(String, String)>,
    /// Whether it has a journal, which knows the fate of each copy of a message.
    pub(super) has_journal: bool,
}

/// Reads a results folder; `None` if it was interrupted.
pub(super) fn of_folder(
    folder: &Path,
    manifest: &Manifest,
    experiment: ScaleExperiment,
    stop: &dyn Fn() -> bool,
) -> Result<Option<Machines>, CommandError> {
    let trace = stored(folder, manifest)?;
    let journal = graphs::journal(folder, manifest)?;
    let facts = facts_of(&experiment, manifest.end == "duration", journal.is_some())?;
    let headline = table::headline(&experiment);
    let experiment = crate::config::Experiment::Scale(Box::new(experiment));
    let context = Context::of(folder, manifest, &experiment)?.unwrap_or_default();
    let summary = stored_json(folder, "summary.json", manifest.summary_blake3.as_ref())?;
    let summary = summary.unwrap_or_default();
    let Some(loaded) = sampled::read(&trace, journal.as_deref(), stop)? else { return Ok(None) };
    let covered = summary["run"]["covered_s"].as_f64();
    let end = covered.map(|seconds| Instant::from_ns((seconds * 1e9).round() as u64));
    let checked = check_trace(&trace, journal.as_deref(), facts, stop)?;
    let Some((verdict, _)) = checked else { return Ok(None) };
    Ok(Some(Machines {
        run: page_run(manifest.title(), loaded, end, context.partitions, &verdict),
        headline,
        verdict,
        summary,
        again: parts::again(folder, "sim run", "config.toml", manifest.replayable),
        hashes: parts::hashes_of(manifest),
        has_journal: journal.is_some(),
    }))
}

/// Returns the page of a bare trace; `None` if it was interrupted.
pub(super) fn of_file(path: &Path, stop: &dyn Fn() -> bool) -> Result<Option<Page>, CommandError> {
    Ok(read_file(path, stop)?.map(Machines::page))
}

/// Reads a bare trace; `None` if it was interrupted.
pub(super) fn read_file(
    path: &Path,
    stop: &dyn Fn() -> bool,
) -> Result<Option<Machines>, CommandError> {
    let Some(loaded) = sampled::read(path, None, stop)? else { return Ok(None) };
    let checked = check_trace(path, None, RunFacts::default(), stop)?;
    let Some((verdict, _)) = checked else { return Ok(None) };
    let title = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Ok(Some(Machines {
        run: page_run(title, loaded, None, Vec::new(), &verdict),
        headline: "a trace of any program".to_owned(),
        verdict,
        summary: Value::Null,
        again: None,
        hashes: Vec::new(),
        has_journal: false,
    }))
}

fn page_run(
    title: String,
    loaded: Loaded,
    end: Option<Instant>,
    faults: Vec<LaneFault>,
    verdict: &Verdict,
) -> PageRun {
    let Loaded { graph, sampled, last } = loaded;
    let findings = findings(&graph, verdict);
    let end = end.unwrap_or(last).max(last);
    let (history, bodies) = (Vec::new(), None);
    let family = Family::Machines;
    PageRun { title, family, end, graph, history, bodies, faults, findings, sampled }
}

/// Returns the violations with their explanations.
fn findings(graph: &CausalGraph, verdict: &Verdict) -> Vec<PageFinding> {
    let finding = |violation: &crate::check::Violation| {
        let event = violation.line.and_then(|line| {
            let place = graph.events().iter().position(|event| event.line == Some(line))?;
            Some(EventId(place as u32))
        });
        let explained = violation.line.and_then(|line| explain_row(graph, line).ok());
        PageFinding {
            rule: violation.rule.to_string(),
            message: match violation.line {
                Some(line) => format!("row {line}: {}", violation.message),
                None => violation.message.clone(),
            },
            event,
            why: explained.as_ref().map(why::steps).unwrap_or_default(),
            witness: explained.map(|explained| explained.diagram).unwrap_or_default(),
            ..PageFinding::default()
        }
    };
    verdict.violations.iter().map(finding).collect()
}

/// Measures beside their predictions.
const MEASURES: [Column; 17] = [
    ("machine", &["machine"]),
    ("rate/s", &["rate_per_s"]),
    ("events", &["events"]),
    ("clock", &["clock_final"]),
    ("clock/s", &["clock_rate_per_s"]),
    ("theory", &["predicted", "clock_rate_per_s"]),
    ("mean jump", &["jump_mean"]),
    ("theory", &["predicted", "jump_mean"]),
    ("largest jump", &["jump_max"]),
    ("arrivals/s", &["arrival_rate_per_s"]),
    ("theory", &["predicted", "arrival_rate_per_s"]),
    ("mean queue", &["queue_mean_time"]),
    ("largest queue", &["queue_max"]),
    ("queue at the end", &["queue_final"]),
    ("growth/s", &["queue_growth_per_s"]),
    ("theory", &["predicted", "queue_growth_per_s"]),
    ("stability", &["predicted", "stability"]),
];

/// Maximum number of machines in a table.
const MACHINES_MAX: usize = 200;

impl Machines {
    pub(super) fn page(self) -> Page {
        let sections = self.sections();
        let verdict = Some(self.verdict());
        Page {
            kind: PageKind::Run,
            title: self.run.title.clone(),
            subtitle: self.headline,
            verdict,
            sections,
            runs: vec![self.run],
            difference: None,
        }
    }

    pub(super) fn verdict(&self) -> (Badge, String) {
        let checked = self.verdict.checked.len();
        let rows = self.verdict.rows;
        match self.verdict.violation_count {
            _ if rows == 0 => (Badge::Undetermined, "the trace has no events".to_owned()),
            0 => {
                let what = format!("{checked} of Lamport's rules hold in all {rows} events");
                (Badge::Valid, what)
            }
            count => {
                let plural = |count| if count == 1 { "" } else { "s" };
                let (of_violations, of_events) = (plural(count), plural(rows));
                let what = format!(
                    "{count} violation{of_violations} of Lamport's rules in {rows} event{of_events}"
                );
                (Badge::Invalid, what)
            }
        }
    }

    fn sections(&self) -> Vec<Section> {
        let mut sections = vec![self.overview()];
        if !self.run.findings.is_empty() {
            sections.push(Section {
                id: "findings",
                heading: "Findings".to_owned(),
                lead: "The first violations, each with the events behind it.".to_owned(),
                blocks: vec![Block::Findings(self.run.findings.clone(), 0)],
            });
        }
        sections.extend(parts::drawn(&DRAWN));
        sections.extend(self.measures());
        sections.extend(parts::faults(&self.run.faults));
        sections.extend(self.again.clone());
        sections
    }

    fn overview(&self) -> Section {
        let run = &self.summary["run"];
        let mut facts = vec![("end".to_owned(), self.run.end.to_string())];
        let number = |name: &str| numbers::cell(&run[name]);
        if run.is_object() {
            facts.extend([
                ("machines".to_owned(), number("machines")),
                ("events".to_owned(), number("events")),
                (
                    "of these".to_owned(),
                    format!(
                        "{} sends, {} receives, {} internal",
                        number("events_send"),
                        number("events_receive"),
                        number("events_internal")
                    ),
                ),
                (
                    "copies of messages".to_owned(),
                    format!(
                        "{} sent, {} received, {} waiting, {} in flight, {} lost, {} cut off",
                        number("copies_sent"),
                        number("copies_received"),
                        number("copies_queued"),
                        number("copies_in_flight"),
                        number("copies_lost"),
                        number("copies_cut")
                    ),
                ),
                (
                    "drift of clocks".to_owned(),
                    format!(
                        "{} at the end; over time mean {}, largest {}",
                        number("drift_final"),
                        number("drift_mean"),
                        number("drift_max")
                    ),
                ),
            ]);
        } else {
            facts.push(("machines".to_owned(), self.run.graph.lanes().len().to_string()));
            facts.push(("events".to_owned(), self.verdict.rows.to_string()));
        }
        let rules = Block::Details(
            "The rules that were checked".to_owned(),
            vec![Block::Text(self.verdict.to_string().trim_end().to_owned())],
        );
        let sampled = self.run.sampled.as_ref().map(|sampled| Block::Note(sampled.words.clone()));
        let blocks = sampled
            .into_iter()
            .chain([Block::Facts(facts), rules])
            .chain(parts::hashes(&self.hashes));
        let blocks = blocks.collect();
        Section { id: "overview", heading: "Overview".to_owned(), blocks, ..Section::default() }
    }

    fn measures(&self) -> Option<Section> {
        let machines = self.summary["machines"].as_array()?;
        let shown = &machines[..machines.len().min(MACHINES_MAX)];
        let caption = "Measures of each machine, beside what theory predicts in the long run";
        let mut blocks = vec![Block::Table(numbers::table(caption, &MEASURES, shown))];
        if machines.len() > shown.len() {
            let more = machines.len() - shown.len();
            blocks.push(Block::Note(format!("{more} more machines are in summary.json.")));
        }
        if let Some(reason) = self.summary["run"]["no_prediction"].as_str() {
            blocks.push(Block::Note(format!("No prediction: {reason}.")));
        }
        let all = shown.iter().take(12);
        let mut heads = vec!["measure".to_owned()];
        heads.extend(all.clone().map(|machine| format!("machine {}", machine["machine"])));
        heads.push("meaning".to_owned());
        let is_number = |name: &str| shown.iter().any(|machine| machine[name].is_number());
        let rows = MachineMeasures::DEFINITIONS
            .iter()
            .filter(|definition| is_number(definition.name))
            .map(|definition| {
                let cells = all.clone().map(|machine| numbers::cell(&machine[definition.name]));
                let name = std::iter::once(definition.name.to_owned());
                name.chain(cells).chain([definition.meaning.to_owned()]).collect()
            })
            .collect();
        let of_run = RunMeasures::DEFINITIONS
            .iter()
            .filter(|definition| self.summary["run"][definition.name].is_number())
            .map(|definition| {
                let value = numbers::cell(&self.summary["run"][definition.name]);
                vec![definition.name.to_owned(), value, definition.meaning.to_owned()]
            })
            .collect();
        let tables = vec![
            Block::Table(Table { caption: "All measures of machines".to_owned(), heads, rows }),
            Block::Table(Table {
                caption: "All measures of the run".to_owned(),
                heads: ["measure", "value", "meaning"].map(str::to_owned).to_vec(),
                rows: of_run,
            }),
        ];
        blocks.push(Block::Details("All measures".to_owned(), tables));
        Some(Section {
            id: "measures",
            heading: "Measures and theory".to_owned(),
            lead: String::new(),
            blocks,
        })
    }
}

/// The sections of a run of machines that scripts draw.
pub(super) const DRAWN: [Drawn; 5] = [
    (
        "diagram",
        "Space-time diagram",
        "A lane for each machine, a mark for each event, an arrow for each message. Choose an \
         event to see why its clock is what it is, and what it could know and influence.",
    ),
    (
        "clocks",
        "Logical clocks",
        "The Lamport clock of each machine over virtual time. Drag over a part to enlarge it in \
         all charts.",
    ),
    ("queues", "Queues", "The number of messages that wait at each machine."),
    ("drift", "Drift", "The largest minus the smallest clock."),
    ("jumps", "Jumps", "By how much clocks advance from one event to the next."),
];
