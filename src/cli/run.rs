//! `sim run`: one run of one config.

mod compare;
mod explain;
mod glomers;
mod recorder;
mod summary;

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::options::{Format, VerdictKind, sets};
use super::source;
use super::table;
use super::{CommandError, Exit, Io, Outcome, print_ignoring_broken_pipe};
use crate::check::Validity;
use crate::config::{self, Experiment, Override, ScaleExperiment};
use crate::engine::limits::End;
use crate::escape;
use crate::scale_model::{self, QueueChoice, ScaleRun};
use crate::store::{Claim, Existing, ResultsFolder, Unfinished};
use crate::trace::{ConfigId, MANIFEST_FORMAT, Manifest};
use recorder::{Recorder, Sinks};

/// Runs a config and writes its trace and measures.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  sim run exp9
  sim run my.toml --seed 7 --duration 10m --set network.loss=0.1 --check
  sim run exp9 --trace-out - | head
  sim run --explain                 what each measure means")]
pub(super) struct RunArgs {
    /// A config file, or the name of one that ships (see `sim configs list`).
    #[arg(required_unless_present = "explain")]
    config: Option<PathBuf>,
    /// The seed, instead of the config's.
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    seed: Option<String>,
    /// The duration with a unit, such as 10s or 1m30s, instead of the config's.
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    duration: Option<String>,
    /// Overrides a key of the config; the value is TOML, else text.
    #[arg(long = "set", value_name = "KEY=VALUE")]
    sets: Vec<String>,
    /// The folder in which results folders are made.
    #[arg(long, value_name = "DIR", default_value = "results")]
    out: PathBuf,
    /// Writes no trace.
    #[arg(long, conflicts_with_all = ["trace_out", "split"])]
    no_trace: bool,
    /// Writes the trace here instead of into the results folder; `-` is stdout, and then no results
    /// folder is made.
    #[arg(long, value_name = "FILE")]
    trace_out: Option<PathBuf>,
    /// Writes net.csv, too: what became of every copy of every message.
    #[arg(long)]
    net: bool,
    /// Writes a trace for each machine besides.
    #[arg(long)]
    split: bool,
    /// Checks Lamport's invariants on every event (exit code 1 if one is violated). Gossip Glomers
    /// runs are always checked.
    #[arg(long)]
    check: bool,
    /// Runs twice, compares all events, and writes nothing (exit code 4 if they differ).
    #[arg(long, conflicts_with_all = ["trace_out", "net", "split", "check"])]
    check_determinism: bool,
    /// Prints what each measure means: those of the config's family, or of both without a config.
    #[arg(long)]
    explain: bool,
    /// Of Gossip Glomers, which verdict decides the exit code: strict, which is right, or parity,
    /// which is what Maelstrom would say.
    #[arg(long, value_enum, default_value_t = VerdictKind::Strict)]
    verdict: VerdictKind,
    /// What to print.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
    /// The event queue; all give the same run.
    #[arg(long, value_enum, default_value_t = QueueArg::Auto)]
    queue: QueueArg,
    /// Writes over what is in the results folder.
    #[arg(long)]
    force: bool,
    /// Prints nothing but errors.
    #[arg(short, long)]
    quiet: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum QueueArg {
    /// The fastest for the number of machines.
    Auto,
    /// The reference: a binary heap of tick and delivery events.
    Heap,
    /// An array: for a handful of machines.
    Scan,
    /// A tournament tree.
    Tree,
}

impl From<QueueArg> for QueueChoice {
    fn from(queue: QueueArg) -> QueueChoice {
        match queue {
            QueueArg::Auto => QueueChoice::Auto,
            QueueArg::Heap => QueueChoice::Heap,
            QueueArg::Scan => QueueChoice::Scan,
            QueueArg::Tree => QueueChoice::Tree,
        }
    }
}

impl RunArgs {
    /// Whether stdout is for programs.
    pub(super) fn prints_data(&self) -> bool {
        let is_pipe = self.trace_out.as_ref().is_some_and(|file| file.as_os_str() == "-");
        is_pipe || self.format == Format::Json
    }
}

/// With more machines than this there is no file for each.
const SPLIT_MAX: u32 = 1_000;

pub(super) fn run(arguments: RunArgs, io: &mut Io<'_>) -> Outcome {
    let Some(path) = &arguments.config else {
        explain::of_all(io.out)?;
        return Ok(Exit::Holds);
    };
    let experiment = source::read(&source::find(path)?, &overrides(&arguments)?)?;
    if arguments.explain {
        explain::of(&experiment, io.out)?;
    }
    let experiment = match experiment {
        Experiment::Scale(experiment) => experiment,
        Experiment::Glomers(experiment) => return glomers::run(&arguments, &experiment, io),
    };
    let machines = experiment.parameters.machines();
    if arguments.split && machines > SPLIT_MAX {
        return Err(CommandError::Usage(format!("--split is for up to {SPLIT_MAX} machines")));
    }
    if arguments.check_determinism {
        return compare::check_determinism(&experiment, arguments.queue.into(), io);
    }
    let to_stdout = arguments.trace_out.as_ref().is_some_and(|file| file.as_os_str() == "-");
    if to_stdout {
        let ignored = arguments.net || arguments.split || arguments.format == Format::Json;
        if ignored {
            let what =
                "--trace-out - makes no results folder: leave out --net, --split and --format";
            return Err(CommandError::Usage(what.to_owned()));
        }
        return to_pipe(&arguments, &experiment, io);
    }
    to_folder(&arguments, &experiment, io)
}

fn overrides(arguments: &RunArgs) -> Result<Vec<Override>, CommandError> {
    let mut overrides = sets(&arguments.sets)?;
    for (key, value) in [("seed", &arguments.seed), ("duration", &arguments.duration)] {
        if let Some(value) = value {
            let flag = format!("--{key}");
            overrides.push(Override { flag, path: key.to_owned(), value: value.clone() });
        }
    }
    Ok(overrides)
}

/// Runs with the trace on stdout, and everything else on stderr.
fn to_pipe(arguments: &RunArgs, experiment: &ScaleExperiment, io: &mut Io<'_>) -> Outcome {
    let sinks = Sinks { pipe: Some(&mut *io.out), ..Sinks::default() };
    let mut recorder = Recorder::new(sinks, arguments.check.then_some(experiment));
    let stop = || io.interrupt.signal().is_some();
    let run = simulate(experiment, arguments.queue.into(), &mut recorder, &stop)?;
    let recorded = recorder.finish(&run)?;
    if let End::Interrupted { at } = run.totals.end {
        return interrupted(at, io);
    }
    let mut exit = Exit::Holds;
    if let Some(verdict) = &recorded.verdict {
        if !arguments.quiet || !verdict.holds() {
            writeln!(io.err, "{verdict}")?;
        }
        exit = Validity::of(verdict.holds()).into();
    }
    Ok(exit.or(limit_exit(&run, io)?))
}

/// Runs with all outputs in a results folder.
fn to_folder(arguments: &RunArgs, experiment: &ScaleExperiment, io: &mut Io<'_>) -> Outcome {
    let resolved = config::resolved(experiment);
    let config_hash = config::hash(&resolved);
    let parameters = &experiment.parameters;
    let seed = format!("seed-{}", parameters.seed.value());
    let claim = Claim {
        path: &arguments.out.join(&experiment.name).join(seed),
        blake3: &config_hash,
        force: arguments.force,
        unfinished: Unfinished::Clear,
    };
    let folder = ResultsFolder::claim(io.store, claim)?;
    if let Some(file) = &arguments.trace_out {
        may_be_written(file, folder.path(), arguments.force)?;
    }
    let trace = match (&arguments.trace_out, arguments.no_trace) {
        (Some(file), _) => Some(crate::store::NewFile::create(io.store, file)?),
        (None, false) => Some(folder.create("trace.csv")?),
        (None, true) => None,
    };
    let machine_file = |machine| folder.create(&format!("machine-{machine}.csv"));
    let files = if arguments.split { parameters.machines() } else { 0 };
    let sinks = Sinks {
        trace,
        net: if arguments.net { Some(folder.create("net.csv")?) } else { None },
        machines: (1..=files).map(machine_file).collect::<Result<_, _>>()?,
        pipe: None,
    };
    let mut recorder = Recorder::new(sinks, arguments.check.then_some(experiment));
    let stop = || io.interrupt.signal().is_some();
    let run = if recorder.is_idle() {
        simulate(experiment, arguments.queue.into(), &mut (), &stop)?
    } else {
        simulate(experiment, arguments.queue.into(), &mut recorder, &stop)?
    };
    let mut recorded = recorder.finish(&run)?;
    if let End::Interrupted { at } = run.totals.end {
        return interrupted(at, io);
    }
    let in_folder = arguments.trace_out.is_none();
    let mut manifest = Manifest {
        format: MANIFEST_FORMAT,
        sim: env!("CARGO_PKG_VERSION").to_owned(),
        config: ConfigId { name: experiment.name.clone(), blake3: config_hash },
        seed: parameters.seed.value(),
        trace_blake3: recorded.trace_blake3.clone(),
        history_blake3: None,
        net_blake3: recorded.net_blake3.clone(),
        results_blake3: None,
        summary_blake3: None,
        machines_blake3: recorded.machines_blake3.clone(),
        fingerprint: run.fingerprint.to_string(),
        rows: run.run.events,
        end: run.totals.end.name().to_owned(),
        replayable: true,
    };
    if let Existing::Result(old) = folder.existing()
        && let Ok(old) = serde_json::from_str::<Manifest>(old)
    {
        if !same_run(&old, &manifest, folder.path(), io)? {
            return Ok(Exit::Nondeterminism);
        }
        // What an earlier run wrote and this one does not stays, and stays described.
        manifest.trace_blake3 = manifest.trace_blake3.or(old.trace_blake3.clone());
        manifest.net_blake3 = manifest.net_blake3.or(old.net_blake3.clone());
        if manifest.machines_blake3.is_empty() {
            manifest.machines_blake3 = old.machines_blake3;
        }
    }
    recorded.commit()?;
    folder.put("config.toml", resolved.as_bytes())?;
    manifest.summary_blake3 = Some(summary::write(&folder, &run)?);
    let path = folder.finish(&manifest.to_json(), &[])?;
    let holds = recorded.verdict.as_ref().is_none_or(|verdict| verdict.holds());
    let exit = limit_exit(&run, io)?.or(Validity::of(holds).into());
    let report = table::ScaleReport {
        experiment,
        run: &run,
        manifest: &manifest,
        folder: &path,
        trace_file: arguments.trace_out.as_deref().filter(|_| !in_folder),
        verdict: recorded.verdict.as_ref(),
    };
    print_ignoring_broken_pipe(io.out, |out| match (arguments.format, arguments.quiet) {
        (Format::Json, _) => summary::print_json(&report, out),
        (Format::Human, false) => Ok(table::print(&report, out)?),
        (Format::Human, true) => Ok::<(), CommandError>(()),
    })?;
    Ok(exit)
}

/// Whether the result that is there is of the same run as this one; says so if not.
fn same_run(
    old: &Manifest,
    new: &Manifest,
    folder: &Path,
    io: &mut Io<'_>,
) -> Result<bool, CommandError> {
    if old.fingerprint == new.fingerprint && old.rows == new.rows {
        return Ok(true);
    }
    let path = escape::path(folder);
    writeln!(io.err, "error: the result in {path} has the same config and seed")?;
    writeln!(io.err, "  and the fingerprint {}", escape::line(&old.fingerprint))?;
    writeln!(io.err, "  but this run has    {}", new.fingerprint)?;
    writeln!(io.err, "  nothing was written; `--check-determinism` looks closer")?;
    Ok(false)
}

/// Makes sure that a trace of its own place destroys nothing.
fn may_be_written(file: &Path, folder: &Path, force: bool) -> Result<(), CommandError> {
    let shown = file.display();
    let parent = file.parent().filter(|p| *p != Path::new("")).unwrap_or(Path::new("."));
    if parent.canonicalize().is_ok_and(|parent| folder.canonicalize().is_ok_and(|f| f == parent)) {
        return Err(CommandError::Usage(format!(
            "--trace-out {shown}: that is in the results folder"
        )));
    }
    match file.symlink_metadata() {
        Err(_) => Ok(()),
        Ok(there) if there.is_file() && force => Ok(()),
        Ok(there) if there.is_file() => Err(CommandError::Overwrite(file.to_owned())),
        Ok(_) => {
            Err(CommandError::Usage(format!("--trace-out {shown}: it is there, and no plain file")))
        }
    }
}

fn simulate(
    experiment: &ScaleExperiment,
    queue: QueueChoice,
    observer: &mut impl crate::simulation::Observer<scale_model::Machine>,
    stop: &dyn Fn() -> bool,
) -> Result<ScaleRun, CommandError> {
    scale_model::run(&experiment.parameters, queue, observer, stop)
        .map_err(|error| CommandError::Data(error.to_string()))
}

fn interrupted(at: crate::engine::time::Instant, io: &mut Io<'_>) -> Outcome {
    let signal = io.interrupt.signal().unwrap_or(super::Signal::Interrupt);
    writeln!(io.err, "interrupted at {at} of virtual time; nothing was written")?;
    Ok(signal.exit())
}

fn limit_exit(run: &ScaleRun, io: &mut Io<'_>) -> Outcome {
    if !run.totals.end.is_limit() {
        return Ok(Exit::Holds);
    }
    writeln!(io.err, "the run was cut short: {}", run.totals.end)?;
    Ok(Exit::Limit)
}
