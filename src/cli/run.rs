//! `sim run`: one run of one config.

mod compare;
mod explain;
mod glomers;
mod recorder;
mod summary;

use std::cell::OnceCell;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::changes::Changes;
use super::options::{VerdictKind, sets};
use super::output::Format;
use super::results::{claim_run, report_different};
use super::source;
use super::table;
use super::virtual_progress::VirtualProgress;
use super::{CommandError, Exit, Io, Outcome, print_ignoring_broken_pipe};
use crate::check::Validity;
use crate::config::{self, Experiment, Override, ScaleExperiment};
use crate::engine::limits::End;
use crate::scale_model::{self, QueueChoice, ScaleRun};
use crate::store::{
    BODIES, CONFIG, FinishError, MACHINES, NET, ResultSession, RunRecord, StoreError, TRACE,
};
use crate::trace::{ConfigId, Manifest};
use recorder::{Recorder, Sinks};

/// Runs a config and writes its trace and measures.
#[derive(Debug, Default, Args)]
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
    /// Also writes net.csv: the fate of every copy of every message.
    #[arg(long)]
    net: bool,
    /// Also writes bodies.jsonl: what each message said. A Gossip Glomers run whose verdict is
    /// invalid is run once more to record them, without this option.
    #[arg(long, conflicts_with = "no_bodies")]
    bodies: bool,
    /// Records no bodies of messages for a run whose verdict is invalid.
    #[arg(long)]
    no_bodies: bool,
    /// Also writes report.html: one page that explains the run, as `sim report` does.
    #[arg(long, conflicts_with_all = ["no_trace", "trace_out"])]
    report: bool,
    /// Also writes a trace for each machine.
    #[arg(long)]
    split: bool,
    /// Checks Lamport's invariants on every event (exit code 1 if one is violated). Gossip Glomers
    /// runs are always checked.
    #[arg(long)]
    check: bool,
    /// Runs twice, compares all events, and writes nothing (exit code 4 if they differ).
    #[arg(long, conflicts_with_all = ["trace_out", "net", "bodies", "report", "split", "check"])]
    check_determinism: bool,
    /// Prints what each measure means: those of the config's family, or of both without a config.
    #[arg(long)]
    explain: bool,
    /// For Gossip Glomers, the verdict that decides the exit code: strict, or parity, which is the
    /// verdict of Maelstrom.
    #[arg(long, value_enum, default_value_t = VerdictKind::Strict)]
    verdict: VerdictKind,
    /// The event queue; all give the same run.
    #[arg(long, value_enum, default_value_t = QueueArg::Auto)]
    queue: QueueArg,
    /// Writes over what is in the results folder.
    #[arg(long)]
    force: bool,
    /// The results folder, once the run has finished.
    #[arg(skip)]
    finished: OnceCell<PathBuf>,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum QueueArg {
    /// The fastest for the number of machines.
    #[default]
    Auto,
    /// The reference: a binary heap of tick and delivery events.
    Heap,
    /// An array: for a handful of machines.
    Scan,
    /// A tournament tree.
    Tree,
    /// A lane for each rate: for many machines of few rates.
    Rates,
}

impl From<QueueArg> for QueueChoice {
    fn from(queue: QueueArg) -> QueueChoice {
        match queue {
            QueueArg::Auto => QueueChoice::Auto,
            QueueArg::Heap => QueueChoice::Heap,
            QueueArg::Scan => QueueChoice::Scan,
            QueueArg::Tree => QueueChoice::Tree,
            QueueArg::Rates => QueueChoice::Rates,
        }
    }
}

impl RunArgs {
    /// Returns the arguments for a run of a config as it is, whose results go below `out`.
    pub(super) fn of_config(config: &Path, out: &str) -> RunArgs {
        RunArgs { config: Some(config.to_owned()), out: out.into(), ..RunArgs::default() }
    }

    /// Returns the results folder, if the run has finished.
    pub(super) fn finished(&self) -> Option<&Path> {
        self.finished.get().map(PathBuf::as_path)
    }

    /// Does what is asked for when the results are in place.
    fn finish(&self, folder: &Path, io: &mut Io<'_>) -> Result<(), CommandError> {
        let _ = self.finished.set(folder.to_owned());
        match self.report {
            true => super::report::of_finished(folder, io.output.shows_text(), io),
            false => Ok(()),
        }
    }

    /// Returns whether stdout has data for programs.
    pub(super) fn prints_data(&self) -> bool {
        self.trace_out.as_ref().is_some_and(|file| file.as_os_str() == "-")
    }
}

/// Maximum number of machines with a file for each.
const SPLIT_MAX: u32 = 1_000;

pub(super) fn run(arguments: &RunArgs, io: &mut Io<'_>) -> Outcome {
    let Some(path) = &arguments.config else {
        explain::of_all(io.out)?;
        return Ok(Exit::Holds);
    };
    let (config, overrides) = (source::find(path)?, overrides(arguments)?);
    let experiment = source::read(&config, &overrides)?;
    let changes = Changes::of(&config, &overrides)?;
    if arguments.explain {
        explain::of(&experiment, io.out)?;
    }
    let experiment = match experiment {
        Experiment::Scale(experiment) => experiment,
        Experiment::Glomers(experiment) => {
            return glomers::run(arguments, &experiment, &changes, io);
        }
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
        let ignored = arguments.net
            || arguments.bodies
            || arguments.split
            || io.output.format == Format::Json;
        if ignored {
            let what = "--trace-out - makes no results folder: leave out --net, --bodies, --split \
                        and --format";
            return Err(CommandError::Usage(what.to_owned()));
        }
        return to_pipe(arguments, &experiment, io);
    }
    to_folder(arguments, &experiment, &changes, io)
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

/// Runs with the trace on stdout and all other output on stderr.
fn to_pipe(arguments: &RunArgs, experiment: &ScaleExperiment, io: &mut Io<'_>) -> Outcome {
    let sinks = Sinks { pipe: Some(&mut *io.out), ..Sinks::default() };
    let mut recorder = Recorder::new(sinks, arguments.check.then_some(experiment));
    let stop = || io.interrupt.signal().is_some();
    let mut progress = VirtualProgress::new(io.output, experiment.parameters.duration);
    let observers = &mut (&mut recorder, &mut progress);
    let run = simulate(experiment, arguments.queue.into(), observers, &stop)?;
    drop(progress);
    let recorded = recorder.finish(&run)?;
    if let End::Interrupted { at } = run.totals.end {
        return interrupted(at, io);
    }
    let mut exit = Exit::Holds;
    if let Some(verdict) = &recorded.verdict {
        if !io.output.quiet || !verdict.holds() {
            writeln!(io.err, "{verdict}")?;
        }
        exit = Validity::of(verdict.holds()).into();
    }
    Ok(exit.or(limit_exit(&run, io)?))
}

/// Runs with all outputs in a results folder.
fn to_folder(
    arguments: &RunArgs,
    experiment: &ScaleExperiment,
    changes: &Changes,
    io: &mut Io<'_>,
) -> Outcome {
    let resolved = config::resolved(experiment);
    let config = ConfigId { name: experiment.name.clone(), blake3: config::hash(&resolved) };
    let seed = experiment.parameters.seed.value();
    let mut session = claim_run(io.store, &arguments.out, config, changes, seed, arguments.force)?;
    if let Some(file) = &arguments.trace_out {
        may_be_written(file, session.path(), arguments.force)?;
    }
    let sinks = sinks(arguments, &session, experiment.parameters.machines())?;
    let mut recorder = Recorder::new(sinks, arguments.check.then_some(experiment));
    let stop = || io.interrupt.signal().is_some();
    let mut progress = VirtualProgress::new(io.output, experiment.parameters.duration);
    let run = if recorder.is_idle() {
        simulate(experiment, arguments.queue.into(), &mut progress, &stop)?
    } else {
        let observers = &mut (&mut recorder, &mut progress);
        simulate(experiment, arguments.queue.into(), observers, &stop)?
    };
    drop(progress);
    let recorded = recorder.finish(&run)?;
    if let End::Interrupted { at } = run.totals.end {
        return interrupted(at, io);
    }
    recorded.files.into_iter().for_each(|file| session.record(file));
    session.record_bytes(&CONFIG, resolved);
    summary::record(&mut session, &run)?;
    let record = RunRecord {
        seed,
        changed: changes.texts(),
        fingerprint: run.fingerprint.to_string(),
        rows: run.run.events,
        end: run.totals.end.name(),
        replayable: true,
    };
    let finished = match session.finish(|head| record.manifest(head)) {
        Err(FinishError::Different(different)) => return report_different(&different, io.err),
        Err(FinishError::Store(error)) => return Err(error.into()),
        Ok(finished) => finished,
    };
    let verdict = recorded.verdict.as_ref();
    let holds = verdict.is_none_or(|verdict| verdict.holds());
    let exit = limit_exit(&run, io)?.or(Validity::of(holds).into());
    let report = table::ScaleReport {
        experiment,
        run: &run,
        manifest: &finished.manifest,
        folder: &finished.folder,
        trace_file: arguments.trace_out.as_deref(),
        verdict,
    };
    let output = io.output;
    print_ignoring_broken_pipe(io.out, |out| match (output.format, output.quiet) {
        (Format::Json, _) => summary::print_json(&report, out),
        (_, false) => Ok(table::print(&report, out)?),
        (_, true) => Ok::<(), CommandError>(()),
    })?;
    arguments.finish(&finished.folder, io)?;
    Ok(exit)
}

/// Begins the files that are written while a run goes on.
fn sinks<'s>(
    arguments: &RunArgs,
    session: &ResultSession<'s, Manifest>,
    machines: u32,
) -> Result<Sinks<'static, 's>, StoreError> {
    let trace = match (&arguments.trace_out, arguments.no_trace) {
        (Some(file), _) => Some(session.create_outside(&TRACE, file)?),
        (None, false) => Some(session.create(&TRACE)?),
        (None, true) => None,
    };
    let net = if arguments.net { Some(session.create(&NET)?) } else { None };
    let bodies = if arguments.bodies { Some(session.create(&BODIES)?) } else { None };
    let files = if arguments.split { machines } else { 0 };
    let machine_file = |machine: u32| session.create_one_of(&MACHINES, &machine.to_string());
    let machines = (1..=files).map(machine_file).collect::<Result<_, _>>()?;
    Ok(Sinks { trace, net, bodies, machines, pipe: None })
}

/// Verifies that writing the trace to `--trace-out` overwrites no other file.
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
