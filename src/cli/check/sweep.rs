//! `sim check` of a sweep: whether its files are unchanged, and the outcome of its runs.

use std::path::Path;

use serde_json::json;

use super::super::{CommandError, Exit, Io, Outcome, print_ignoring_broken_pipe};
use super::CheckArgs;
use crate::check::Validity;
use crate::cli::hashes::same_hash;
use crate::cli::output::Format;
use crate::cli::terminal::width;
use crate::cli::wrapped;
use crate::escape;
use crate::store::{MANIFEST_MAX, read_regular_text};
use crate::sweep::{SWEEP_KIND, SweepManifest};
use crate::trace::MANIFEST_FORMAT;

/// Returns the manifest of a folder, if it is that of a sweep. Errors in other manifests are left
/// to their own readers.
pub(in crate::cli) fn manifest(folder: &Path) -> Result<Option<SweepManifest>, CommandError> {
    let path = folder.join("manifest.json");
    let Ok(text) = read_regular_text(&path, MANIFEST_MAX) else { return Ok(None) };
    match serde_json::from_str::<serde_json::Value>(&text) {
        Ok(value) if value["kind"] == SWEEP_KIND => {}
        _ => return Ok(None),
    }
    let manifest: SweepManifest = serde_json::from_str(&text)
        .map_err(|error| CommandError::Data(format!("{}: {error}", path.display())))?;
    match manifest.format > MANIFEST_FORMAT {
        true => {
            let (shown, format) = (folder.display(), manifest.format);
            Err(CommandError::Data(format!("{shown}: a newer sim wrote this (format {format})")))
        }
        false => Ok(Some(manifest)),
    }
}

/// Checks the folder of a sweep.
pub(super) fn check(arguments: &CheckArgs, manifest: &SweepManifest, io: &mut Io<'_>) -> Outcome {
    let given = [
        (arguments.config.is_some(), "--config"),
        (arguments.net.is_some(), "--net"),
        (arguments.stamp.is_some(), "--stamp"),
        (arguments.duplication, "--duplication"),
    ];
    if let Some((_, option)) = given.into_iter().find(|(given, _)| *given) {
        let what = format!("{option} is for a trace of the scale model, not for a sweep");
        return Err(CommandError::Usage(what));
    }
    let files = [
        ("sweep.toml", &manifest.config.blake3),
        ("runs.csv", &manifest.runs_blake3),
        ("points.csv", &manifest.points_blake3),
    ];
    for (name, hash) in files {
        let path = arguments.path.join(name);
        same_hash(&path, hash)?;
    }
    let files = files.map(|(name, _)| name);
    let SweepManifest { runs, failures, limited, undetermined, .. } = manifest;
    let open = undetermined.unwrap_or(0);
    let validity = match (failures, limited + open) {
        (1.., _) => Validity::Invalid,
        (0, 1..) => Validity::Unknown,
        (0, 0) => Validity::Valid,
    };
    let name = escape::line(&manifest.config.name);
    let output = io.output;
    print_ignoring_broken_pipe(io.out, |out| match output.format {
        Format::Json => {
            let object = json!({
                "of": "sweep",
                "verdict": validity.name(),
                "runs": runs,
                "failures": failures,
                "limited": limited,
                "undetermined": open,
                "files": files,
            });
            writeln!(out, "{object}")
        }
        Format::Human if output.quiet && validity == Validity::Valid => Ok(()),
        Format::Human | Format::Edn => {
            writeln!(out, "{name}: {runs} runs, of which {failures} failed")?;
            if limited + open > 0 {
                writeln!(out, "cut short by a limit: {limited}; undetermined: {open}")?;
            }
            let files = format!("unchanged since they were written: {}", files.join(", "));
            wrapped::print_in(width(), ("", 0), &files, out)
        }
    })?;
    Ok(Exit::of_sweep(manifest.panics, *failures, *limited, open))
}
