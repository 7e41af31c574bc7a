//! `sim plot --kind messages`: the space-time diagram of a run or a trace.

use std::collections::BTreeMap;
use std::io::BufRead;
use std::path::Path;

use super::super::CommandError;
use super::super::check::{history, open};
use super::super::graphs;
use super::super::hashes::same_hash;
use super::super::options::instant;
use super::PlotArgs;
use super::fault_words::fault_words;
use super::trace::Context;
use crate::causal::{CausalGraph, EventId};
use crate::config::{Experiment, GlomersExperiment};
use crate::engine::time::{Duration, Instant};
use crate::history::{F, History, Op, OpValue};
use crate::report::{Diagram, DiagramRequest, DiagramSource, LaneFault, draw_messages};
use crate::trace::{Manifest, split_body};

/// A run, read for its diagram.
struct Loaded {
    graph: CausalGraph,
    history: History,
    bodies: BTreeMap<u64, String>,
    faults: Vec<LaneFault>,
    title: String,
    caption: Vec<String>,
}

/// Draws the diagram of a bare trace; returns `None` if it was interrupted.
pub(super) fn of_file(
    arguments: &PlotArgs,
    path: &Path,
    name: &str,
    stop: &dyn Fn() -> bool,
) -> Result<Option<Diagram>, CommandError> {
    let Some(graph) = graphs::of_trace(path, None, stop)? else { return Ok(None) };
    let loaded = Loaded {
        graph,
        history: History::default(),
        bodies: BTreeMap::new(),
        faults: Vec::new(),
        title: name.to_owned(),
        caption: Vec::new(),
    };
    draw(arguments, path, &loaded).map(Some)
}

/// Draws the diagram of a results folder; returns `None` if it was interrupted.
pub(super) fn of_folder(
    arguments: &PlotArgs,
    folder: &Path,
    manifest: &Manifest,
    experiment: &Experiment,
    stop: &dyn Fn() -> bool,
) -> Result<Option<Diagram>, CommandError> {
    let loaded = match experiment {
        Experiment::Scale(_) => of_machines(folder, manifest, experiment, stop)?,
        Experiment::Glomers(experiment) => Some(of_nodes(folder, manifest, experiment)?),
    };
    loaded.map(|loaded| draw(arguments, folder, &loaded)).transpose()
}

fn of_machines(
    folder: &Path,
    manifest: &Manifest,
    experiment: &Experiment,
    stop: &dyn Fn() -> bool,
) -> Result<Option<Loaded>, CommandError> {
    let trace = super::trace::stored(folder, manifest)?;
    let journal = graphs::journal(folder, manifest)?;
    let graph = graphs::of_trace(&trace, journal.as_deref(), stop)?;
    let Some(graph) = graph else { return Ok(None) };
    let context = Context::of(folder, manifest, experiment)?.unwrap_or_default();
    Ok(Some(Loaded {
        graph,
        history: History::default(),
        bodies: BTreeMap::new(),
        faults: context.partitions,
        title: manifest.title(),
        caption: context.caption,
    }))
}

fn of_nodes(
    folder: &Path,
    manifest: &Manifest,
    experiment: &GlomersExperiment,
) -> Result<Loaded, CommandError> {
    let Some(journal) = graphs::journal(folder, manifest)? else {
        let shown = folder.display();
        let hint = "run it again with --net";
        return Err(CommandError::Data(format!("{shown}: this run wrote no net.csv here; {hint}")));
    };
    let history = match manifest.history_blake3 {
        Some(_) => history::stored(folder, manifest, experiment)?.history,
        None => History::default(),
    };
    let mut caption = super::history::caption(manifest, experiment);
    caption.extend(super::history::verdict_words(folder, manifest)?);
    Ok(Loaded {
        graph: graphs::of_nodes(&journal, &experiment.parameters.names, &history)?,
        faults: faults(&history),
        history,
        bodies: bodies(folder, manifest)?,
        title: manifest.title(),
        caption,
    })
}

/// Reads what messages said, if the run kept it.
fn bodies(folder: &Path, manifest: &Manifest) -> Result<BTreeMap<u64, String>, CommandError> {
    let path = folder.join("bodies.jsonl");
    let Some(expected) = manifest.bodies_blake3.as_ref().filter(|_| path.is_file()) else {
        return Ok(BTreeMap::new());
    };
    same_hash(&path, expected)?;
    let mut bodies = BTreeMap::new();
    for (number, line) in (1_u64..).zip(std::io::BufReader::new(open(&path)?).lines()) {
        let line = line.map_err(|error| {
            CommandError::Data(format!("{}: line {number}: {error}", path.display()))
        })?;
        let Some((message, body)) = split_body(&line) else {
            let expected = "expected a message and its body";
            return Err(CommandError::Data(format!(
                "{}: line {number}: {expected}",
                path.display()
            )));
        };
        bodies.insert(message, body.to_owned());
    }
    Ok(bodies)
}

/// Returns the faults that the nemesis names in a history, each from its start to its stop.
pub(in crate::cli) fn faults(history: &[Op]) -> Vec<LaneFault> {
    let mut faults: Vec<LaneFault> = Vec::new();
    // Those without an end yet: their places.
    let mut open: Vec<usize> = Vec::new();
    let end = history.last().map_or(Instant::ZERO, |op| op.time);
    for op in history {
        let (F::Nemesis(name), OpValue::Json(value)) = (&op.f, &op.value) else { continue };
        let (verb, kind) = name.split_once('-').unwrap_or((name, ""));
        let lanes: Vec<String> = match (&value["nodes"], &value["rates"]) {
            (serde_json::Value::Array(nodes), _) => {
                nodes.iter().filter_map(|node| node.as_str().map(str::to_owned)).collect()
            }
            (_, serde_json::Value::Object(rates)) => rates.keys().cloned().collect(),
            _ => Vec::new(),
        };
        // The request for a partition says its shape only; its completion says more.
        if verb == "start" && !value.is_string() {
            open.push(faults.len());
            let (kind, note) = (kind.to_owned(), fault_words(value));
            faults.push(LaneFault { kind, from: op.time, until: end, lanes, note });
        } else if verb == "stop" {
            let ends = |place: &usize| faults[*place].kind == kind && faults[*place].lanes == lanes;
            if let Some(found) = open.iter().position(ends) {
                faults[open.remove(found)].until = op.time;
            }
        }
    }
    faults
}

fn draw(arguments: &PlotArgs, path: &Path, loaded: &Loaded) -> Result<Diagram, CommandError> {
    let causal = arguments.causal.as_deref();
    let request = DiagramRequest {
        from: instant("--from", arguments.from.as_deref())?,
        until: instant("--to", arguments.to.as_deref())?,
        lanes: arguments.lanes.clone(),
        causal: causal.map(|text| event(&loaded.graph, text)).transpose()?,
    };
    let source = DiagramSource {
        graph: &loaded.graph,
        history: &loaded.history,
        bodies: &loaded.bodies,
        faults: &loaded.faults,
    };
    let drawn = draw_messages(&source, &request, &loaded.title);
    drawn.map(|diagram| diagram.with_caption(loaded.caption.clone())).map_err(|reason| match loaded
        .graph
        .events()
        .is_empty()
    {
        true => CommandError::Data(format!("{}: {reason}", path.display())),
        false => CommandError::Usage(reason),
    })
}

/// Finds an event by its lane and its time: the last one at or before it.
fn event(graph: &CausalGraph, text: &str) -> Result<EventId, CommandError> {
    let usage = |what: String| CommandError::Usage(format!("--causal {text}: {what}"));
    let Some((lane, at)) = text.rsplit_once('@') else {
        return Err(usage("expected LANE@TIME, such as 2@38.5s or n1@3s".to_owned()));
    };
    let time: Duration = at.parse().map_err(|error| usage(format!("{error}")))?;
    let Some(lane) = graph.lane(lane) else {
        let known: Vec<&str> = graph.lanes().iter().take(20).map(|lane| &*lane.name).collect();
        let more = if graph.lanes().len() > known.len() { ", …" } else { "" };
        return Err(usage(format!(
            "there is no lane `{lane}`; there are {}{more}",
            known.join(", ")
        )));
    };
    graph
        .event_at(lane, Instant::from_ns(time.as_ns()))
        .ok_or_else(|| usage(format!("there is no event of this lane at or before {time}")))
}
