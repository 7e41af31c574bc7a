//! `sim plot` of a trace of machines: that of a results folder, or any program's.

use std::path::Path;

use super::super::check::open;
use super::super::hashes::{plain, same_hash};
use super::super::{CommandError, table};
use super::KindArg;
use crate::config::Experiment;
use crate::report::{Chart, FaultWindow, Overview, RunChart, RunEnd, RunReader, draw_run};
use crate::store::{TEXT_MAX, read_regular_text};
use crate::trace::{Manifest, ReadError, Row, read_rows};

/// What is known about a trace besides its rows.
#[derive(Default)]
pub(super) struct Context {
    end: RunEnd,
    faults: Vec<FaultWindow>,
    caption: Vec<String>,
}

impl Context {
    /// Reads the context of a trace in a results folder; `None` if there is none.
    pub(super) fn of(
        folder: &Path,
        manifest: &Manifest,
        experiment: &Experiment,
    ) -> Result<Option<Context>, CommandError> {
        let Experiment::Scale(experiment) = experiment else { return Ok(None) };
        let seconds = |at: crate::engine::time::Instant| at.as_ns() as f64 / 1e9;
        let partitions = &experiment.parameters.network.partitions;
        let window = |partition: &crate::network::Partition| FaultWindow {
            kind: "partition".to_owned(),
            from_s: seconds(partition.at),
            until_s: seconds(partition.until),
        };
        Ok(Some(Context {
            end: end(folder, manifest)?,
            faults: partitions.iter().map(window).collect(),
            caption: vec![format!("{}: {}", manifest.config.name, table::headline(experiment))],
        }))
    }
}

/// Reads the end of the run and the queues there, from its measures.
fn end(folder: &Path, manifest: &Manifest) -> Result<RunEnd, CommandError> {
    let path = folder.join("summary.json");
    let Some(expected) = manifest.summary_blake3.as_ref().filter(|_| path.is_file()) else {
        return Ok(RunEnd::default());
    };
    same_hash(&path, expected)?;
    let named = |what: String| CommandError::Data(format!("{}: {what}", path.display()));
    let text = read_regular_text(&path, TEXT_MAX).map_err(|error| named(plain(&error)))?;
    let summary: serde_json::Value =
        serde_json::from_str(&text).map_err(|error| named(error.to_string()))?;
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
    if !each_row(trace, stop, |row| overview.add(row))? {
        return Ok(None);
    }
    if overview.is_empty() {
        return Err(CommandError::Data(format!("{}: the trace has no rows", trace.display())));
    }
    let mut reader = RunReader::new(&overview);
    if !each_row(trace, stop, |row| reader.add(row))? {
        return Ok(None);
    }
    let Context { end, faults, caption } = context.unwrap_or_default();
    let series = reader.finish(&end, faults);
    Ok(Some(draw_run(&series, name, kind).with_caption(caption)))
}

/// Number of rows between two checks for a signal.
const ROWS_AT_ONCE: u64 = 1 << 14;

/// Hands over each row of a trace; returns false if it was interrupted.
fn each_row(
    trace: &Path,
    stop: &dyn Fn() -> bool,
    mut take: impl FnMut(&Row),
) -> Result<bool, CommandError> {
    let named = |error: ReadError| CommandError::Data(format!("{}: {error}", trace.display()));
    let rows = read_rows(open(trace)?).map_err(named)?;
    for (number, row) in (1..).zip(rows) {
        take(&row.map_err(named)?.1);
        if number % ROWS_AT_ONCE == 0 && stop() {
            return Ok(false);
        }
    }
    Ok(true)
}
