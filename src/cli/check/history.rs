//! `sim check` of a history: one that `sim run` stored, or any program's.

use std::io::{self, Write};
use std::path::Path;

use super::super::options::Format;
use super::super::{Failure, Outcome, World, tell};
use super::{CheckArgs, exit, files, json};
use crate::check::{HistoryChecker, HistoryVerdict, Validity, check_history};
use crate::config::GlomersExperiment;
use crate::history::{Named, read_edn, read_jsonl};
use crate::store::{InputError, read_text, read_text_from};
use crate::trace::Manifest;

/// Whether a file is a history, by its name.
pub(in crate::cli) fn is_history(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "jsonl" || ending == "edn")
}

/// Judges the history of a results folder.
pub(super) fn of_folder(
    arguments: &CheckArgs,
    manifest: &Manifest,
    experiment: &GlomersExperiment,
    world: &mut World<'_>,
) -> Outcome {
    let workload = experiment.parameters.workload.name();
    let history = stored(&arguments.path, manifest, experiment)?;
    let names = &experiment.parameters.names;
    let files = files::of_history(&arguments.path, manifest, &history, names)?;
    let end = Some(manifest.end.as_str());
    let cut_short = end.filter(|end| !["duration", "quiescent"].contains(end));
    judge(arguments, workload, &Found { history, files, cut_short }, world)
}

/// A history to be judged.
struct Found<'a> {
    history: Named,
    /// The files of its folder that are as they were written.
    files: Vec<&'static str>,
    /// Why its run did not come to its normal end, if it did not.
    cut_short: Option<&'a str>,
}

/// The history of a results folder, which must have the hash that the manifest names.
pub(in crate::cli) fn stored(
    folder: &Path,
    manifest: &Manifest,
    experiment: &GlomersExperiment,
) -> Result<Named, Failure> {
    let path = folder.join("history.jsonl");
    let Some(expected) = manifest.history_blake3.as_ref().filter(|_| path.is_file()) else {
        let shown = folder.display();
        let cure = "run it again without --no-trace";
        return Err(Failure::Data(format!("{shown}: this run wrote no history here; {cure}")));
    };
    files::same_hash(&path, expected)?;
    read(&path, &experiment.parameters.names)
}

/// Judges a history that any program wrote.
pub(super) fn of_file(arguments: &CheckArgs, world: &mut World<'_>) -> Outcome {
    let Some(workload) = &arguments.workload else {
        let names = HistoryChecker::ALL.map(HistoryChecker::name).join(", ");
        let what = format!("a history needs --workload, which is one of {names}");
        return Err(Failure::Usage(what));
    };
    let history = match super::is_stdin(&arguments.path) {
        true => read_stdin()?,
        false => read(&arguments.path, &[])?,
    };
    judge(arguments, workload, &Found { history, files: vec![], cut_short: None }, world)
}

/// Reads a history from stdin: EDN, or JSON lines if its first map or vector has a string first.
fn read_stdin() -> Result<Named, Failure> {
    let named = |error: String| Failure::Data(format!("stdin: {error}"));
    let text = match read_text_from(io::stdin().lock()) {
        Err(InputError::Empty) => String::new(),
        text => text.map_err(|error| named(error.to_string()))?,
    };
    let opening = |c: char| c.is_whitespace() || c.is_control() || "{[\u{feff}".contains(c);
    let is_json = text.trim_start_matches(opening).starts_with(['"', '}', ']']);
    match is_json || text.trim().is_empty() {
        true => read_jsonl(&text, &[]).map_err(|error| named(error.to_string())),
        false => read_edn(&text, &[]).map_err(|error| named(error.to_string())),
    }
}

/// Reads a history. It may be empty: of a run in which clients had nothing to do.
pub(in crate::cli) fn read(path: &Path, nodes: &[String]) -> Result<Named, Failure> {
    let shown = path.display();
    let text = match read_text(path) {
        Err(InputError::Empty) => String::new(),
        text => text.map_err(|error| Failure::Data(format!("{shown}: {error}")))?,
    };
    let is_edn = path.extension().is_some_and(|ending| ending == "edn");
    let history = if is_edn { read_edn(&text, nodes) } else { read_jsonl(&text, nodes) };
    history.map_err(|error| Failure::Data(format!("{shown}: {error}")))
}

fn judge(
    arguments: &CheckArgs,
    workload: &str,
    found: &Found<'_>,
    world: &mut World<'_>,
) -> Outcome {
    let Some(checker) = HistoryChecker::of(workload) else {
        let names = HistoryChecker::ALL.map(HistoryChecker::name).join(", ");
        return Err(Failure::Usage(format!(
            "there is no workload {workload:?}; it is one of {names}"
        )));
    };
    let Named { history, nodes } = &found.history;
    let verdict = check_history(checker, history, nodes);
    // Without its recovery and its final phase a history can look worse than it is.
    let validity = if found.cut_short.is_some() { Validity::Unknown } else { verdict.strict };
    match arguments.format {
        Format::Json => {
            let entries = history.len();
            let object = json::of_history(&verdict, validity, workload, entries, &found.files);
            tell(world.out, |out| writeln!(out, "{object}"))?;
        }
        Format::Human if arguments.quiet && validity != Validity::Invalid => {}
        Format::Human => {
            tell(world.out, |out| print(&verdict, validity, workload, found, out))?;
        }
    }
    Ok(exit(validity))
}

fn print(
    verdict: &HistoryVerdict,
    validity: Validity,
    workload: &str,
    found: &Found<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    if let Some(end) = found.cut_short {
        writeln!(out, "limit: the run was cut short ({end}), so that nothing is certain")?;
    }
    for finding in &verdict.findings {
        writeln!(out, "{}: {}", finding.rule.name(), finding.message)?;
    }
    for (rule, why) in &verdict.undetermined {
        writeln!(out, "{}: {why}", rule.name())?;
    }
    for (rule, why) in &verdict.skipped {
        writeln!(out, "skipped {}: {why}", rule.name())?;
    }
    let (strict, parity) = (validity.name(), verdict.parity.name());
    let entries = found.history.history.len();
    writeln!(
        out,
        "{strict}: {entries} entries, judged as {workload} (Maelstrom's checker: {parity})"
    )?;
    if !found.files.is_empty() {
        writeln!(out, "unchanged since they were written: {}", found.files.join(", "))?;
    }
    writeln!(out, "targets, availability and the nodes' conduct are `sim run`'s to judge")?;
    Ok(())
}
