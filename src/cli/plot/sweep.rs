//! `sim plot` of a sweep.

use std::io::BufReader;
use std::path::Path;

use super::super::CommandError;
use super::super::check::no_result;
use super::super::hashes::plain;
use super::{KindArg, PlotArgs};
use crate::report::{
    Chart, DEFAULT_FIGURES, DEFAULT_MEASURE, SeedsChart, SeedsTable, SweepError, SweepManifest,
    SweepRequest, SweepTable, draw_figures, draw_seeds, draw_sweep,
};
use crate::store::{MANIFEST_MAX, open_regular, read_regular_text};
use crate::trace::{MANIFEST_FORMAT, changed_title};

/// Returns the manifest of a sweep; `None` if the folder is that of a run.
pub(in crate::cli) fn manifest(folder: &Path) -> Result<Option<SweepManifest>, CommandError> {
    let path = folder.join("manifest.json");
    let text = read_regular_text(&path, MANIFEST_MAX).map_err(|error| {
        let neither = "neither the result of a run nor of a sweep";
        no_result(folder, &format!("{neither}: manifest.json: {}", plain(&error)))
    })?;
    let broken = |error| CommandError::Data(format!("{}: {error}", path.display()));
    let value: serde_json::Value = serde_json::from_str(&text).map_err(broken)?;
    if let Some(format) = value["format"].as_u64().filter(|f| *f > u64::from(MANIFEST_FORMAT)) {
        let shown = folder.display();
        let what = format!("{shown}: a newer sim wrote this (format {format})");
        return Err(CommandError::Data(what));
    }
    match value["kind"].as_str() {
        Some("sweep") => serde_json::from_value(value).map(Some).map_err(broken),
        _ => Ok(None),
    }
}

/// Draws the points of a sweep.
pub(in crate::cli) fn draw(
    arguments: &PlotArgs,
    folder: &Path,
    manifest: &SweepManifest,
) -> Result<Chart, CommandError> {
    let shown = folder.display();
    let kind = match arguments.kind {
        None | Some(KindArg::All) => SeedsChart::All,
        Some(KindArg::Histogram) => SeedsChart::Histogram,
        Some(KindArg::Ecdf) => SeedsChart::Ecdf,
        Some(KindArg::Box) => SeedsChart::Box,
        Some(other) => return Err(other.not_of("a sweep", "histogram, ecdf, box")),
    };
    let pair = |text: &String| match text.split_once('=') {
        Some((key, value)) => Ok((key.trim().to_owned(), value.trim().to_owned())),
        None => Err(CommandError::Usage(format!("--at {text}: expected KEY=VALUE"))),
    };
    let request = SweepRequest {
        machine: arguments.machine.clone(),
        x: arguments.x.clone(),
        at: arguments.at.iter().map(pair).collect::<Result<_, _>>()?,
        heat: arguments.heat,
    };
    let named = |error: SweepError| match error {
        SweepError::Request(what) => CommandError::Usage(what),
        error => CommandError::Data(format!("{shown}: {error}")),
    };
    let name = &changed_title(&manifest.config.name, &manifest.changed);
    let read = |measure: &str| -> Result<_, CommandError> {
        let path = folder.join("points.csv");
        let points = open_regular(&path).map_err(|error| {
            CommandError::Data(format!("{}: {}", path.display(), plain(&error)))
        })?;
        Ok(SweepTable::read(BufReader::new(points), &manifest.axes, measure))
    };
    let fixed = |key: &String| request.at.iter().any(|(fixed, _)| fixed == key);
    let is_point = manifest.axes.iter().all(|axis| axis.iter().any(fixed));
    let runs = folder.join("runs.csv");
    if let (true, Some(kept)) = (is_point && request.x.is_none() && !request.heat, &manifest.rows) {
        return Err(CommandError::Data(format!(
            "{shown}: its runs.csv does not have the rows of all runs (`rows` is `{}` in its \
             manifest), so the seeds of a point cannot be drawn",
            crate::escape::line(kept)
        )));
    }
    if is_point && request.x.is_none() && !request.heat && runs.symlink_metadata().is_ok() {
        let table = seeds(arguments, manifest, &runs, &request).map_err(named)?;
        let machine = request.machine.as_deref();
        let drawn = draw_seeds(&table, name, machine, kind).map_err(named)?;
        let at = request.at.iter().map(|(key, value)| format!("{key} = {value}"));
        let at: Vec<String> = at.collect();
        let at = if at.is_empty() { Vec::new() } else { vec![at.join(", ")] };
        return Ok(drawn.with_caption(at));
    }
    if arguments.kind.is_some_and(|kind| kind != KindArg::All) {
        return Err(CommandError::Usage(format!(
            "--kind: these draw the seeds of one point, and {shown} has several: fix them with \
             --at KEY=VALUE"
        )));
    }
    if let (Some(_), None) = (&manifest.workload, &arguments.measure) {
        let mut tables = Vec::new();
        for figure in DEFAULT_FIGURES {
            match read(figure)? {
                // Not every workload has it.
                Err(SweepError::Unknown(_)) => {}
                table => tables.push(table.map_err(named)?),
            }
        }
        return draw_figures(&tables, name, &request).map_err(named);
    }
    let table = read(arguments.measure.as_deref().unwrap_or(DEFAULT_MEASURE))?;
    draw_sweep(&table.map_err(named)?, name, &request).map_err(named)
}

/// Reads the runs of one point, with the measure that is asked for, or the first there is of those
/// that are drawn by default.
fn seeds(
    arguments: &PlotArgs,
    manifest: &SweepManifest,
    path: &Path,
    request: &SweepRequest,
) -> Result<SeedsTable, SweepError> {
    let read = |measure: &str| {
        let runs = open_regular(path)
            .map_err(|error| SweepError::Unknown(format!("runs.csv: {}", plain(&error))))?;
        SeedsTable::read(BufReader::new(runs), &request.at, measure)
    };
    match (&arguments.measure, &manifest.workload) {
        (Some(measure), _) => read(measure),
        (None, None) => read(DEFAULT_MEASURE),
        (None, Some(_)) => {
            let mut last = Err(SweepError::Empty);
            for measure in SEEDS_FIGURES {
                last = read(measure);
                if last.is_ok() {
                    break;
                }
            }
            last
        }
    }
}

/// Measures of Gossip Glomers runs, of which the first that there is is drawn by default.
const SEEDS_FIGURES: [&str; 3] =
    ["stable_latency_ms_max", "net_servers_msgs_per_op", "net_all_msgs_per_op"];
