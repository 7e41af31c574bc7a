//! `summary.json`, and the same measures on stdout for `--format json`.

use std::io::{self, Write};

use serde_json::{Value, json};

use crate::cli::CommandError;
use crate::cli::table::ScaleReport;
use crate::scale_model::ScaleRun;
use crate::store::{ResultSession, SUMMARY, StoreError};
use crate::trace::Manifest;

/// Number of bytes that are gathered before they are written.
const BLOCK: usize = 1 << 16;

/// Records `summary.json`: the measures of the run, then a line for each machine, of which there
/// may be millions.
pub(super) fn record(
    session: &mut ResultSession<'_, Manifest>,
    run: &ScaleRun,
) -> Result<(), StoreError> {
    let mut file = session.create(&SUMMARY)?;
    let mut text = Vec::new();
    write_measures(&mut text, run, &mut |text| {
        if text.len() >= BLOCK {
            file.write(text)?;
            text.clear();
        }
        Ok::<(), StoreError>(())
    })?;
    file.write(&text)?;
    session.record(file);
    Ok(())
}

/// Appends the measures as JSON; `drain` may remove the text after each machine.
fn write_measures<E>(
    text: &mut Vec<u8>,
    run: &ScaleRun,
    drain: &mut dyn FnMut(&mut Vec<u8>) -> Result<(), E>,
) -> Result<(), E> {
    text.extend_from_slice(b"{\n\"run\": ");
    to_json(text, &run.run);
    text.extend_from_slice(b",\n\"machines\": [\n");
    for (place, machine) in run.machines.iter().enumerate() {
        if place > 0 {
            text.extend_from_slice(b",\n");
        }
        to_json(text, machine);
        drain(text)?;
    }
    text.extend_from_slice(b"\n]\n}\n");
    Ok(())
}

fn to_json(text: &mut Vec<u8>, value: &impl serde::Serialize) {
    serde_json::to_writer(text, value).expect("strings and numbers");
}

/// Prints one JSON object: the manifest, the results folder, the check, and the measures.
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
        "results_folder": report.folder.display().to_string(),
        "check": check,
    });
    let mut text = serde_json::to_vec(&head).map_err(io::Error::other)?;
    // The measures have the form that they have in summary.json.
    text.pop();
    text.extend_from_slice(b",\n\"summary\": ");
    write_measures(&mut text, report.run, &mut |text| {
        out.write_all(text)?;
        text.clear();
        Ok::<(), io::Error>(())
    })?;
    text.extend_from_slice(b"}\n");
    Ok(out.write_all(&text)?)
}
