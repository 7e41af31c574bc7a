//! The page of two runs: both in each chart, and the first event in which they differ.

use std::path::Path;

use super::super::CommandError;
use super::super::check::history::is_history;
use super::super::check::{of_folder, read_manifest};
use super::machines::{self, Machines};
use super::nodes::{self, Nodes};
use super::parts;
use crate::causal::EventId;
use crate::config::Experiment;
use crate::diff::{EventDifference, EventSeen, Side, differing_settings, first_event};
use crate::page::{
    Badge, Block, Difference, Family, Page, PageFinding, PageKind, PageRun, Section, Table,
};
use crate::store::{MANIFEST_MAX, read_regular_text};

/// One of the two runs.
enum Half {
    Machines(Box<Machines>),
    Nodes(Box<Nodes>),
}

/// Returns the page of two runs; `None` if it was interrupted.
pub(super) fn page(
    left: &Path,
    right: &Path,
    stop: &dyn Fn() -> bool,
) -> Result<Option<Page>, CommandError> {
    let (Some(a), Some(b)) = (half(left, stop)?, half(right, stop)?) else { return Ok(None) };
    let knows_fates = a.knows_fates() && b.knows_fates();
    let ([(a, of_a), (b, of_b)], verdicts) = both(a, b);
    if a.family != b.family {
        let (left, right) = (left.display(), right.display());
        return Err(CommandError::Usage(format!(
            "{left} and {right}: one is a run of machines and the other one of nodes"
        )));
    }
    let difference = first_event(side(&a, knows_fates), side(&b, knows_fates));
    let headlines = [of_a.as_str(), of_b.as_str()];
    let mut sections = vec![overview([&a, &b], headlines, &verdicts, difference.as_ref())];
    sections.extend(settings(left, right)?);
    let shown = if a.family == Family::Machines { &machines::DRAWN } else { &nodes::DRAWN };
    sections.extend(parts::drawn(shown));
    let difference = difference.map(|found| {
        let event =
            |seen: &Option<EventSeen>| seen.as_ref().map(|_| EventId(found.together as u32));
        let text = |seen: &Option<EventSeen>| {
            seen.as_ref().map_or("it has ended".to_owned(), |seen| seen.text.clone())
        };
        Difference {
            events: [event(&found.left), event(&found.right)],
            words: format!("A: {}; B: {}", text(&found.left), text(&found.right)),
        }
    });
    Ok(Some(Page {
        kind: PageKind::Pair,
        title: format!("{} and {}", a.title, b.title),
        subtitle: "two runs, A and B".to_owned(),
        verdict: None,
        sections,
        runs: vec![a, b],
        difference,
    }))
}

/// Verdict on a run; `None` of a bare history.
type RunVerdict = Option<(Badge, String)>;

/// Returns both runs, each with its parameters on one line; and their verdicts.
fn both(a: Half, b: Half) -> ([(PageRun, String); 2], [RunVerdict; 2]) {
    let verdicts = [a.verdict(), b.verdict()];
    ([a.run(), b.run()], verdicts)
}

impl Half {
    fn verdict(&self) -> RunVerdict {
        match self {
            Half::Machines(machines) => Some(machines.verdict()),
            Half::Nodes(nodes) => nodes.verdict.clone(),
        }
    }

    /// Whether the fate of each copy of a message is known.
    fn knows_fates(&self) -> bool {
        match self {
            Half::Machines(machines) => machines.has_journal,
            Half::Nodes(_) => true,
        }
    }

    /// Returns the run and its parameters on one line.
    fn run(self) -> (PageRun, String) {
        match self {
            Half::Machines(machines) => (machines.run, machines.headline),
            Half::Nodes(nodes) => (nodes.run, nodes.headline),
        }
    }
}

fn half(path: &Path, stop: &dyn Fn() -> bool) -> Result<Option<Half>, CommandError> {
    let of_machines = |machines: Machines| Half::Machines(Box::new(machines));
    if !path.is_dir() {
        return match is_history(path) {
            true => Ok(Some(Half::Nodes(Box::new(nodes::read_history(path)?)))),
            false => Ok(machines::read_file(path, stop)?.map(of_machines)),
        };
    }
    let manifest = read_manifest(path)?;
    match of_folder(path, &manifest)? {
        Experiment::Scale(experiment) => {
            Ok(machines::of_folder(path, &manifest, *experiment, stop)?.map(of_machines))
        }
        Experiment::Glomers(experiment) => nodes::of_folder(path, &manifest, *experiment)
            .map(|nodes| Some(Half::Nodes(Box::new(nodes)))),
    }
}

fn side(run: &PageRun, knows_fates: bool) -> Side<'_> {
    let is_nodes = run.family == Family::Nodes;
    Side { graph: &run.graph, history: is_nodes.then_some(run.history.as_slice()), knows_fates }
}

fn overview(
    [a, b]: [&PageRun; 2],
    headlines: [&str; 2],
    verdicts: &[RunVerdict; 2],
    difference: Option<&EventDifference>,
) -> Section {
    let row = |name: &str, run: &PageRun, headline: &str| {
        let events = run.graph.events().len().to_string();
        vec![name.to_owned(), run.title.clone(), headline.to_owned(), events, run.end.to_string()]
    };
    let table = Table {
        caption: "The two runs".to_owned(),
        heads: ["run", "title", "parameters", "events", "end"].map(str::to_owned).to_vec(),
        rows: vec![row("A", a, headlines[0]), row("B", b, headlines[1])],
    };
    let mut blocks = vec![Block::Table(table)];
    let mut seen = [None, None];
    match difference {
        None => blocks.push(Block::Note("All events are the same.".to_owned())),
        Some(found) => {
            let until = found.until.map_or(String::new(), |at| format!(", until {at}"));
            let together = found.together;
            let words = "beside each run: the first event that differs, and what it comes after";
            let note = match together {
                0 => format!("They differ from their first event on; {words}."),
                _ => format!("The first {together} events are the same{until}; {words}."),
            };
            blocks.push(Block::Note(note));
            seen = [("A", &found.left), ("B", &found.right)]
                .map(|(name, seen)| Some(first(name, seen)));
        }
    }
    let runs = [a, b].into_iter().zip(verdicts).zip(seen).enumerate();
    let sides = runs.map(|(place, ((run, verdict), first))| {
        let title = format!("{} · {}", ["A", "B"][place], run.title);
        let mut blocks: Vec<Block> = first.into_iter().map(Block::Text).collect();
        blocks.extend(findings(&run.findings, place, verdict.is_some()));
        Block::Side(title, verdict.clone(), blocks)
    });
    blocks.push(Block::Grid(sides.collect()));
    Section {
        id: "overview",
        heading: "The first difference, and both verdicts".to_owned(),
        lead: String::new(),
        blocks,
    }
}

/// Returns the first event of a run that differs, with what it comes after.
fn first(name: &str, seen: &Option<EventSeen>) -> String {
    match seen {
        None => format!("{name} has ended."),
        Some(seen) => {
            let past = seen.past.iter().map(|text| format!("\n  after {text}"));
            format!("{name}: {}{}", seen.text, past.collect::<String>())
        }
    }
}

/// Maximum number of findings of a run that are beside those of the other.
const FINDINGS_SHOWN: usize = 3;

/// Returns the findings of a run, the first few of them unfolded.
fn findings(all: &[PageFinding], place: usize, is_checked: bool) -> Vec<Block> {
    if all.is_empty() {
        let words = if is_checked { "No finding." } else { "Not checked: a bare history." };
        return vec![Block::Note(words.to_owned())];
    }
    let mut blocks = vec![Block::Findings(all[..all.len().min(FINDINGS_SHOWN)].to_vec(), place)];
    if all.len() > FINDINGS_SHOWN {
        let more = all.len() - FINDINGS_SHOWN;
        blocks
            .push(Block::Note(format!("{more} more findings are on the page of this run alone.")));
    }
    blocks
}

/// Returns the settings that differ, if both runs have a config.
fn settings(left: &Path, right: &Path) -> Result<Option<Section>, CommandError> {
    if !left.is_dir() || !right.is_dir() {
        return Ok(None);
    }
    let text = |folder: &Path| {
        let path = folder.join("config.toml");
        let cannot = |error| CommandError::Data(format!("{}: {error}", path.display()));
        read_regular_text(&path, MANIFEST_MAX).map_err(cannot)
    };
    let settings = differing_settings(&text(left)?, &text(right)?);
    let none = || "none".to_owned();
    let rows: Vec<Vec<String>> = settings
        .into_iter()
        .map(|found| {
            vec![found.key, found.left.unwrap_or_else(none), found.right.unwrap_or_else(none)]
        })
        .collect();
    let table = Table {
        caption: "Settings that differ".to_owned(),
        heads: ["key", "A", "B"].map(str::to_owned).to_vec(),
        rows,
    };
    let is_empty = table.rows.is_empty();
    Ok((!is_empty).then(|| Section {
        id: "settings",
        heading: "Settings".to_owned(),
        lead: String::new(),
        blocks: vec![Block::Table(table)],
    }))
}
