//! One run of a sweep: from a point and a seed to rows, or to a failure that says how to see it
//! again.

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
use crate::trace::{CopyRow, Event, Row};

/// A run of a sweep that failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunFailure {
    /// The number of the run.
    pub run: u64,
    /// The point's number.
    pub point: u64,
    /// The seed.
    pub seed: u64,
    /// How it failed.
    pub kind: FailureKind,
    /// Of Gossip Glomers: the rule that it breaks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// What was violated, or what the bug said, on one line of at most 500 characters.
    pub message: String,
}

/// So much is kept of what a failure says.
pub(super) const MESSAGE_MAX: usize = 500;

/// How a run failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FailureKind {
    /// An invariant or a rule does not hold, or a target is missed.
    Violated,
    /// The program has a bug.
    Panicked,
}

impl FailureKind {
    /// The word in tables.
    pub fn name(self) -> &'static str {
        match self {
            FailureKind::Violated => "violated",
            FailureKind::Panicked => "panicked",
        }
    }
}

/// What a run of a sweep gives.
#[derive(Debug, Default)]
pub struct Job {
    /// Its rows of `runs.csv`.
    pub rows: Vec<u8>,
    /// How it failed, if it did.
    pub failure: Option<RunFailure>,
    /// Whether a limit cut it short.
    pub limited: bool,
    /// Whether it cannot be told whether it is right, though it came to its end.
    pub undetermined: bool,
    /// Whether it was told to stop: then it counts for nothing.
    pub interrupted: bool,
}

/// What runs an experiment, `true` for checking it: [`run_checked`], or a test's own.
pub type Runner<'a> = &'a (dyn Fn(&Experiment, bool, &dyn Fn() -> bool) -> Ran + Sync);

/// What a run came to.
#[derive(Debug)]
pub enum Ran {
    /// Of the scale model, with what a check says if there was one.
    Scale(Box<ScaleRun>, Option<Verdict>),
    /// Of Gossip Glomers, which is always judged.
    Glomers(Box<(glomers::GlomersRun, RunVerdict)>),
}

/// Runs an experiment, and checks it if that is wanted.
///
/// # Panics
/// If the parameters make no experiment, which the config's reader has seen to.
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

/// A check that watches a run, and the line that its row would have.
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
    /// Runs one run of a sweep. A panic is caught: it is a bug, but the sweep goes on.
    ///
    /// # Errors
    /// If the seed makes no sense in the config.
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
            (Ran::Glomers(judged), Experiment::Glomers(experiment)) => {
                let (run, verdict) = &**judged;
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
            (Ran::Glomers(judged), Experiment::Scale(_)) => judged.0.totals.end,
        };
        job.limited = end.is_limit();
        job.interrupted = matches!(end, End::Interrupted { .. });
        Ok(job)
    }
}

/// A message as a table has it.
fn on_one_line(message: &str) -> String {
    let mut line = message.lines().map(str::trim).collect::<Vec<_>>().join("; ");
    if let Some((end, _)) = line.char_indices().nth(MESSAGE_MAX) {
        line.truncate(end);
    }
    line
}

/// `failures.csv`: a row for each run that failed, with the command that shows it again; `config`
/// is the path to the sweep's `config.toml` in it.
pub fn failures_table(sweep: &Sweep, failures: &[RunFailure], config: &str) -> Vec<u8> {
    let has_rules = sweep.family != Family::Scale;
    let names: &[&str] = match has_rules {
        true => &["run", "point", "seed", "kind", "rule", "witness", "replay"],
        false => &["run", "point", "seed", "kind", "message", "replay"],
    };
    let mut text = line(names.iter().map(|name| (*name).to_owned()));
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

/// What a panic said.
fn message_of(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or("a panic".to_owned())
}
