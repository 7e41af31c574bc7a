//! `sim check`: Lamport's invariants on a stored result or on a bare trace of any program, and
//! histories of clients.

mod copies;
mod files;
pub(super) mod history;
mod isolation;
mod json;
mod sweep;
mod trace;
mod transactions;

use std::io::BufReader;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

pub(super) use self::sweep::manifest as sweep_manifest;
pub(super) use self::trace::{check_trace, facts_of};
use super::hashes::{plain, same_hash};
use super::options::{VerdictKind, result_path};
use super::output::Format;
use super::source::{self, ConfigText};
use super::terminal::HINT;
use super::{CommandError, Io, Outcome, print_ignoring_broken_pipe, suggestions, why_command};
use crate::check::txn::Model;
use crate::check::{LamportRule, RunFacts, Validity};
use crate::config::{Experiment, Override, ScaleExperiment};
use crate::store::{Input, MANIFEST_MAX, TEXT_MAX, read_regular_text};
use crate::trace::{MANIFEST_FORMAT, Manifest};

/// Checks a stored result, or a trace or a history of any program.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  sim check results/exp9/seed-1
  sim check theirs.csv
      rules 1 to 5 and 10
  sim check theirs.csv --stamp before --duplication
      what they are allowed to do
  sim check theirs.csv --config exp.toml --net net.csv
      all of them
  sim check results/glomers/3e/seed-1
      the history of clients
  sim check history.edn --workload broadcast
      one that Jepsen wrote, say
  sim check h.jsonl --workload txn-list-append --consistency-model serializable
  sim check bug.txt --workload txn-rw-register
      one of AWDIT, IsoVista, Plume or PolySI
  sim check results/sweeps/rate-ratio
      the tables of a sweep
  sim run exp9 --trace-out - | sim check -
      a trace on stdin
  sim check - --workload echo < history.jsonl
      a history on stdin
  sim check results/exp9/seed-1 --format json
      for programs")]
pub(super) struct CheckArgs {
    /// A results folder of a run or a sweep (`latest` for the last one), a CSV file with the
    /// columns of trace.csv, or a history (.jsonl, .json, .edn); `-` is stdin: a trace, or a
    /// history with --workload.
    #[arg(value_parser = result_path())]
    path: PathBuf,
    /// The config of a bare trace: a file, or the name of one that ships.
    #[arg(long)]
    config: Option<PathBuf>,
    /// The seed of a run whose config names another [default: the config's, or a folder's own].
    #[arg(long, value_name = "N", requires = "config")]
    seed: Option<String>,
    /// The journal of a bare trace.
    #[arg(long)]
    net: Option<PathBuf>,
    /// Without a config: which clock messages carry, the sender's after its step or before it.
    /// [default: after]
    #[arg(long, value_enum, conflicts_with = "config")]
    stamp: Option<StampArg>,
    /// Without a config: the network may make duplicates.
    #[arg(long, conflicts_with = "config")]
    duplication: bool,
    /// The workload of a bare history.
    #[arg(long, value_name = "NAME")]
    workload: Option<String>,
    /// For transactions: the consistency models that the history is expected to satisfy, such as
    /// read-committed, snapshot-isolation or serializable. [default: strict-serializable; in the
    /// text of AWDIT or IsoVista read-committed, read-atomic, causal, snapshot-isolation and
    /// serializable]
    #[arg(
        long,
        visible_alias = "consistency-models",
        value_name = "NAME[,NAME]",
        value_delimiter = ',',
        value_parser = transactions::model
    )]
    consistency_model: Vec<Model>,
    /// For a history, the verdict that decides the exit code: strict, or parity, which is the
    /// verdict of Maelstrom's checker.
    #[arg(long, value_enum, default_value_t = VerdictKind::Strict)]
    verdict: VerdictKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum StampArg {
    /// Lamport's own rule.
    After,
    /// For a program that sends first and counts afterwards.
    Before,
}

/// The files of one trace, and the facts known about it.
struct Stored {
    trace: PathBuf,
    net: Option<PathBuf>,
    experiment: Option<ScaleExperiment>,
    /// Whether the run came to its normal end, as far as is known.
    complete: bool,
}

/// The outcome of a check that a signal has ended.
fn interrupted(io: &mut Io<'_>) -> Outcome {
    let signal = io.interrupt.signal().unwrap_or(super::Signal::Interrupt);
    writeln!(io.err, "interrupted; nothing is known")?;
    Ok(signal.exit())
}

pub(super) fn check(arguments: &CheckArgs, io: &mut Io<'_>) -> Outcome {
    let path = &arguments.path;
    // Whatever its name, a file with a workload is a history; but a table is a trace.
    let is_table = path.extension().is_some_and(|ending| ending == "csv" || ending == "tsv");
    let is_history =
        history::is_history(path) || (arguments.workload.is_some() && !is_table && !path.is_dir());
    if is_history && !is_stdin(path) && !path.exists() {
        let what = format!("{}: there is no such file", path.display());
        return Err(CommandError::Data(what));
    }
    if is_history && path.is_file() || is_stdin(path) && arguments.workload.is_some() {
        let for_traces = [
            (arguments.config.is_some(), "--config"),
            (arguments.net.is_some(), "--net"),
            (arguments.stamp.is_some(), "--stamp"),
            (arguments.duplication, "--duplication"),
        ];
        if let Some((_, option)) = for_traces.into_iter().find(|(given, _)| *given) {
            let what = format!("{option} is for a trace of the scale model, not for a history");
            return Err(CommandError::Usage(what));
        }
        return history::of_file(arguments, io);
    }
    if arguments.workload.is_some() || !arguments.consistency_model.is_empty() && !path.is_dir() {
        let what =
            "--workload is for a history: a file that ends in .jsonl, .json or .edn, or stdin";
        return Err(CommandError::Usage(what.to_owned()));
    }
    if io.output.format == Format::Edn && !arguments.path.is_dir() {
        let what = "--format edn is for the history of a workload, not for a trace";
        return Err(CommandError::Usage(what.to_owned()));
    }
    let stored = match arguments.path.is_dir() {
        true => {
            if let Some(manifest) = sweep::manifest(path)? {
                return sweep::check(arguments, &manifest, io);
            }
            let manifest = read_manifest(path)?;
            match (of_folder(&arguments.path, &manifest)?, &arguments.config) {
                (Experiment::Glomers(experiment), None) => {
                    return history::of_folder(arguments, &manifest, &experiment, io);
                }
                (Experiment::Glomers(_), Some(_)) => {
                    let what = "--config is for a trace of the scale model".to_owned();
                    return Err(CommandError::Usage(what));
                }
                (Experiment::Scale(own), _) => from_folder(arguments, &manifest, *own, io)?,
            }
        }
        false => Stored {
            trace: arguments.path.clone(),
            net: arguments.net.clone(),
            experiment: experiment(arguments, arguments.seed.clone())?,
            complete: true,
        },
    };
    let facts = facts(arguments, &stored)?;
    let stop = || io.interrupt.signal().is_some();
    let verdict = check_trace(&stored.trace, stored.net.as_deref(), facts, &stop)?;
    let Some((verdict, rows)) = verdict else {
        return interrupted(io);
    };
    // Without events only a rule that knows the tick times can give a verdict.
    let is_open =
        rows == 0 && verdict.holds() && !verdict.checked.contains(&LamportRule::TickTimes);
    let validity = if is_open { Validity::Unknown } else { Validity::of(verdict.holds()) };
    let output = io.output;
    print_ignoring_broken_pipe(io.out, |out| match output.format {
        Format::Json => writeln!(out, "{}", json::of_trace(&verdict, validity)),
        Format::Human if output.quiet && verdict.holds() => Ok(()),
        Format::Human if validity == Validity::Unknown => {
            writeln!(out, "undetermined: the trace has no events")
        }
        Format::Human | Format::Edn => {
            writeln!(out, "{}", verdict.to_string().trim_end())?;
            match why_command::of_violation(&verdict, &arguments.path, arguments.net.as_deref()) {
                Some(why) if !is_stdin(&arguments.path) => writeln!(out, "why: {why}"),
                _ => Ok(()),
            }
        }
    })?;
    let another_seed = arguments.config.is_some() && arguments.seed.is_none();
    if verdict.count(LamportRule::TickTimes) > 0 && another_seed && !arguments.path.is_dir() {
        writeln!(
            io.err,
            "{HINT} tick times follow from the seed; is the trace of another one \
             than the config's? --seed N says so"
        )?;
    }
    Ok(validity.into())
}

/// Whether a path denotes stdin.
fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// Reads the experiment of `--config`, if it is given, with this seed if there is one.
fn experiment(
    arguments: &CheckArgs,
    seed: Option<String>,
) -> Result<Option<ScaleExperiment>, CommandError> {
    let seed =
        seed.map(|value| Override { flag: "--seed".to_owned(), path: "seed".to_owned(), value });
    let seed: Vec<Override> = seed.into_iter().collect();
    let read = |path: &PathBuf| source::read_scale(&source::find(path)?, &seed);
    arguments.config.as_ref().map(read).transpose()
}

/// Reads the experiment of `--config` for a folder, with the seed in the manifest.
fn experiment_of_folder(
    arguments: &CheckArgs,
    manifest: &Manifest,
    io: &mut Io<'_>,
) -> Result<Option<ScaleExperiment>, CommandError> {
    let given = arguments.seed.clone();
    let experiment = experiment(arguments, given.clone())?;
    let Some(other) = experiment.as_ref().map(|e| e.parameters.seed.value()) else {
        return Ok(None);
    };
    if given.is_some() || other == manifest.seed {
        return Ok(experiment);
    }
    let seed = manifest.seed;
    writeln!(
        io.err,
        "warning: the config's seed is {other}; checked with {seed}, the run's own (--seed says \
         which)"
    )?;
    self::experiment(arguments, Some(seed.to_string()))
}

/// Reads a folder that `sim run` wrote: its trace must have the hash in its manifest.
fn from_folder(
    arguments: &CheckArgs,
    manifest: &Manifest,
    own: ScaleExperiment,
    io: &mut Io<'_>,
) -> Result<Stored, CommandError> {
    let folder = &arguments.path;
    let shown = folder.display();
    let (seed, of_manifest) = (own.parameters.seed.value(), manifest.seed);
    if seed != of_manifest {
        return Err(CommandError::Data(format!(
            "{shown}: manifest.json was changed: it names seed {of_manifest}, and config.toml \
             {seed}"
        )));
    }
    files::beside_trace(folder, manifest)?;
    let trace = folder.join("trace.csv");
    let Some(expected) = manifest.trace_blake3.as_ref().filter(|_| trace.is_file()) else {
        let hint = "run it again without --no-trace and --trace-out";
        return Err(CommandError::Data(format!("{shown}: this run wrote no trace here; {hint}")));
    };
    same_hash(&trace, expected)?;
    let mut net = arguments.net.clone();
    if let (None, Some(expected)) = (&net, &manifest.net_blake3) {
        let path = folder.join("net.csv");
        same_hash(&path, expected)?;
        net = Some(path);
    }
    let experiment = experiment_of_folder(arguments, manifest, io)?.unwrap_or(own);
    let complete = manifest.end == "duration";
    Ok(Stored { trace, net, experiment: Some(experiment), complete })
}

/// Reads the resolved config in a folder, which must have the hash in its manifest.
pub(super) fn of_folder(folder: &Path, manifest: &Manifest) -> Result<Experiment, CommandError> {
    let path = folder.join("config.toml");
    same_hash(&path, &manifest.config.blake3)?;
    source::read(&ConfigText::of_file(&path, text_of(&path)?), &[])
}

/// Returns the error for a folder that is no result, with a result below it if there is one.
pub(super) fn no_result(folder: &Path, problem: &str) -> CommandError {
    let hint =
        suggestions::result_below(folder).map_or(String::new(), |hint| format!("\n  {hint}"));
    CommandError::Data(format!("{}: {problem}{hint}", folder.display()))
}

/// Reads the manifest of a folder that `sim run` wrote.
pub(super) fn read_manifest(folder: &Path) -> Result<Manifest, CommandError> {
    let shown = folder.display();
    let path = folder.join("manifest.json");
    let text = read_regular_text(&path, MANIFEST_MAX).map_err(|error| {
        no_result(folder, &format!("no finished result: manifest.json: {}", plain(&error)))
    })?;
    let manifest: Manifest = serde_json::from_str(&text)
        .map_err(|error| CommandError::Data(format!("{}: {error}", path.display())))?;
    if manifest.format > MANIFEST_FORMAT {
        let format = manifest.format;
        return Err(CommandError::Data(format!(
            "{shown}: a newer sim wrote this (format {format})"
        )));
    }
    Ok(manifest)
}

/// Reads a text file of a results folder.
fn text_of(path: &Path) -> Result<String, CommandError> {
    let named = |error| CommandError::Data(format!("{}: {}", path.display(), plain(&error)));
    read_regular_text(path, TEXT_MAX).map_err(named)
}

/// Returns the facts about a trace of which its config, if there is one, says all.
fn facts(arguments: &CheckArgs, stored: &Stored) -> Result<RunFacts, CommandError> {
    match &stored.experiment {
        None => Ok(RunFacts {
            machines: None,
            stamp_before: arguments.stamp == Some(StampArg::Before),
            duplication: arguments.duplication,
            config: None,
            network: stored.net.is_some(),
        }),
        Some(experiment) => facts_of(experiment, stored.complete, stored.net.is_some()),
    }
}

/// Formats a path for messages.
fn shown(path: &Path) -> String {
    if is_stdin(path) { "stdin".to_owned() } else { path.display().to_string() }
}

pub(super) fn open(path: &Path) -> Result<BufReader<Input>, CommandError> {
    let cannot =
        |error| CommandError::Data(format!("{}: it cannot be read: {error}", path.display()));
    Input::open(path).map(BufReader::new).map_err(cannot)
}
