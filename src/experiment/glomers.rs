//! A Gossip Glomers experiment, from its config to its verdict.

use std::collections::BTreeSet;

use super::figures::{self, Outcomes, TargetOutcome};
use super::run_verdict::{RunVerdict, Served};
use super::{hints, results};
use crate::check::{
    HistoryVerdict, Operations, Parity, Validity, availability, check_history, parity_view, stats,
    txn,
};
use crate::config::GlomersExperiment;
use crate::edn::Edn;
use crate::engine::limits::End;
use crate::glomers::{self, GlomersRun, ParityLimit, ProblemKind, Server, ServerFactory, Sink};
use crate::history::{F, Process};
use crate::node::NodeId;

/// Outcome of an experiment.
#[derive(Clone, Debug)]
pub struct GlomersOutcome {
    /// The run: its history and counts.
    pub run: GlomersRun,
    /// The verdict on the run.
    pub verdict: RunVerdict,
    /// Hints where the run shows less than was asked of it; they change no verdict.
    pub hints: Vec<String>,
    /// The results, in Maelstrom's format with additions.
    pub results: Edn,
}

impl GlomersOutcome {
    /// Returns the outcomes of each operation, by its name.
    pub fn operations(&self) -> Vec<(String, Outcomes)> {
        let clients = self.run.history.iter().filter(|op| op.process != Process::Nemesis);
        let names: BTreeSet<&F> = clients.map(|op| &op.f).collect();
        let row = |f: &F| (f.name().to_owned(), Outcomes::of(&self.run.history, Some(f)));
        names.into_iter().map(row).collect()
    }
}

/// Runs an experiment and checks it. `stop` is polled during the run.
pub fn run_glomers(
    experiment: &GlomersExperiment,
    sink: &mut dyn Sink,
    stop: &dyn Fn() -> bool,
) -> GlomersOutcome {
    let (run, verdict) = run_and_check(experiment, sink, stop);
    outcome(experiment, run, verdict, vec![])
}

/// Runs an experiment and checks it, without building results.
pub fn run_and_check(
    experiment: &GlomersExperiment,
    sink: &mut dyn Sink,
    stop: &dyn Fn() -> bool,
) -> (GlomersRun, RunVerdict) {
    let GlomersExperiment { parameters, solution, options, .. } = experiment;
    let mut run = solution.run(parameters, options, sink, stop);
    if matches!(run.totals.end, End::Interrupted { .. }) {
        // The history is not needed, and checking it may take long.
        run.history.clear();
    }
    let verdict = check(experiment, &run);
    (run, verdict)
}

/// Runs custom servers under the config of an experiment, in place of the program that it names.
pub fn run_servers<S: Server>(
    experiment: &GlomersExperiment,
    make: impl Fn(NodeId) -> S + 'static,
) -> GlomersOutcome {
    let make = ServerFactory::new(make);
    let run = glomers::run(&experiment.parameters, make, &mut (), &|| false);
    let verdict = check(experiment, &run);
    outcome(experiment, run, verdict, vec![])
}

/// Checks a run of hosted processes. `extra` is added to its results; `causes` returns further
/// hints.
pub fn check_hosted(
    experiment: &GlomersExperiment,
    run: GlomersRun,
    extra: Vec<(Edn, Edn)>,
    causes: impl FnOnce(&GlomersRun, &RunVerdict) -> Vec<String>,
) -> GlomersOutcome {
    let verdict = check(experiment, &run);
    let causes = causes(&run, &verdict);
    let mut outcome = outcome(experiment, run, verdict, causes);
    if let Edn::Map(entries) = &mut outcome.results {
        // A hosted run cannot be replayed, and has no such entry.
        entries.retain(|(key, _)| *key != Edn::keyword("replay"));
        entries.extend(extra);
    }
    outcome
}

fn outcome(
    experiment: &GlomersExperiment,
    run: GlomersRun,
    verdict: RunVerdict,
    mut hints: Vec<String>,
) -> GlomersOutcome {
    hints.extend(hints::hints(&experiment.parameters, &run));
    let results = results::results(experiment, &run, &verdict, &hints);
    GlomersOutcome { run, verdict, hints, results }
}

fn check(experiment: &GlomersExperiment, run: &GlomersRun) -> RunVerdict {
    let names = &experiment.parameters.names;
    let mut white_box = None;
    let workload = match experiment.parameters.workload.checker {
        Some(checker) => match checker.data_type() {
            Some(data) => {
                let models = experiment.consistency_models.clone();
                let options = txn::Options { models, ..txn::Options::new(data) };
                let verdict = txn::check_with(&run.history, names, &options);
                white_box = txn::white_box(&run.history, &run.effects, &options, &verdict);
                verdict
            }
            None => check_history(checker, &run.history, names),
        },
        None => HistoryVerdict::unchecked(),
    };
    const WELL_FORMED: &str = "our own clients do one thing at a time";
    let operations = Operations::new(&run.history, names).expect(WELL_FORMED);
    let asked = experiment.availability;
    let served = Served {
        stats: stats::stats(&operations).valid,
        availability: availability::availability(&operations, asked).valid,
    };
    let recorded = parity_view(&run.history);
    let recorded = Operations::new(&recorded, names).expect(WELL_FORMED);
    let stats = stats::stats(&recorded);
    let availability = availability::availability(&recorded, asked);
    let figures = figures::figures(run, &workload, white_box.as_ref());
    let targets = figures.check_targets(&experiment.targets);
    let verdict = workload.parity.and(stats.valid).and(availability.valid);
    let parity = match &run.parity_limit {
        None => Parity { verdict: Some(verdict), reason: None },
        Some(ParityLimit::Unknown(why)) => {
            Parity { verdict: Some(Validity::Unknown), reason: Some(why.clone()) }
        }
        Some(ParityLimit::Error(why)) => Parity { verdict: None, reason: Some(why.clone()) },
    };
    let mut verdict = RunVerdict {
        workload,
        white_box,
        stats,
        availability,
        exceptions: stats::exceptions(&recorded),
        served,
        figures,
        targets,
        parity,
        strict: Validity::Valid,
        reasons: vec![],
    };
    verdict.reasons = reasons(experiment, run, &verdict);
    verdict.strict = strict(experiment, run, &verdict);
    verdict
}

fn strict(experiment: &GlomersExperiment, run: &GlomersRun, verdict: &RunVerdict) -> Validity {
    let RunVerdict { workload, served, targets, .. } = verdict;
    let targets = targets.iter().map(TargetOutcome::validity);
    let problems = Validity::of(run.problems.is_empty());
    if is_cut_short(run) {
        // Without recovery and final phase a history can look worse than it is.
        return problems.and(Validity::Unknown);
    }
    // Under faults, an operation that never succeeds may be no violation.
    let nemesis = &experiment.parameters.nemesis;
    let has_faults = !nemesis.kinds.is_empty() || !nemesis.faults.is_empty();
    let stats = match served.stats {
        Validity::Invalid if has_faults => Validity::Unknown,
        valid => valid,
    };
    targets
        .chain([workload.strict, stats, served.availability, problems])
        .fold(Validity::Valid, Validity::and)
}

/// Whether a run was cut short by a limit or from outside.
fn is_cut_short(run: &GlomersRun) -> bool {
    run.totals.end.is_limit() || run.totals.end.is_from_outside()
}

/// Returns the reasons why a run is not valid: first what broke it, then violations found in the
/// history, then targets.
fn reasons(
    experiment: &GlomersExperiment,
    run: &GlomersRun,
    verdict: &RunVerdict,
) -> Vec<(String, String)> {
    let mut reasons = Vec::new();
    for (at, problem) in &run.problems {
        let node = experiment.parameters.name_of(problem.node);
        let what = match problem.kind {
            ProblemKind::Panic => format!("{node} panicked at {at}: {}", problem.text),
            _ => format!("{node} at {at}: {}", problem.text),
        };
        reasons.push((problem.kind.name().to_owned(), what));
    }
    if is_cut_short(run) {
        let end = experiment.parameters.end_in_words(run.totals.end);
        reasons.push(("limit".to_owned(), format!("the run was cut short: {end}")));
        return reasons;
    }
    for finding in &verdict.workload.findings {
        reasons.push((finding.rule.name().to_owned(), finding.message.clone()));
    }
    if verdict.served.stats == Validity::Invalid {
        let text = "an operation never succeeded: see `stats` in the results".to_owned();
        reasons.push(("stats".to_owned(), text));
    }
    if verdict.served.availability == Validity::Invalid {
        let fraction = verdict.figures.0.get("availability.ok_fraction").copied();
        let fraction = fraction.unwrap_or(0.0);
        let text = format!("a fraction of {fraction} of the operations succeeded");
        reasons.push(("availability".to_owned(), text));
    }
    for TargetOutcome { target, figure } in &verdict.targets {
        match figure {
            Some(figure) if !target.comparison.holds(*figure, target.number) => {
                reasons.push(("target".to_owned(), format!("{target}: it is {figure}")));
            }
            None => reasons.push(("target".to_owned(), format!("{target}: nothing to check"))),
            Some(_) => {}
        }
    }
    for (rule, why) in &verdict.workload.undetermined {
        reasons.push((rule.name().to_owned(), why.clone()));
    }
    reasons
}
