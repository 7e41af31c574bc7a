//! One run of a sweep: from a point and a seed to rows, or to a failure with its replay command.

use std::panic::{AssertUnwindSafe, catch_unwind};

use serde::{Deserialize, Serialize};

use super::table::{line, write_glomers_row, write_rows};
use crate::check::{LamportCheck, Validity, Verdict};
use crate::config::{ConfigError, Experiment, Family, Point, ScaleExperiment, Sweep};
use crate::engine::limits::End;
use crate::engine::time::Instant;
use crate::experiment::{RunVerdict, lamport_rules, run_and_check};
use crate::glomers;
use crate::network::CopySent;
use crate::node::NodeId;
use crate::scale_model::{self, Machine, QueueChoice, ScaleRun};
use crate::simulation::Observer;
use crate::trace::{CopyRow, Event, Row, TableColumn, column};

/// A run of a sweep that failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunFailure {
    /// The number of the run in the sweep.
    pub run: u64,
    /// The number of the point.
    pub point: u64,
    /// The seed.
    pub seed: u64,
    /// The kind of failure.
    pub kind: FailureKind,
    /// The rule that is broken, for Gossip Glomers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// The violation, or the message of the panic, on one line of at most 500 characters.
    pub message: String,
}

/// Maximum length of a failure's message, in characters.
pub(super) const MESSAGE_MAX: usize = 500;

/// The kind of a run's failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FailureKind {
    /// An invariant or a rule does not hold, or a target is missed.
    Violated,
    /// The program panicked, which is a bug.
    Panicked,
}

impl FailureKind {
    /// Returns the name in tables.
    pub fn name(self) -> &'static str {
        match self {
            FailureKind::Violated => "violated",
            FailureKind::Panicked => "panicked",
        }
    }
}

/// The outcome of a run of a sweep.
#[derive(Debug, Default)]
pub struct Job {
    /// The rows of `runs.csv`.
    pub rows: Vec<u8>,
    /// The failure, if the run failed.
    pub failure: Option<RunFailure>,
    /// Whether the run reached a limit.
    pub limited: bool,
    /// Whether the verdict is undetermined, though no limit was reached.
    pub undetermined: bool,
    /// Whether the run was asked to stop: it does not count.
    pub interrupted: bool,
}

/// A function that runs an experiment and checks it if the flag says so: [`run_checked`], or one of
/// a test.
pub type Runner<'a> = &'a (dyn Fn(&Experiment, bool, &dyn Fn() -> bool) -> Ran + Sync);

/// A run and its verdict.
#[derive(Debug)]
pub enum Ran {
    /// A run of the scale model, and its verdict if it was checked.
    Scale(Box<ScaleRun>, Option<Verdict>),
    /// A run of Gossip Glomers, which is always checked.
    Glomers(Box<(glomers::GlomersRun, RunVerdict)>),
}

/// Runs an experiment, and checks it if `check` is set.
///
/// # Panics
/// If the parameters are invalid; the reader of configs refuses those.
pub fn run_checked(experiment: &Experiment, check: bool, stop: &dyn Fn() -> bool) -> Ran {
    match experiment {
        Experiment::Scale(scale) => run_scale(scale, check, stop),
        Experiment::Glomers(glomers) => {
            Ran::Glomers(Box::new(run_and_check(glomers, &mut (), stop)))
        }
    }
}

fn run_scale(experiment: &ScaleExperiment, check: bool, stop: &dyn Fn() -> bool) -> Ran {
    let run = |observer: &mut Checker| {
        let parameters = &experiment.parameters;
        match &observer.0 {
            None => scale_model::run(parameters, QueueChoice::Auto, &mut (), stop),
            Some(_) => scale_model::run(parameters, QueueChoice::Auto, observer, stop),
        }
    };
    let rules = check.then(|| lamport_rules(experiment, true, true).expect("checked parameters"));
    let mut checker = Checker(rules.map(|rules| (LamportCheck::new(rules), 1)));
    let run = run(&mut checker).expect("checked parameters");
    let verdict = checker.0.map(|(mut check, _)| {
        if run.totals.end != End::Duration {
            check.cut_short();
        }
        check.finish()
    });
    Ran::Scale(Box::new(run), verdict)
}

/// An observer that checks a run, with the line of the last row in a trace.
struct Checker(Option<(LamportCheck, u64)>);

impl Observer<Machine> for Checker {
    fn record(&mut self, at: Instant, machine: NodeId, event: &Event) {
        if let Some((check, line)) = &mut self.0 {
            *line += 1;
            check.row(*line, &Row { at, machine, event: *event });
        }
    }

    fn copy(&mut self, copy: &CopySent, _: &u64) {
        if let Some((check, _)) = &mut self.0 {
            check.copy(&CopyRow::from(copy));
        }
    }
}

impl Job {
    /// Runs one run of a sweep. A panic is caught and counted as a failure.
    ///
    /// # Errors
    /// If the config is invalid with this seed.
    pub fn run(
        sweep: &Sweep,
        (point, at): (u64, &Point),
        seed: u64,
        runner: Runner<'_>,
        stop: &(dyn Fn() -> bool + Sync),
    ) -> Result<Job, ConfigError> {
        let experiment = sweep.experiment(point, at, seed)?;
        let failure = |kind, rule: Option<&str>, message: &str| {
            let seeds = sweep.seeds.end - sweep.seeds.start;
            RunFailure {
                run: point * seeds + (seed - sweep.seeds.start),
                point,
                seed,
                kind,
                rule: rule.map(str::to_owned),
                message: on_one_line(message),
            }
        };
        let outcome =
            catch_unwind(AssertUnwindSafe(|| runner(&experiment, sweep.check, &|| stop())));
        let ran = match outcome {
            Ok(ran) => ran,
            Err(panic) => {
                let message = message_of(panic.as_ref());
                let failure = failure(FailureKind::Panicked, None, &message);
                return Ok(Job { failure: Some(failure), ..Job::default() });
            }
        };
        let cells = sweep.cells(point);
        let mut job = Job::default();
        let end = match (&ran, &experiment) {
            (Ran::Glomers(checked), Experiment::Glomers(experiment)) => {
                let (run, verdict) = &**checked;
                write_glomers_row(&mut job.rows, &cells, experiment, (run, verdict));
                let is_open = verdict.strict == Validity::Unknown;
                job.undetermined = is_open && !run.totals.end.is_limit();
                if verdict.strict == Validity::Invalid {
                    let reason = verdict.reasons.first();
                    let (rule, witness) =
                        reason.map_or(("", ""), |(rule, witness)| (rule, witness));
                    job.failure = Some(failure(FailureKind::Violated, Some(rule), witness));
                }
                run.totals.end
            }
            (Ran::Scale(run, verdict), _) => {
                write_rows(&mut job.rows, &cells, seed, run);
                if let Some(verdict) = verdict.as_ref().filter(|verdict| !verdict.holds()) {
                    let first = verdict.violations.first().map(ToString::to_string);
                    let message = first.unwrap_or_default();
                    job.failure = Some(failure(FailureKind::Violated, None, &message));
                }
                run.totals.end
            }
            (Ran::Glomers(checked), Experiment::Scale(_)) => checked.0.totals.end,
        };
        job.limited = end.is_limit();
        job.interrupted = matches!(end, End::Interrupted { .. });
        Ok(job)
    }
}

/// Returns a message as one line of at most [`MESSAGE_MAX`] characters.
fn on_one_line(message: &str) -> String {
    let mut line = message.lines().map(str::trim).collect::<Vec<_>>().join("; ");
    if let Some((end, _)) = line.char_indices().nth(MESSAGE_MAX) {
        line.truncate(end);
    }
    line
}

const NEVER: &str = "never";

/// The columns of `failures.csv` of the scale model.
pub const SCALE_FAILURE_COLUMNS: [TableColumn; 6] = [
    column("run", "the number of the run", "a whole number from 0", NEVER),
    column("point", "the number of its point", "a whole number from 0", NEVER),
    column("seed", "its seed", "a whole number from 0", NEVER),
    column("kind", "how it failed", "`violated`, or `panicked`: a bug of the program", NEVER),
    column(
        "message",
        "what was violated, or why it could not run",
        "a text on one line, at most 500 characters",
        NEVER,
    ),
    column("replay", "the command that shows it again", "a command line", NEVER),
];

/// The columns of `failures.csv` of Gossip Glomers.
pub const GLOMERS_FAILURE_COLUMNS: [TableColumn; 7] = [
    SCALE_FAILURE_COLUMNS[0],
    SCALE_FAILURE_COLUMNS[1],
    SCALE_FAILURE_COLUMNS[2],
    SCALE_FAILURE_COLUMNS[3],
    column(
        "rule",
        "the rule that was violated",
        "a name of `docs/workloads.md`",
        "where it is no rule",
    ),
    column(
        "witness",
        "the operations that show it, or why it could not run",
        "a text on one line, at most 500 characters",
        NEVER,
    ),
    SCALE_FAILURE_COLUMNS[5],
];

/// Returns `failures.csv`: a row for each run that failed, with its replay command, in which the
/// path of the base config is `config`.
pub fn failures_table(sweep: &Sweep, failures: &[RunFailure], config: &str) -> Vec<u8> {
    let has_rules = sweep.family != Family::Scale;
    let columns: &[TableColumn] = match has_rules {
        true => &GLOMERS_FAILURE_COLUMNS,
        false => &SCALE_FAILURE_COLUMNS,
    };
    let mut text = line(columns.iter().map(|column| column.name.to_owned()));
    for failure in failures {
        let RunFailure { run, point, seed, kind, rule, message } = failure;
        let numbers = [run, point, seed].map(ToString::to_string).into_iter();
        let rule = has_rules.then(|| rule.clone().unwrap_or_default());
        let words = [message.clone(), sweep.replay(*point, *seed, config)];
        let kind = kind.name().to_owned();
        text.extend(line(numbers.chain([kind]).chain(rule).chain(words)));
    }
    text
}

/// Returns the message of a panic.
fn message_of(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or("a panic".to_owned())
}
