//! `sim sweep --export`: the formats by their names, and their files.

use std::path::Path;

use crate::cli::CommandError;
use crate::config::Sweep;
use crate::nearest::{LettersPerEdit, nearest};
use crate::store::{ResultFile, ResultSession, StoreError, open_regular};
use crate::sweep::{EXPORTERS, ExportRows, Exporter, SweepManifest, Writer};

/// Returns the help of the option, with a line for each format.
pub(super) fn help() -> String {
    let mut text = "Also writes the rows of runs.csv in this format; may be repeated:".to_owned();
    for Exporter { name, purpose, writer, .. } in EXPORTERS {
        text += &format!("\n  {name:8} {purpose}");
        match writer {
            Writer::OnRequest(_) => {}
            Writer::Always(_) => text += " (this program always writes it)",
            Writer::Feature(feature) => text += &format!(" (needs a build with `{feature}`)"),
        }
    }
    text
}

/// Returns the formats with these names, in the order of the table.
///
/// # Errors
/// If there is no such format, or this program was built without it.
pub(super) fn named(names: &[String]) -> Result<Vec<&'static Exporter>, CommandError> {
    for name in names {
        let exporter = EXPORTERS.iter().find(|exporter| exporter.name == name);
        match exporter.ok_or_else(|| unknown(name))?.writer {
            Writer::Always(_) | Writer::OnRequest(_) => {}
            Writer::Feature(feature) => return Err(missing(name, feature)),
        }
    }
    Ok(EXPORTERS.iter().filter(|exporter| names.iter().any(|n| n == exporter.name)).collect())
}

fn unknown(name: &str) -> CommandError {
    let known: Vec<&str> = EXPORTERS.iter().map(|exporter| exporter.name).collect();
    let hint = nearest(name, known.iter().copied(), LettersPerEdit::Two)
        .map_or(String::new(), |known| format!("did you mean `{known}`? "));
    let known = known.join(", ");
    CommandError::Usage(format!("--export: there is no format `{name}`; {hint}there are {known}"))
}

fn missing(name: &str, feature: &str) -> CommandError {
    let hint = format!("cargo build --release --features {feature}");
    CommandError::Usage(format!("--export {name}: this sim was built without it; `{hint}` adds it"))
}

/// The formats that a sweep writes: those with these names, and those of every sweep.
pub(super) fn all(named: &[&'static Exporter]) -> Vec<&'static Exporter> {
    let is_named = |exporter: &Exporter| named.iter().any(|other| other.name == exporter.name);
    EXPORTERS.iter().filter(|exporter| exporter.is_default() || is_named(exporter)).collect()
}

/// Writes the file of a format, made of the rows at `path`; `None` if it was interrupted.
pub(super) fn write<'a>(
    exporter: &'static Exporter,
    sweep: &Sweep,
    session: &ResultSession<'a, SweepManifest>,
    path: &Path,
    stop: &dyn Fn() -> bool,
) -> Result<Option<ResultFile<'a, SweepManifest>>, StoreError> {
    let (Writer::Always(write_rows) | Writer::OnRequest(write_rows)) = exporter.writer else {
        return Ok(None);
    };
    let rows = open_regular(path);
    let rows =
        rows.map_err(|source| StoreError { operation: "read", path: path.into(), source })?;
    let mut file = session.create(&exporter.file)?;
    let mut rows = ExportRows::new(sweep, rows, stop);
    match file.write_with(|out| write_rows(&mut rows, out)) {
        Ok(()) => Ok(Some(file)),
        Err(_) if stop() => Ok(None),
        Err(error) => Err(error),
    }
}
