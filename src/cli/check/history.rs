//! `sim check` of a history: one that `sim run` stored, or any program's.

use std::io::Write;
use std::path::Path;

use super::super::{Exit, Failure, Outcome, World};
use super::{CheckArgs, same_hash};
use crate::check::{HistoryChecker, HistoryVerdict, Validity, check_history};
use crate::config::GlomersExperiment;
use crate::history::{Named, read_edn, read_jsonl};
use crate::store::read_text;
use crate::trace::Manifest;

/// Whether a file is a history, by its name.
pub(in crate::cli) fn is_history(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "jsonl" || ending == "edn")
}

/// Judges the history of a results folder.
pub(super) fn of_folder<O: Write, E: Write>(
    arguments: &CheckArgs,
    manifest: &Manifest,
    experiment: &GlomersExperiment,
    world: &mut World<'_, O, E>,
) -> Outcome {
    let workload = experiment.parameters.workload.name();
    let history = stored(&arguments.path, manifest, experiment)?;
    judge(arguments, workload, &history, world)
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
    same_hash(&path, expected)?;
    read(&path, &experiment.parameters.names)
}

/// Judges a history that any program wrote.
pub(super) fn of_file<O: Write, E: Write>(
    arguments: &CheckArgs,
    world: &mut World<'_, O, E>,
) -> Outcome {
    let Some(workload) = &arguments.workload else {
        let names = HistoryChecker::ALL.map(HistoryChecker::name).join(", ");
        let what = format!("a history needs --workload, which is one of {names}");
        return Err(Failure::Usage(what));
    };
    let history = read(&arguments.path, &[])?;
    judge(arguments, workload, &history, world)
}

/// Reads a history.
pub(in crate::cli) fn read(path: &Path, nodes: &[String]) -> Result<Named, Failure> {
    let shown = path.display();
    let text = read_text(path).map_err(|error| Failure::Data(format!("{shown}: {error}")))?;
    let is_edn = path.extension().is_some_and(|ending| ending == "edn");
    let history = if is_edn { read_edn(&text, nodes) } else { read_jsonl(&text, nodes) };
    history.map_err(|error| Failure::Data(format!("{shown}: {error}")))
}

fn judge<O: Write, E: Write>(
    arguments: &CheckArgs,
    workload: &str,
    history: &Named,
    world: &mut World<'_, O, E>,
) -> Outcome {
    let Some(checker) = HistoryChecker::of(workload) else {
        let names = HistoryChecker::ALL.map(HistoryChecker::name).join(", ");
        return Err(Failure::Usage(format!(
            "there is no workload {workload:?}; it is one of {names}"
        )));
    };
    let verdict = check_history(checker, &history.history, &history.nodes);
    if !arguments.quiet || verdict.strict == Validity::Invalid {
        print(&verdict, workload, history.history.len(), world)?;
    }
    Ok(match verdict.strict {
        Validity::Valid => Exit::Holds,
        Validity::Unknown => Exit::Undetermined,
        Validity::Invalid => Exit::Violated,
    })
}

fn print<O: Write, E: Write>(
    verdict: &HistoryVerdict,
    workload: &str,
    entries: usize,
    world: &mut World<'_, O, E>,
) -> Result<(), Failure> {
    for finding in &verdict.findings {
        writeln!(world.out, "{}: {}", finding.rule.name(), finding.message)?;
    }
    for (rule, why) in &verdict.undetermined {
        writeln!(world.out, "{}: {why}", rule.name())?;
    }
    for (rule, why) in &verdict.skipped {
        writeln!(world.out, "skipped {}: {why}", rule.name())?;
    }
    let (strict, parity) = (verdict.strict.name(), verdict.parity.name());
    writeln!(
        world.out,
        "{strict}: {entries} entries, judged as {workload} (Maelstrom's checker: {parity})"
    )?;
    writeln!(world.out, "targets, availability and the nodes' conduct are `sim run`'s to judge")?;
    Ok(())
}
