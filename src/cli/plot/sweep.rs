//! `sim plot` of a sweep.

use std::io::BufReader;
use std::path::Path;

use super::super::CommandError;
use super::super::hashes::plain;
use super::PlotArgs;
use crate::report::{
    Chart, DEFAULT_FIGURES, DEFAULT_MEASURE, SweepError, SweepManifest, SweepRequest, SweepTable,
    draw_figures, draw_sweep,
};
use crate::store::{MANIFEST_MAX, open_regular, read_regular_text};
use crate::trace::changed_title;

/// Returns the manifest of a sweep; `None` if the folder is that of a run.
pub(in crate::cli) fn manifest(folder: &Path) -> Result<Option<SweepManifest>, CommandError> {
    let path = folder.join("manifest.json");
    let text = read_regular_text(&path, MANIFEST_MAX).map_err(|error| {
        let (shown, error) = (folder.display(), plain(&error));
        let neither = "neither the result of a run nor of a sweep";
        CommandError::Data(format!("{shown}: {neither}: manifest.json: {error}"))
    })?;
    let broken = |error| CommandError::Data(format!("{}: {error}", path.display()));
    let value: serde_json::Value = serde_json::from_str(&text).map_err(broken)?;
    match value["kind"].as_str() {
        Some("sweep") => serde_json::from_value(value).map(Some).map_err(broken),
        _ => Ok(None),
    }
}

/// Draws the points of a sweep.
pub(super) fn draw(
    arguments: &PlotArgs,
    folder: &Path,
    manifest: &SweepManifest,
) -> Result<Chart, CommandError> {
    let shown = folder.display();
    if arguments.kind.is_some() {
        return Err(CommandError::Usage(format!("--kind is for runs, and {shown} is a sweep")));
    }
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
