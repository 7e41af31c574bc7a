//! One run of a sweep: from a point and a seed to rows, or to a failure that says how to see it
//! again.

use std::panic::{AssertUnwindSafe, catch_unwind};

use serde::{Deserialize, Serialize};

use super::table::{line, write_rows};
use crate::check::{LamportCheck, Verdict};
use crate::config::{ConfigError, Point, ScaleExperiment, Sweep};
use crate::engine::limits::End;
use crate::engine::time::Instant;
use crate::experiment::lamport_rules;
use crate::network::CopySent;
use crate::node::NodeId;
use crate::scale_model::{self, Machine, QueueChoice, Run};
use crate::simulation::Observer;
use crate::trace::{CopyRow, Event, Row};

/// A run of a sweep that failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// The number of the run.
    pub run: u64,
    /// The point's number.
    pub point: u64,
    /// The seed.
    pub seed: u64,
    /// How it failed.
    pub kind: FailureKind,
    /// What was violated, or what the bug said, on one line of at most 500 characters.
    pub message: String,
}

/// So much is kept of what a failure says.
pub(super) const MESSAGE_MAX: usize = 500;

/// How a run failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FailureKind {
    /// An invariant does not hold.
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
#[derive(Debug)]
pub struct Job {
    /// Its rows of `runs.csv`.
    pub rows: Vec<u8>,
    /// How it failed, if it did.
    pub failure: Option<Failure>,
    /// Whether a limit cut it short.
    pub limited: bool,
    /// Whether it was told to stop: then it counts for nothing.
    pub interrupted: bool,
}

/// What runs an experiment, `true` for checking it: [`run_checked`], or a test's own.
pub type Runner<'a> =
    &'a (dyn Fn(&ScaleExperiment, bool, &dyn Fn() -> bool) -> (Run, Option<Verdict>) + Sync);

/// Runs an experiment, and checks it if that is wanted.
///
/// # Panics
/// If the parameters make no experiment, which the config's reader has seen to.
pub fn run_checked(
    experiment: &ScaleExperiment,
    check: bool,
    stop: &dyn Fn() -> bool,
) -> (Run, Option<Verdict>) {
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
    (run, verdict)
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
        let failure = |kind, message: String| {
            let seeds = sweep.seeds.end - sweep.seeds.start;
            Some(Failure {
                run: point * seeds + (seed - sweep.seeds.start),
                point,
                seed,
                kind,
                message: message.lines().map(str::trim).collect::<Vec<_>>().join("; "),
            })
            .map(|mut failure| {
                if let Some((end, _)) = failure.message.char_indices().nth(MESSAGE_MAX) {
                    failure.message.truncate(end);
                }
                failure
            })
        };
        let outcome =
            catch_unwind(AssertUnwindSafe(|| runner(&experiment, sweep.check, &|| stop())));
        let (run, verdict) = match outcome {
            Ok(outcome) => outcome,
            Err(panic) => {
                let failure = failure(FailureKind::Panicked, message_of(panic.as_ref()));
                return Ok(Job { rows: vec![], failure, limited: false, interrupted: false });
            }
        };
        let violated = verdict.filter(|verdict| !verdict.holds());
        let failure = violated.and_then(|verdict| {
            let first = verdict.violations.first().map(ToString::to_string);
            failure(FailureKind::Violated, first.unwrap_or_default())
        });
        let mut rows = Vec::new();
        write_rows(&mut rows, &sweep.settings(point), seed, &run);
        Ok(Job {
            rows,
            failure,
            limited: run.totals.end.is_limit(),
            interrupted: matches!(run.totals.end, End::Interrupted { .. }),
        })
    }
}

/// `failures.csv`: a row for each run that failed, with the command that shows it again; `config`
/// is where the sweep's `config.toml` will be.
pub fn failures_table(sweep: &Sweep, failures: &[Failure], config: &str) -> Vec<u8> {
    let names = ["run", "point", "seed", "kind", "message", "replay"];
    let mut text = line(names.into_iter().map(str::to_owned));
    for failure in failures {
        let Failure { run, point, seed, kind, message } = failure;
        let numbers = [run, point, seed].map(ToString::to_string).into_iter();
        let replay = sweep.replay(*point, *seed, config);
        let words = [kind.name().to_owned(), message.clone(), replay];
        text.extend(line(numbers.chain(words)));
    }
    text
}

/// What a panic said.
fn message_of(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or("a panic".to_owned())
}
