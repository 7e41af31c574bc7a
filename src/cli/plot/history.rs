//! `sim plot` of a history: one that `sim run` stored, or any program's.

use std::path::Path;

use super::super::check::history;
use super::super::{CommandError, glomers_table};
use super::stored_json::stored_json;
use super::{KindArg, Window};
use crate::check::check_history;
use crate::config::GlomersExperiment;
use crate::edn::Edn;
use crate::report::{Chart, HistorySeries, Unstable, draw_history};
use crate::trace::Manifest;

/// Draws the history of a results folder.
pub(super) fn of_folder(
    folder: &Path,
    manifest: &Manifest,
    experiment: &GlomersExperiment,
    kind: Option<KindArg>,
    window: Window,
) -> Result<Chart, CommandError> {
    let named = history::stored(folder, manifest, experiment)?;
    let checker = experiment.parameters.workload.checker;
    let verdict = checker.map(|checker| check_history(checker, &named.history, &named.nodes));
    let unstable = verdict.as_ref().map(|verdict| unstable(&verdict.result)).unwrap_or_default();
    let stable = verdict.map(|verdict| verdict.stable_latencies).unwrap_or_default();
    let series = HistorySeries::new(&named.history, &stable).with_unstable(unstable);
    let drawn = draw(&series, &manifest.title(), kind, window, folder)?;
    Ok(drawn
        .with_caption(caption(manifest, experiment))
        .with_caption(verdict_words(folder, manifest)?))
}

/// Describes the parameters of a run.
pub(super) fn caption(manifest: &Manifest, experiment: &GlomersExperiment) -> Vec<String> {
    vec![format!("{}: {}", manifest.config.name, glomers_table::headline(experiment))]
}

/// Returns the verdict of a run and what was lost, as its results have them.
pub(super) fn verdict_words(
    folder: &Path,
    manifest: &Manifest,
) -> Result<Vec<String>, CommandError> {
    let results = stored_json(folder, "results.json", manifest.results_blake3.as_ref())?;
    let Some(results) = results else { return Ok(Vec::new()) };
    let word = |value: &serde_json::Value| match value {
        serde_json::Value::Bool(true) => "valid",
        serde_json::Value::Bool(false) => "invalid",
        _ => "undetermined",
    };
    let counts = results["strict"]["counts"].as_object().into_iter().flatten();
    let counts: Vec<String> = counts
        .filter(|(_, count)| count.as_u64() != Some(0))
        .map(|(rule, count)| format!("{rule} {count}"))
        .collect();
    let counts = match counts.is_empty() {
        true => String::new(),
        false => format!(" ({})", counts.join(", ")),
    };
    let (strict, parity) = (word(&results["valid?"]), word(&results["parity"]));
    Ok(vec![format!("verdict: {strict}{counts}; of Maelstrom: {parity}")])
}

/// Draws a history without a manifest.
pub(super) fn of_file(
    path: &Path,
    name: &str,
    kind: Option<KindArg>,
    window: Window,
) -> Result<Chart, CommandError> {
    let series = HistorySeries::new(&history::read(path, &[])?.history, &[]);
    draw(&series, name, kind, window, path)
}

/// Returns the numbers of unstable elements in the result map of a set.
fn unstable(result: &Edn) -> Unstable {
    let count = |name: &str| {
        let Edn::Map(entries) = result else { return 0 };
        let found = entries.iter().find(|(key, _)| *key == Edn::keyword(name));
        match found {
            Some((_, Edn::Int(count))) => usize::try_from(*count).unwrap_or(0),
            _ => 0,
        }
    };
    Unstable { lost: count("lost-count"), never_read: count("never-read-count") }
}

fn draw(
    series: &HistorySeries,
    name: &str,
    kind: Option<KindArg>,
    window: Window,
    path: &Path,
) -> Result<Chart, CommandError> {
    let chart = kind.unwrap_or(KindArg::All).of_history()?;
    draw_history(series, name, chart, window).ok_or_else(|| {
        let what = match series.operations.is_empty() {
            true => "no operation ended in this history",
            false => "of this history no stable latencies are known",
        };
        CommandError::Data(format!("{}: {what}", path.display()))
    })
}
