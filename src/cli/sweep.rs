//! `sim sweep`: many seeds of many points, on all cores.

mod changed;
mod cluster;
mod export;
mod figures;
mod finish;
mod report;
mod resume_command;

use std::io;
use std::path::{Path, PathBuf};

use clap::Args;

use super::changes::Changes;
use super::options::{JOBS_MAX, whole, workers};
use super::progress::Progress as Shown;
use super::results::owned_files;
use super::source::{self, ConfigText};
use super::{CommandError, Io, Outcome};
use crate::config::{
    self, BaseText, ConfigError, Experiment, Override, Sweep, SweepError, SweepOptions, read_sweep,
};
use crate::store::{Claim, Existing, ResultSession, Unfinished};
use crate::sweep::{
    Drive, Ended, Progress, ProgressError, Runner, SharedMemory, SweepFailure, SweepManifest,
    header, run_checked,
};
use crate::trace::ConfigId;
use changed::{changes, overrides};
use finish::{PointsOf, finish};
use report::{Reported, already_there, grouped, report, words};
use resume_command::resume_command;

/// Runs many seeds, or a whole grid of configs, on all cores, or on many machines.
#[derive(Debug, Default, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
#[command(
    disable_help_subcommand = true,
    after_help = "Examples:
  sim sweep exp9 --seeds 0..1000
  sim sweep sweeps/send-probability --jobs 2
  sim sweep my-sweep.toml --check --until-failure
  sim sweep glomers/3c --set solution=flood --seeds 0..100
  sim sweep my-sweep.toml --resume  go on after an interruption

Results go to results/sweeps/<name>: runs.csv has a row per point, seed and
machine (of Gossip Glomers, per point and seed, with the verdict); points.csv
has means, quantiles and intervals of every measure. The same sweep gives the
same bytes, whatever --jobs is and however often it was interrupted. Draw it
with `sim plot`. The commands above split a sweep among many machines, and give
the same bytes, too: docs/cluster.md. A config that is called like one of them
is ./plan."
)]
pub(super) struct SweepArgs {
    #[command(subcommand)]
    cluster: Option<cluster::ClusterCommand>,
    /// A sweep file, a config, or the name of one that ships (see `sim configs list`).
    #[arg(required = true)]
    config: Option<PathBuf>,
    /// The seeds, the end excluded, such as 0..1000; instead of the sweep file's.
    #[arg(long, value_name = "A..B")]
    seeds: Option<String>,
    /// Number of workers [default: one for each core].
    #[arg(short, long, value_name = "N",
        value_parser = whole(1, JOBS_MAX))]
    jobs: Option<u16>,
    // The help has a line for each format of the table.
    #[arg(long = "export", value_name = "NAME", value_delimiter = ',', help = export::help())]
    exports: Vec<String>,
    /// Overrides a key of the base config; the value is TOML, else text.
    #[arg(long = "set", value_name = "KEY=VALUE")]
    sets: Vec<String>,
    /// The duration of each run with a unit, instead of the config's.
    #[arg(long, value_name = "TIME")]
    duration: Option<String>,
    /// Checks Lamport's invariants on every run (exit code 1 if one is violated). Gossip Glomers
    /// runs are always checked.
    #[arg(long)]
    check: bool,
    /// Stops after the first run that fails: the same one for any number of workers.
    #[arg(long, conflicts_with = "max_failures")]
    until_failure: bool,
    /// Stops after this number of runs that fail.
    #[arg(long, value_name = "N", value_parser = whole(1, u64::MAX))]
    max_failures: Option<u64>,
    /// Resumes a sweep that was interrupted.
    #[arg(long, conflicts_with = "force")]
    resume: bool,
    /// The folder in which results folders are made [default: results]; with --shard that of all
    /// shards [default: results/shards/NAME].
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Runs shard I of N, counted from 0, in a folder that all of them share; `sim sweep merge`
    /// then makes the result.
    #[arg(long, value_name = "I/N", value_parser = cluster::shard_of)]
    #[arg(conflicts_with_all = ["resume", "force", "report", "exports", "until_failure",
        "max_failures"])]
    shard: Option<(u64, u64)>,
    /// Writes over what is in the results folder.
    #[arg(long)]
    force: bool,
    /// Also writes report.html: one page that explains the sweep, as `sim report` does.
    #[arg(long)]
    report: bool,
    /// Begins also with more than 10,000,000 runs.
    #[arg(long)]
    yes: bool,
    /// Takes the runs in another order, which changes no byte.
    #[arg(long, hide = true)]
    backwards: bool,
}

/// Maximum number of runs without `--yes`.
const RUNS_UNASKED: u64 = 10_000_000;

pub(super) fn sweep(arguments: &SweepArgs, io: &mut Io<'_>) -> Outcome {
    match (&arguments.cluster, arguments.shard) {
        (Some(command), _) => cluster::run(command, io),
        (None, Some(shard)) => cluster::run_shard_of(arguments, shard, io),
        (None, None) => sweep_with(arguments, &run_checked, io),
    }
}

impl SweepArgs {
    /// Returns the path or the name of the config.
    fn config(&self) -> &Path {
        self.config.as_deref().unwrap_or(Path::new(""))
    }

    /// Returns the folder in which results folders are made.
    fn out(&self) -> &Path {
        self.out.as_deref().unwrap_or(Path::new("results"))
    }
}

/// Runs the command with a function that runs one experiment, which a test may replace.
fn sweep_with(arguments: &SweepArgs, runner: Runner<'_>, io: &mut Io<'_>) -> Outcome {
    let exporters = export::named(&arguments.exports)?;
    let reported = Reported { exporters: &exporters, page: arguments.report };
    let text = source::find(arguments.config())?;
    let overrides = overrides(arguments)?;
    let sweep = read(arguments, &text, overrides.clone(), arguments.seeds.clone())?;
    let changes = changes(arguments, &text, overrides)?;
    if sweep.runs() > RUNS_UNASKED && !arguments.yes {
        let runs = grouped(sweep.runs());
        let what = format!("{runs} runs are many; --yes begins all the same");
        return Err(CommandError::Usage(what));
    }
    check_points(&sweep)?;
    let pool = workers(arguments.jobs)?;
    let session = claim(arguments, &sweep, &changes, io)?;
    if let Existing::Result(text) = session.existing() {
        return already_there(&sweep, &session, text, &reported, io);
    }
    let mut progress = progress(&session, &header(&sweep), io)?;
    if arguments.resume && !io.output.quiet {
        let (done, total) = (grouped(progress.now.runs), grouped(sweep.runs()));
        writeln!(io.err, "going on after {done} of {total} runs")?;
    }
    let drive = Drive {
        sweep: &sweep,
        runner,
        pool: &pool,
        memory: SharedMemory::of_host(),
        backwards: arguments.backwards,
    };
    match run(&drive, &mut progress, io) {
        Ok(Ended::Done | Ended::Failures) => {}
        Ok(Ended::Interrupted) => {
            let (done, total) = (grouped(progress.now.runs), grouped(sweep.runs()));
            let what = format!("interrupted; {done} of {total} runs are kept");
            return interrupted(&what, arguments, io);
        }
        Err(SweepFailure::Config(error)) => return Err(refused(error)),
        Err(SweepFailure::Store(error)) => {
            let what = "the runs until the last checkpoint are kept";
            write_resume(what, arguments, io)?;
            return Err(error.into());
        }
    }
    let checkpoint = progress.now.clone();
    let (interrupt, exporters) = (io.interrupt, export::all(&exporters));
    let stop = || interrupt.signal().is_some();
    let made_of = (changes.texts(), PointsOf::Rows);
    match finish(&sweep, made_of, session, progress, &exporters, &stop)? {
        Some(finished) => report(&sweep, &checkpoint, &finished.folder, &reported, io),
        None => {
            let what = "interrupted while the runs were summed up; all are kept";
            interrupted(what, arguments, io)
        }
    }
}

/// Runs the sweep to its end, with its progress on a terminal.
fn run(
    drive: &Drive<'_>,
    progress: &mut Progress<'_>,
    io: &mut Io<'_>,
) -> Result<Ended, SweepFailure> {
    let interrupt = io.interrupt;
    let stop = || interrupt.signal().is_some();
    let mut shown = Shown::new(io.output, progress.now.runs, drive.sweep.runs());
    drive.run(progress, &stop, &mut |outlook| {
        shown.show(outlook.done, |_| words(outlook));
    })
}

/// Reports an interruption, with the command that resumes the sweep; returns its exit code.
fn interrupted(what: &str, arguments: &SweepArgs, io: &mut Io<'_>) -> Outcome {
    write_resume(what, arguments, io)?;
    Ok(io.interrupt.signal().unwrap_or(super::Signal::Interrupt).exit())
}

fn write_resume(what: &str, arguments: &SweepArgs, io: &mut Io<'_>) -> io::Result<()> {
    writeln!(io.err, "{what}; go on with")?;
    writeln!(io.err, "  {}", resume_command(arguments))
}

/// Claims the folder of the sweep.
fn claim<'a>(
    arguments: &SweepArgs,
    sweep: &Sweep,
    changes: &Changes,
    io: &Io<'a>,
) -> Result<ResultSession<'a, SweepManifest>, CommandError> {
    let below = sweep.name.strip_prefix("sweeps/").unwrap_or(&sweep.name);
    let blake3 = config::hash(&sweep.resolved());
    let claim = Claim {
        root: arguments.out().to_owned(),
        path: arguments.out().join("sweeps").join(changes.folder(below, &blake3)),
        config: ConfigId { name: sweep.name.clone(), blake3 },
        force: arguments.force,
        unfinished: if arguments.resume { Unfinished::Keep } else { Unfinished::Refuse },
        owned: owned_files(),
    };
    Ok(ResultSession::claim(io.store, claim)?)
}

/// Returns the progress of the sweep: where its last checkpoint was, or its beginning.
fn progress<'a>(
    session: &ResultSession<'a, SweepManifest>,
    header: &[u8],
    io: &Io<'a>,
) -> Result<Progress<'a>, CommandError> {
    let (folder, blake3) = (session.path(), session.config_hash());
    let progress = match Progress::resume(io.store, folder, blake3) {
        Ok(Some(progress)) => Ok(progress),
        Ok(None) => Progress::begin(io.store, folder, blake3, header),
        Err(error) => Err(error),
    };
    progress.map_err(failure)
}

/// Reads the sweep file, or the config with these seeds.
fn read(
    arguments: &SweepArgs,
    text: &ConfigText,
    overrides: Vec<Override>,
    seeds: Option<String>,
) -> Result<Sweep, CommandError> {
    let until_failure = arguments.until_failure.then_some(1);
    let options = SweepOptions {
        overrides,
        seeds,
        check: arguments.check,
        max_failures: until_failure.or(arguments.max_failures),
    };
    read_sweep(&text.path, &text.text, &options, |base| {
        let ConfigText { path, text, .. } = source::find_base(text, base)?;
        Ok(BaseText { path, text })
    })
    .map_err(|error| match error {
        SweepError::Config(error) => refused(error),
        SweepError::Base(failure) => failure,
    })
}

fn refused(mut error: ConfigError) -> CommandError {
    // The values of a point are laid over its base, and are in the sweep file all the same.
    error.from_command_line &= error.place.starts_with("--");
    CommandError::Config(Box::new(error))
}

fn failure(error: ProgressError) -> CommandError {
    match error {
        ProgressError::Store(error) => error.into(),
        spoiled @ ProgressError::Spoiled { .. } => CommandError::Data(spoiled.to_string()),
    }
}

/// Number of points that are checked before the first run. Errors in later points show up later.
const POINTS_CHECKED: u64 = 20_000;

/// Checks the configs of the points before the first run.
fn check_points(sweep: &Sweep) -> Result<(), CommandError> {
    let points = sweep.points();
    (0..points.min(POINTS_CHECKED)).chain([points - 1]).try_for_each(|point| {
        let point = sweep.point(point).map_err(refused)?;
        let Experiment::Scale(scale) = point.experiment() else { return Ok(()) };
        let parameters = &scale.parameters;
        let ready = parameters.choice().map(|_| ()).and_then(|()| parameters.ticks().map(|_| ()));
        ready.map_err(|error| CommandError::Data(error.to_string()))
    })
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::check::{LamportCheck, RunFacts, Verdict};
    use crate::cli::{Exit, Interrupt};
    use crate::store::Store;
    use crate::sweep::Ran;
    use crate::trace::read_rows;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        arguments: SweepArgs,
    }

    /// Runs an experiment; seeds 7 and 18 break a rule, and seed 11 panics.
    fn broken(experiment: &Experiment, check: bool, stop: &dyn Fn() -> bool) -> Ran {
        let Ran::Scale(run, verdict) = run_checked(experiment, check, stop) else {
            panic!("a run of the scale model");
        };
        let seed = experiment.seed().value();
        assert!(seed != 11, "seed 11 is a bug");
        let bad = verdict.map(|verdict| match seed {
            7 | 18 => {
                // The rows of a true run, the first of them twice.
                let twice = "time_ns,machine,event,clock,queue_len,from,to,message,stamp,copy\n\
                             1,1,internal,1,0,,,,,\n2,1,internal,1,0,,,,,\n";
                verdict_of(twice)
            }
            _ => verdict,
        });
        Ran::Scale(run, bad)
    }

    fn verdict_of(trace: &str) -> Verdict {
        let rules = RunFacts { machines: None, ..RunFacts::default() };
        let mut check = LamportCheck::new(rules);
        for row in read_rows(trace.as_bytes()).expect("a header") {
            let (line, row) = row.expect("a row");
            check.row(line, &row);
        }
        check.finish()
    }

    /// Runs twenty seeds of a small sweep; returns the exit code, the messages and the results.
    fn sweep(options: &[&str]) -> (Exit, String, PathBuf, tempfile::TempDir) {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("s.toml");
        let text = "seeds = \"0..20\"\n[config]\nduration = \"1s\"\nrates = [1, 2]\n\
                    events = { send = 0.5 }\n";
        std::fs::write(&file, text).expect("a file");
        let out = folder.path().join("results");
        let words = ["sweep".into(), file.into_os_string(), "--out".into(), out.clone().into()];
        let words = words.into_iter().chain(options.iter().map(Into::into));
        let Line { arguments } = Line::try_parse_from(words).expect("a command line");
        let (mut text, mut err) = (Vec::new(), Vec::new());
        let (store, interrupt) = (Store::new(), Interrupt::default());
        let mut io = Io::new(&mut text, &mut err, &store, &interrupt);
        let exit = sweep_with(&arguments, &broken, &mut io).expect("an outcome");
        let results = out.join("sweeps/s");
        (exit, String::from_utf8(err).expect("text"), results, folder)
    }

    fn seeds(results: &Path) -> Vec<String> {
        let runs = std::fs::read_to_string(results.join("runs.csv")).expect("runs");
        let rows = runs.lines().skip(1).filter(|row| row.split(',').nth(1) == Some("1"));
        rows.map(|row| row.split(',').next().unwrap_or("").to_owned()).collect()
    }

    #[test]
    fn a_run_that_fails_is_reported_and_the_sweep_goes_on() {
        let (exit, err, results, _folder) = sweep(&["--check"]);
        assert_eq!(exit, Exit::Bug);
        assert!(err.contains("violated: run 7, seed 7: "), "{err}");
        assert!(err.contains("panicked: run 11, seed 11: seed 11 is a bug"), "{err}");
        let config = results.join("config.toml");
        let replay = format!("sim run {} --seed 11 --check", config.display());
        assert!(err.contains(&replay), "{err}");
        // A violated run has its rows, one that panicked has none.
        let expected: Vec<String> =
            (0..20).filter(|seed| *seed != 11).map(|seed: u64| seed.to_string()).collect();
        assert_eq!(seeds(&results), expected);
        let table = std::fs::read_to_string(results.join("failures.csv")).expect("failures");
        assert_eq!(table.lines().count(), 4, "{table}");
        assert!(table.lines().nth(3).is_some_and(|row| row.starts_with("18,0,18,violated,")));
    }

    #[test]
    fn it_stops_at_the_same_failure_for_any_workers() {
        for jobs in ["1", "2", "4"] {
            let options = ["--check", "--until-failure", "--jobs", jobs];
            let (exit, err, results, _folder) = sweep(&options);
            assert_eq!(exit, Exit::Violated, "{jobs} workers: {err}");
            assert!(err.contains("stopped after 8 of 20 runs"), "{jobs} workers: {err}");
            let expected: Vec<String> = (0..8).map(|seed: u64| seed.to_string()).collect();
            assert_eq!(seeds(&results), expected, "{jobs} workers");
            let (exit, _, results, _folder) = sweep(&["--check", "--max-failures=2", "-j", jobs]);
            assert_eq!((exit, seeds(&results).len()), (Exit::Bug, 11), "{jobs} workers");
        }
    }

    #[test]
    fn numbers_are_grouped_by_thousands() {
        let shown = [0, 999, 1_000, 12_345_678].map(grouped);
        assert_eq!(shown, ["0", "999", "1,000", "12,345,678"]);
    }
}
