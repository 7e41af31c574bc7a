//! `summary.json`, and the same with the manifest on stdout for `--format json`.

use std::io::{self, Write};

use serde_json::{Value, json};

use crate::cli::CommandError;
use crate::cli::table::ScaleReport;
use crate::scale_model::ScaleRun;
use crate::store::ResultsFolder;

/// Writes `summary.json`: the run's measures, then a line for each machine, of which there may be
/// millions. Returns the hash of its bytes.
pub(super) fn write(folder: &ResultsFolder<'_>, run: &ScaleRun) -> Result<String, CommandError> {
    let mut file = folder.create("summary.json")?;
    let mut text = Vec::new();
    let mut hash = blake3::Hasher::new();
    write_measures(&mut text, run, &mut |text| {
        if text.len() >= 1 << 16 {
            hash.update(text);
            file.write(text)?;
            text.clear();
        }
        Ok(())
    })?;
    hash.update(&text);
    file.write(&text)?;
    file.commit()?;
    Ok(hash.finalize().to_hex().to_string())
}

/// Appends the measures as JSON; `drain` may take what is there after each machine.
fn write_measures(
    text: &mut Vec<u8>,
    run: &ScaleRun,
    drain: &mut dyn FnMut(&mut Vec<u8>) -> Result<(), CommandError>,
) -> Result<(), CommandError> {
    text.extend_from_slice(b"{\n\"run\": ");
    to_json(text, &run.run)?;
    text.extend_from_slice(b",\n\"machines\": [\n");
    for (place, machine) in run.machines.iter().enumerate() {
        if place > 0 {
            text.extend_from_slice(b",\n");
        }
        to_json(text, machine)?;
        drain(text)?;
    }
    text.extend_from_slice(b"\n]\n}\n");
    Ok(())
}

fn to_json(text: &mut Vec<u8>, value: &impl serde::Serialize) -> Result<(), CommandError> {
    serde_json::to_writer(text, value)
        .map_err(|error| CommandError::Terminal(io::Error::other(error)))
}

/// Prints one JSON object: the manifest, where the results are, the check, and the measures.
pub(super) fn print_json(
    report: &ScaleReport<'_>,
    out: &mut dyn Write,
) -> Result<(), CommandError> {
    let check = report.verdict.map_or(Value::Null, |verdict| {
        json!({
            "holds": verdict.holds(),
            "checked": verdict.checked.iter().map(|rule| rule.name()).collect::<Vec<_>>(),
            "skipped": verdict.skipped.iter()
                .map(|(rule, why)| json!({ "rule": rule.name(), "why": why }))
                .collect::<Vec<_>>(),
            "violations": verdict.violation_count,
            "first_violations": verdict.violations.iter()
                .map(|violation| violation.to_string())
                .collect::<Vec<_>>(),
        })
    });
    let head = json!({
        "manifest": report.manifest,
        "results": report.folder.display().to_string(),
        "check": check,
    });
    let mut text = serde_json::to_vec(&head).map_err(io::Error::other)?;
    // The measures follow as they stand in summary.json, so that both have one form.
    text.pop();
    text.extend_from_slice(b",\n\"summary\": ");
    write_measures(&mut text, report.run, &mut |text| {
        out.write_all(text)?;
        text.clear();
        Ok(())
    })?;
    text.extend_from_slice(b"}\n");
    Ok(out.write_all(&text)?)
}
