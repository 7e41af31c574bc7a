//! The runs of a grading: one `sim test` for each, side by side, and late ones again alone.

use std::cell::{Cell, RefCell};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::super::progress::Progress;
use super::super::{CommandError, Io};
use crate::config::{GradeCheck, GradeSeeds, GradeSpec};
use crate::engine::rng::Seed;
use crate::grade::{CheckOutcome, Grade, GradedRun, RunGrade, Submission, hidden_seed};
use crate::harness::{Job, JobEnd, run_jobs};

/// What is to be run.
pub(super) struct Plan<'a> {
    pub(super) spec: &'a GradeSpec,
    pub(super) submissions: &'a [Submission],
    pub(super) secret: &'a str,
    /// The folder of the grading, an absolute path.
    pub(super) folder: &'a Path,
    pub(super) jobs: Option<u16>,
    pub(super) has_reports: bool,
}

/// A run: of a submission, by a check, with a seed.
struct Run<'a> {
    submission: &'a Submission,
    check: &'a GradeCheck,
    seed: Seed,
    job: Option<Job>,
    outcome: Option<GradedRun>,
}

impl<'a> Plan<'a> {
    /// Runs everything; `None` if it was interrupted.
    pub(super) fn run(&self, io: &mut Io<'_>) -> Result<Option<Vec<Grade<'a>>>, CommandError> {
        let mut runs = self.runs(io)?;
        let cores = || std::thread::available_parallelism().map_or(1, usize::from);
        let at_once = self.jobs.map_or_else(cores, usize::from);
        let progress = RefCell::new(Progress::new(io.output, 0, runs.len() as u64));
        if !self.round(&mut runs, at_once, false, &progress, io) {
            return Ok(None);
        }
        let bound = self.bound_ms();
        let is_again = |run: &Run<'_>| {
            let outcome = run.outcome.as_ref();
            outcome
                .is_some_and(|it| it.is_to_repeat(bound) || it.folder.is_none() && is_timeout(it))
        };
        let (mut again, mut rest): (Vec<Run<'_>>, Vec<Run<'_>>) =
            runs.into_iter().partition(is_again);
        let repeats: Vec<usize> = (0..again.len()).collect();
        if !repeats.is_empty() && !self.round(&mut again, 1, true, &progress, io) {
            return Ok(None);
        }
        rest.append(&mut again);
        Ok(Some(self.grades(rest)))
    }

    fn bound_ms(&self) -> f64 {
        self.spec.lateness.as_ns() as f64 / 1e6
    }

    /// Returns all runs, and makes their folders.
    fn runs(&self, io: &Io<'_>) -> Result<Vec<Run<'a>>, CommandError> {
        let program = std::env::current_exe()?;
        let mut runs = vec![];
        for submission in self.submissions {
            for check in &self.spec.checks {
                let key = submission.key();
                let folder = self.folder.join("runs").join(&key).join(&check.name);
                io.store.attempt("make folder", &folder, || std::fs::create_dir_all(&folder))?;
                for seed in self.seeds(submission, check) {
                    let job = submission.program.as_ref().ok().map(|node| Job {
                        program: program.clone(),
                        arguments: self.arguments(node, check, seed),
                        folder: folder.clone(),
                        timeout: check.timeout,
                    });
                    let outcome =
                        submission.program.as_ref().err().map(|why| {
                            GradedRun::without_result(seed, RunGrade::Failed, why.clone())
                        });
                    runs.push(Run { submission, check, seed, job, outcome });
                }
            }
        }
        Ok(runs)
    }

    fn seeds(&self, submission: &Submission, check: &GradeCheck) -> Vec<Seed> {
        match &check.seeds {
            GradeSeeds::Given(seeds) => seeds.iter().filter_map(|seed| Seed::new(*seed)).collect(),
            GradeSeeds::Hidden(count) => {
                let name = submission.bytes();
                let seed = |number| hidden_seed(self.secret, name, &check.name, number);
                (0..*count).map(seed).collect()
            }
        }
    }

    /// Returns the command line of a run.
    fn arguments(&self, node: &Path, check: &GradeCheck, seed: Seed) -> Vec<OsString> {
        let limits = self.spec.limits;
        let mut words: Vec<OsString> =
            ["test", "--format", "json", "--color", "never", "--out", "."]
                .map(OsString::from)
                .into();
        let mut add = |name: &str, value: &dyn std::fmt::Display| {
            words.push(format!("--{name}={value}").into());
        };
        add("workload", &check.workload);
        add("seed", &seed.value());
        add("process-memory", &limits.memory_mib);
        add("process-cpu", &limits.cpu_seconds);
        add("process-file", &limits.file_mib);
        add("process-count", &limits.processes);
        words.extend(self.has_reports.then(|| "--report".into()));
        words.extend(check.options.iter().map(OsString::from));
        words.extend(["--bin".into(), node.as_os_str().to_owned(), "--".into()]);
        words.extend(self.spec.arguments.iter().map(OsString::from));
        words
    }

    /// Runs what has no outcome yet, or everything again; returns `false` if it was interrupted.
    fn round(
        &self,
        runs: &mut [Run<'_>],
        at_once: usize,
        is_repetition: bool,
        progress: &RefCell<Progress>,
        io: &Io<'_>,
    ) -> bool {
        let places: Vec<usize> =
            (0..runs.len()).filter(|at| is_repetition || runs[*at].outcome.is_none()).collect();
        let jobs: Vec<Job> = places.iter().filter_map(|at| runs[*at].job.clone()).collect();
        let (total, done) = (jobs.len() as u64, Cell::new(0));
        let stop = || {
            let words = if is_repetition { "late runs, alone" } else { "runs" };
            let count = done.get();
            progress.borrow_mut().show(count, |_| format!("{count} of {total} {words}"));
            io.interrupt.signal().is_some()
        };
        let bound = self.bound_ms();
        run_jobs(&jobs, at_once, &stop, &mut |number, end| {
            done.set(done.get() + 1);
            let run = &mut runs[places[number]];
            let outcome = outcome(run, &end);
            run.outcome = Some(if is_repetition { outcome.as_repetition(bound) } else { outcome });
        })
    }

    /// Puts the outcomes together again, in the order of submissions, checks and seeds.
    fn grades(&self, mut runs: Vec<Run<'_>>) -> Vec<Grade<'a>> {
        let mut of = |submission: &Submission, check: &GradeCheck| {
            let is_of = |run: &Run<'_>| {
                run.submission.file_name == submission.file_name && run.check.name == check.name
            };
            let (mine, others): (Vec<Run<'_>>, Vec<Run<'_>>) =
                std::mem::take(&mut runs).into_iter().partition(is_of);
            runs = others;
            let order = self.seeds(submission, check);
            let mut mine: Vec<GradedRun> = mine.into_iter().filter_map(|run| run.outcome).collect();
            mine.sort_by_key(|run| order.iter().position(|seed| *seed == run.seed));
            mine
        };
        let grade = |submission: &'a Submission| {
            let checks = self.spec.checks.iter();
            let checks = checks.map(|check| CheckOutcome { check, runs: of(submission, check) });
            Grade { name: submission.name(), key: submission.key(), checks: checks.collect() }
        };
        self.submissions.iter().map(grade).collect()
    }
}

/// How the reason of a run begins that reached its timeout.
const TIMEOUT: &str = "timeout: ";

fn is_timeout(run: &GradedRun) -> bool {
    run.reasons.first().is_some_and(|reason| reason.starts_with(TIMEOUT))
}

/// Returns the outcome of a run from the end of its command.
fn outcome(run: &Run<'_>, end: &JobEnd) -> GradedRun {
    let without = |grade, reason| GradedRun::without_result(run.seed, grade, reason);
    if end.timed_out {
        let reason = format!("{TIMEOUT}it was not over after {}", run.check.timeout);
        return without(RunGrade::Failed, reason);
    }
    if let Some(error) = &end.error {
        return without(RunGrade::Undetermined, format!("sim test could not be run: {error}"));
    }
    match serde_json::from_slice::<Value>(&end.out) {
        Ok(envelope) => {
            let mut graded = GradedRun::of_envelope(run.seed, &envelope);
            let folder = PathBuf::from(graded.folder.take().unwrap_or_default());
            let parts = folder.components().filter(|part| *part != std::path::Component::CurDir);
            let folder: PathBuf = parts.collect();
            let parent = Path::new("runs").join(run.submission.key()).join(&run.check.name);
            let is_there = folder.components().next().is_some();
            graded.folder = is_there.then(|| parent.join(folder).display().to_string());
            graded
        }
        Err(error) => {
            without(RunGrade::Undetermined, format!("sim test ended without a result: {error}"))
        }
    }
}
