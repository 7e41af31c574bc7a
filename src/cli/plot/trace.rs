//! `sim plot` of a trace of machines: that of a results folder, or any program's.

use std::path::{Path, PathBuf};

use super::super::check::open;
use super::super::hashes::same_hash;
use super::super::{CommandError, table};
use super::KindArg;
use super::stored_json::stored_json;
use crate::config::Experiment;
use crate::engine::time::Instant;
use crate::network::{Cut, Partition};
use crate::node::NodeId;
use crate::report::{
    Chart, FaultWindow, LaneFault, Overview, RunChart, RunEnd, RunReader, draw_run,
};
use crate::trace::{Manifest, ReadError, Row, read_rows};

/// Returns the trace of a results folder, which must have the hash in the manifest.
pub(in crate::cli) fn stored(folder: &Path, manifest: &Manifest) -> Result<PathBuf, CommandError> {
    let file = folder.join("trace.csv");
    let Some(expected) = manifest.trace_blake3.as_ref().filter(|_| file.is_file()) else {
        let (shown, hint) = (folder.display(), "run it again without --no-trace and --trace-out");
        return Err(CommandError::Data(format!("{shown}: this run wrote no trace here; {hint}")));
    };
    same_hash(&file, expected)?;
    Ok(file)
}

/// What is known about a trace besides its rows.
#[derive(Default)]
pub(in crate::cli) struct Context {
    end: RunEnd,
    /// The partitions of the config.
    pub(in crate::cli) partitions: Vec<LaneFault>,
    /// Parameters and seed.
    pub(in crate::cli) caption: Vec<String>,
}

impl Context {
    /// Reads the context of a trace in a results folder; `None` if there is none.
    pub(in crate::cli) fn of(
        folder: &Path,
        manifest: &Manifest,
        experiment: &Experiment,
    ) -> Result<Option<Context>, CommandError> {
        let Experiment::Scale(experiment) = experiment else { return Ok(None) };
        let partitions = &experiment.parameters.network.partitions;
        let fault = |partition: &Partition| LaneFault {
            kind: "partition".to_owned(),
            from: partition.at,
            until: partition.until,
            lanes: Vec::new(),
            note: cut(&partition.cut),
        };
        Ok(Some(Context {
            end: end(folder, manifest)?,
            partitions: partitions.iter().map(fault).collect(),
            caption: vec![format!("{}: {}", manifest.config.name, table::headline(experiment))],
        }))
    }
}

/// Describes the links that a partition cuts.
fn cut(cut: &Cut) -> String {
    let side = |nodes: &Vec<NodeId>| {
        let names: Vec<String> = nodes.iter().map(|node| (node.0 + 1).to_string()).collect();
        names.join(", ")
    };
    match cut {
        Cut::Groups(groups) => groups.iter().map(side).collect::<Vec<_>>().join(" | "),
        Cut::OneWay { from, to } => format!("{} do not reach {}", side(from), side(to)),
        Cut::Links(links) => format!("{} links", links.len()),
    }
}

/// Reads the end of the run and the queues there, from its measures.
fn end(folder: &Path, manifest: &Manifest) -> Result<RunEnd, CommandError> {
    let summary = stored_json(folder, "summary.json", manifest.summary_blake3.as_ref())?;
    let summary = summary.unwrap_or_default();
    let machines = summary["machines"].as_array().map(Vec::as_slice).unwrap_or_default();
    let queue = |machine: &serde_json::Value| {
        Some((machine["machine"].as_u64()?, machine["queue_final"].as_u64()?))
    };
    Ok(RunEnd {
        at_s: summary["run"]["covered_s"].as_f64(),
        queues: machines.iter().filter_map(queue).collect(),
    })
}

/// Draws a trace; returns `None` if it was interrupted.
pub(super) fn draw(
    kind: Option<KindArg>,
    trace: &Path,
    name: &str,
    context: Option<Context>,
    stop: &dyn Fn() -> bool,
) -> Result<Option<Chart>, CommandError> {
    let kind: RunChart = kind.unwrap_or(KindArg::All).of_trace()?;
    let mut overview = Overview::default();
    if !each_row(trace, stop, |_, row| overview.add(row))? {
        return Ok(None);
    }
    if overview.is_empty() {
        return Err(CommandError::Data(format!("{}: the trace has no rows", trace.display())));
    }
    let mut reader = RunReader::new(&overview);
    if !each_row(trace, stop, |_, row| reader.add(row))? {
        return Ok(None);
    }
    let Context { end, partitions, caption } = context.unwrap_or_default();
    let seconds = |at: Instant| at.as_ns() as f64 / 1e9;
    let window = |fault: LaneFault| FaultWindow {
        kind: fault.kind,
        from_s: seconds(fault.from),
        until_s: seconds(fault.until),
    };
    let series = reader.finish(&end, partitions.into_iter().map(window).collect());
    Ok(Some(draw_run(&series, name, kind).with_caption(caption)))
}

/// Number of rows between two checks for a signal.
const ROWS_AT_ONCE: u64 = 1 << 14;

/// Hands over each row of a trace; returns false if it was interrupted.
pub(in crate::cli) fn each_row(
    trace: &Path,
    stop: &dyn Fn() -> bool,
    mut take: impl FnMut(u64, &Row),
) -> Result<bool, CommandError> {
    let named = |error: ReadError| CommandError::Data(format!("{}: {error}", trace.display()));
    let rows = read_rows(open(trace)?).map_err(named)?;
    for (number, row) in (1..).zip(rows) {
        let (line, row) = row.map_err(named)?;
        take(line, &row);
        if number % ROWS_AT_ONCE == 0 && stop() {
            return Ok(false);
        }
    }
    Ok(true)
}
