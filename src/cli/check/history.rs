//! `sim check` of a history: one that `sim run` stored, or one from any program.

use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;

use serde_json::Value;

use super::super::{CommandError, Io, Outcome, print_ignoring_broken_pipe, why_command};
use super::{CheckArgs, files, isolation, json, transactions};
use crate::check::{
    Finding, HistoryChecker, HistoryRule, HistoryVerdict, Validity, check_history, txn,
};
use crate::cli::hashes::same_hash;
use crate::cli::output::Format;
use crate::cli::terminal::width;
use crate::cli::until_signal::until_signal;
use crate::cli::wrapped;
use crate::config::GlomersExperiment;
use crate::escape;
use crate::glomers::{self, WORKLOADS};
use crate::history::{
    EntryKind, History, Named, Op, OpValue, each_edn, each_jsonl, is_log, read_log,
};
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
    let named = stored(&arguments.path, manifest, experiment)?;
    let names = &experiment.parameters.names;
    let files = files::of_history(&arguments.path, manifest, &named, names)?;
    let end = Some(manifest.end.as_str());
    let cut_short = end.filter(|end| !["duration", "quiescent"].contains(end));
    let checker = experiment.parameters.workload.checker;
    let mut options = transactions::options(arguments, checker)?;
    if let Some(options) = options.as_mut().filter(|_| arguments.consistency_model.is_empty()) {
        options.models.clone_from(&experiment.consistency_models);
    }
    let checked = until_signal(io.interrupt, move || {
        let verdict = check(checker, options.as_ref(), &named);
        (verdict, named)
    });
    let Some((verdict, named)) = checked else { return super::interrupted(io) };
    refuse_foreign(arguments, workload, &named.history, &verdict)?;
    let entries = named.history.len();
    let is_explained = !verdict.findings.is_empty() && files.contains(&"net.csv");
    let why = is_explained.then(|| why_command::command(&arguments.path, "--finding 1"));
    print_verdict(arguments, &Found { workload, verdict, entries, files, cut_short, why }, io)
}

/// A history that was checked.
pub(super) struct Found<'a> {
    pub(super) workload: &'a str,
    pub(super) verdict: HistoryVerdict,
    /// Number of its entries.
    pub(super) entries: usize,
    /// Files of its folder that are unchanged.
    pub(super) files: Vec<&'static str>,
    /// The reason why its run was cut short, if it was.
    pub(super) cut_short: Option<&'a str>,
    /// The command that explains its first finding, if it is that of a run.
    pub(super) why: Option<String>,
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

/// Checks the history of a stored run as its run was checked.
pub(in crate::cli) fn check_stored(
    experiment: &GlomersExperiment,
    history: &[Op],
    nodes: &[String],
) -> HistoryVerdict {
    let checker = experiment.parameters.workload.checker;
    match (checker, checker.and_then(HistoryChecker::data_type)) {
        (_, Some(data)) => {
            let models = experiment.consistency_models.clone();
            txn::check_with(history, nodes, &txn::Options { models, ..txn::Options::new(data) })
        }
        (Some(checker), None) => check_history(checker, history, nodes),
        (None, None) => HistoryVerdict::unchecked(),
    }
}

/// Checks a history of any program.
pub(super) fn of_file(arguments: &CheckArgs, io: &mut Io<'_>) -> Outcome {
    let Some(workload) = &arguments.workload else {
        let names = workload_names();
        let what = format!("a history needs --workload, which is one of {names}");
        return Err(CommandError::Usage(what));
    };
    let checker = match glomers::workload(workload) {
        Some(known) => known.checker,
        None => Some(HistoryChecker::of(workload).ok_or_else(|| {
            let names = workload_names();
            let what = format!("there is no workload {workload:?}; it is one of {names}");
            CommandError::Usage(what)
        })?),
    };
    let options = transactions::options(arguments, checker)?;
    let mut input = BufReader::with_capacity(BUFFER, input(&arguments.path)?);
    if let Some(format) = isolation::format(&arguments.path, &mut input)? {
        return isolation::of_text(arguments, workload, format, input, io);
    }
    if let Some(options) = options.clone().filter(|_| !super::is_stdin(&arguments.path)) {
        let (path, of) = (arguments.path.clone(), workload.clone());
        let checked = until_signal(io.interrupt, move || {
            transactions::check_file(&path, &of, &options, |each| each_of(&path, &[], each))
        });
        let Some(checked) = checked else { return super::interrupted(io) };
        if let Some((verdict, entries)) = checked? {
            let found =
                Found { workload, verdict, entries, files: vec![], cut_short: None, why: None };
            return print_verdict(arguments, &found, io);
        }
    }
    let path = arguments.path.clone();
    let checked = until_signal(io.interrupt, move || {
        let named = match super::is_stdin(&path) {
            true => read_from("stdin", Path::new("-"), input, &[]),
            false => read(&path, &[]),
        };
        named.map(|named| (check(checker, options.as_ref(), &named), named))
    });
    let Some(checked) = checked else { return super::interrupted(io) };
    let (verdict, named) = checked?;
    refuse_foreign(arguments, workload, &named.history, &verdict)?;
    let entries = named.history.len();
    let found = Found { workload, verdict, entries, files: vec![], cut_short: None, why: None };
    print_verdict(arguments, &found, io)
}

/// The names of all workloads that have a checker or clients.
fn workload_names() -> String {
    let of_clients = WORKLOADS.iter().map(|workload| workload.name);
    let checkers = HistoryChecker::ALL.into_iter().map(HistoryChecker::name);
    let others = checkers.filter(|name| glomers::workload(name).is_none());
    of_clients.chain(others).collect::<Vec<_>>().join(", ")
}

/// Checks a history that is held as a whole; `options` are those of transactions.
fn check(
    checker: Option<HistoryChecker>,
    options: Option<&txn::Options>,
    named: &Named,
) -> HistoryVerdict {
    let Named { history, nodes } = named;
    match (checker, options) {
        (_, Some(options)) => txn::check_with(history, nodes, options),
        (Some(checker), None) => check_history(checker, history, nodes),
        (None, None) => HistoryVerdict::unchecked(),
    }
}

/// Size of the read buffer.
const BUFFER: usize = 1 << 16;

/// Opens a history: a file, or stdin.
fn input(path: &Path) -> Result<Box<dyn io::Read + Send>, CommandError> {
    if super::is_stdin(path) {
        return Ok(Box::new(io::stdin()));
    }
    let cannot = |error| CommandError::Data(format!("{}: {error}", path.display()));
    Ok(Box::new(open_input(path).map_err(cannot)?))
}

/// Reads a history. It may be empty: that of a run in which clients had no operations.
pub(in crate::cli) fn read(path: &Path, nodes: &[String]) -> Result<Named, CommandError> {
    let mut history = History::new();
    let nodes = each_of(path, nodes, &mut |op| history.push(op))?;
    Ok(Named { history, nodes })
}

/// Calls a function with each entry of a file; returns the names of its nodes.
fn each_of(
    path: &Path,
    nodes: &[String],
    each: &mut dyn FnMut(Op),
) -> Result<Vec<String>, CommandError> {
    let shown = path.display().to_string();
    let input =
        open_input(path).map_err(|error| CommandError::Data(format!("{shown}: {error}")))?;
    each_from(&shown, path, input, nodes, each)
}

/// Reads a history; error messages call it `shown`.
fn read_from(
    shown: &str,
    path: &Path,
    input: impl io::Read,
    nodes: &[String],
) -> Result<Named, CommandError> {
    let mut history = History::new();
    let nodes = each_from(shown, path, input, nodes, &mut |op| history.push(op))?;
    Ok(Named { history, nodes })
}

/// Calls a function with each entry of a history; returns the names of its nodes.
fn each_from(
    shown: &str,
    path: &Path,
    input: impl io::Read,
    nodes: &[String],
    each: &mut dyn FnMut(Op),
) -> Result<Vec<String>, CommandError> {
    let mut input = BufReader::with_capacity(BUFFER, input);
    let begin =
        input.fill_buf().map_err(|error| CommandError::Data(format!("{shown}: {error}")))?;
    let begin = String::from_utf8_lossy(begin);
    let is_edn = !begin.is_empty() && is_edn(path, &begin);
    let read = if !is_history(path) && is_log(&begin) {
        read_log(input).map(|named| {
            named.history.into_iter().for_each(each);
            named.nodes
        })
    } else if is_edn {
        each_edn(input, nodes, each)
    } else {
        each_jsonl(input, nodes, each)
    };
    read.map_err(|error| CommandError::Data(format!("{shown}: {error}")))
}

fn print_verdict(arguments: &CheckArgs, found: &Found<'_>, io: &mut Io<'_>) -> Outcome {
    let Found { workload, verdict, entries, files, cut_short, .. } = found;
    // Without recovery and final phase a history can look worse than it is.
    let validity = if cut_short.is_some() { Validity::Unknown } else { verdict.strict };
    let output = io.output;
    match output.format {
        Format::Edn => {
            print_ignoring_broken_pipe(io.out, |out| writeln!(out, "{}", verdict.result.pretty()))?
        }
        Format::Json => {
            let object = json::of_history(verdict, validity, workload, *entries, files);
            print_ignoring_broken_pipe(io.out, |out| writeln!(out, "{object}"))?;
        }
        Format::Human if output.quiet && validity != Validity::Invalid => {}
        Format::Human => {
            print_ignoring_broken_pipe(io.out, |out| print(found, validity, out))?;
        }
    }
    let parity = if cut_short.is_some() { Validity::Unknown } else { verdict.parity };
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
    // Keys are those of that workload itself.
    if is_pair && HistoryChecker::of(workload) != Some(HistoryChecker::LinKv) {
        text += "\n  hint: values that are pairs [key value] are those of jepsen.independent; \
                 check the history of each key by itself";
    }
    Err(CommandError::Data(text))
}

fn print(found: &Found<'_>, validity: Validity, out: &mut dyn Write) -> io::Result<()> {
    let Found { workload, verdict, entries, .. } = found;
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
    writeln!(
        out,
        "{strict}: {entries} entries, checked as {workload} (Maelstrom's checker: {parity})"
    )?;
    if !found.files.is_empty() {
        let files = format!("unchanged since they were written: {}", found.files.join(", "));
        wrapped::print_in(width(), ("", 0), &files, out)?;
    }
    writeln!(out, "targets, availability and the nodes' conduct are checked by `sim run`")?;
    if let Some(why) = &found.why {
        writeln!(out, "why: {why}")?;
    }
    Ok(())
}
