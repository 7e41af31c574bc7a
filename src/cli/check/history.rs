//! `sim check` of a history: one that `sim run` stored, or one from any program.

use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;

use serde_json::Value;

use super::super::{CommandError, Io, Outcome, print_ignoring_broken_pipe};
use super::{CheckArgs, CheckFormat, files, json};
use crate::check::{Finding, HistoryRule, HistoryVerdict, Validity, check_history};
use crate::cli::hashes::same_hash;
use crate::config::GlomersExperiment;
use crate::escape;
use crate::glomers::{self, WORKLOADS};
use crate::history::{EntryKind, Named, Op, OpValue, read_edn, read_jsonl};
use crate::store::open_input;
use crate::trace::Manifest;

/// File extensions of histories.
const ENDINGS: [&str; 4] = ["jsonl", "edn", "json", "ndjson"];

/// Whether a file is a history, by its extension.
pub(in crate::cli) fn is_history(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ENDINGS.iter().any(|known| ending == *known))
}

/// Whether a text is EDN, by the file extension, or else by the start of its first map.
fn is_edn(path: &Path, text: &str) -> bool {
    match path.extension() {
        Some(ending) if ending == "edn" => true,
        _ if is_history(path) => false,
        _ => !text
            .trim_start_matches(|c: char| c.is_whitespace() || "[{(".contains(c))
            .starts_with('"'),
    }
}

/// Checks the history of a results folder.
pub(super) fn of_folder(
    arguments: &CheckArgs,
    manifest: &Manifest,
    experiment: &GlomersExperiment,
    io: &mut Io<'_>,
) -> Outcome {
    let workload = experiment.parameters.workload.name;
    let history = stored(&arguments.path, manifest, experiment)?;
    let names = &experiment.parameters.names;
    let files = files::of_history(&arguments.path, manifest, &history, names)?;
    let end = Some(manifest.end.as_str());
    let cut_short = end.filter(|end| !["duration", "quiescent"].contains(end));
    run_check(arguments, workload, &Found { history, files, cut_short }, io)
}

/// A history to check.
struct Found<'a> {
    history: Named,
    /// Files of its folder that are unchanged.
    files: Vec<&'static str>,
    /// The reason why its run was cut short, if it was.
    cut_short: Option<&'a str>,
}

/// Reads the history of a results folder, which must have the hash in the manifest.
pub(in crate::cli) fn stored(
    folder: &Path,
    manifest: &Manifest,
    experiment: &GlomersExperiment,
) -> Result<Named, CommandError> {
    let path = folder.join("history.jsonl");
    let Some(expected) = manifest.history_blake3.as_ref().filter(|_| path.is_file()) else {
        let shown = folder.display();
        let hint = "run it again without --no-trace";
        return Err(CommandError::Data(format!("{shown}: this run wrote no history here; {hint}")));
    };
    same_hash(&path, expected)?;
    read(&path, &experiment.parameters.names)
}

/// Checks a history of any program.
pub(super) fn of_file(arguments: &CheckArgs, io: &mut Io<'_>) -> Outcome {
    let Some(workload) = &arguments.workload else {
        let names: Vec<&str> = WORKLOADS.iter().map(|workload| workload.name).collect();
        let names = names.join(", ");
        let what = format!("a history needs --workload, which is one of {names}");
        return Err(CommandError::Usage(what));
    };
    let history = match super::is_stdin(&arguments.path) {
        true => read_stdin()?,
        false => read(&arguments.path, &[])?,
    };
    run_check(arguments, workload, &Found { history, files: vec![], cut_short: None }, io)
}

/// Size of the read buffer.
const BUFFER: usize = 1 << 16;

/// Reads a history from stdin.
fn read_stdin() -> Result<Named, CommandError> {
    read_from("stdin", Path::new("-"), io::stdin().lock(), &[])
}

/// Reads a history. It may be empty: that of a run in which clients had no operations.
pub(in crate::cli) fn read(path: &Path, nodes: &[String]) -> Result<Named, CommandError> {
    let shown = path.display();
    let input =
        open_input(path).map_err(|error| CommandError::Data(format!("{shown}: {error}")))?;
    read_from(&shown.to_string(), path, input, nodes)
}

/// Reads a history; error messages call it `shown`.
fn read_from(
    shown: &str,
    path: &Path,
    input: impl io::Read,
    nodes: &[String],
) -> Result<Named, CommandError> {
    let mut input = BufReader::with_capacity(BUFFER, input);
    let begin =
        input.fill_buf().map_err(|error| CommandError::Data(format!("{shown}: {error}")))?;
    let is_edn = !begin.is_empty() && is_edn(path, &String::from_utf8_lossy(begin));
    let history = if is_edn { read_edn(input, nodes) } else { read_jsonl(input, nodes) };
    history.map_err(|error| CommandError::Data(format!("{shown}: {error}")))
}

fn run_check(arguments: &CheckArgs, workload: &str, found: &Found<'_>, io: &mut Io<'_>) -> Outcome {
    let Some(known) = glomers::workload(workload) else {
        let names: Vec<&str> = WORKLOADS.iter().map(|workload| workload.name).collect();
        let names = names.join(", ");
        return Err(CommandError::Usage(format!(
            "there is no workload {workload:?}; it is one of {names}"
        )));
    };
    let Named { history, nodes } = &found.history;
    let verdict = match known.checker {
        Some(checker) => check_history(checker, history, nodes),
        None => HistoryVerdict::unchecked(),
    };
    refuse_foreign(arguments, workload, history, &verdict)?;
    // Without recovery and final phase a history can look worse than it is.
    let validity = if found.cut_short.is_some() { Validity::Unknown } else { verdict.strict };
    match arguments.format {
        CheckFormat::Edn => {
            print_ignoring_broken_pipe(io.out, |out| writeln!(out, "{}", verdict.result.pretty()))?
        }
        CheckFormat::Json => {
            let entries = history.len();
            let object = json::of_history(&verdict, validity, workload, entries, &found.files);
            print_ignoring_broken_pipe(io.out, |out| writeln!(out, "{object}"))?;
        }
        CheckFormat::Human if arguments.quiet && validity != Validity::Invalid => {}
        CheckFormat::Human => {
            print_ignoring_broken_pipe(io.out, |out| {
                print(&verdict, validity, workload, found, out)
            })?;
        }
    }
    let parity = if found.cut_short.is_some() { Validity::Unknown } else { verdict.parity };
    Ok(arguments.verdict.of(validity, parity).into())
}

/// Rejects a history of another workload: clients never add a value that is no whole number.
fn refuse_foreign(
    arguments: &CheckArgs,
    workload: &str,
    history: &[Op],
    verdict: &HistoryVerdict,
) -> Result<(), CommandError> {
    let is_argument = |finding: &&Finding| {
        finding.rule == HistoryRule::MalformedValue
            && finding.ops.iter().all(|op| history[*op].kind == EntryKind::Invoke)
    };
    let Some(finding) = verdict.findings.iter().find(is_argument) else { return Ok(()) };
    let (shown, entry) = (arguments.path.display(), finding.ops[0]);
    let mut text =
        format!("{shown}: entry {entry}: {}: this is no history of {workload}", finding.message);
    let is_pair = match &history[entry].value {
        OpValue::Json(Value::Array(pair)) => pair.len() == 2,
        OpValue::Ints(pair) => pair.len() == 2,
        _ => false,
    };
    if is_pair {
        text += "\n  hint: values that are pairs [key value] are those of jepsen.independent; \
                 check the history of each key by itself";
    }
    Err(CommandError::Data(text))
}

fn print(
    verdict: &HistoryVerdict,
    validity: Validity,
    workload: &str,
    found: &Found<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    if let Some(end) = found.cut_short {
        let end = escape::line(end);
        writeln!(out, "limit: the run was cut short ({end}), so that nothing is certain")?;
    }
    for finding in &verdict.findings {
        writeln!(out, "{}: {}", finding.rule.name(), escape::line(&finding.message))?;
    }
    for line in verdict.drawings.iter().flatten() {
        writeln!(out, "  {}", escape::line(line))?;
    }
    for (rule, why) in &verdict.undetermined {
        writeln!(out, "{}: {}", rule.name(), escape::line(why))?;
    }
    for (rule, why) in &verdict.skipped {
        writeln!(out, "skipped {}: {}", rule.name(), escape::line(why))?;
    }
    if found.files.is_empty() {
        // A bare history has no results.edn beside it.
        writeln!(out, "{}", verdict.result.pretty())?;
    }
    let (strict, parity) = (validity.name(), verdict.parity.name());
    let entries = found.history.history.len();
    writeln!(
        out,
        "{strict}: {entries} entries, checked as {workload} (Maelstrom's checker: {parity})"
    )?;
    if !found.files.is_empty() {
        writeln!(out, "unchanged since they were written: {}", found.files.join(", "))?;
    }
    writeln!(out, "targets, availability and the nodes' conduct are checked by `sim run`")?;
    Ok(())
}
