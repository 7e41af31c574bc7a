//! `sim run` of a Gossip Glomers config: one run, its verdict, and its files.

use serde_json::json;

use super::super::changes::Changes;
use super::super::glomers_files::{BodiesAgain, BodiesMax, Files};
use super::super::glomers_table::{self, GlomersReport};
use super::super::output::Format;
use super::super::results::{claim_run, report_different};
use super::super::terminal::ERROR;
use super::super::virtual_progress::VirtualProgress;
use super::super::{CommandError, Exit, Io, Outcome, print_ignoring_broken_pipe};
use super::{RunArgs, interrupted};
use crate::check::Validity;
use crate::config::{self, GlomersExperiment};
use crate::engine::limits::End;
use crate::experiment::{GlomersOutcome, run_glomers};
use crate::store::{FinishError, Finished};
use crate::trace::{ConfigId, Manifest};

pub(super) fn run(
    arguments: &RunArgs,
    experiment: &GlomersExperiment,
    changes: &Changes,
    io: &mut Io<'_>,
) -> Outcome {
    if arguments.trace_out.is_some() || arguments.split {
        let what = "--trace-out and --split are for the scale model; what clients saw is in \
                    history.jsonl of the results folder";
        return Err(CommandError::Usage(what.to_owned()));
    }
    if arguments.check && io.output.shows_text() {
        writeln!(io.err, "--check: the verdict of such a run always includes its checks")?;
    }
    if arguments.check_determinism {
        return check_determinism(experiment, io);
    }
    to_folder(arguments, experiment, changes, io)
}

/// Runs twice and compares the histories and the fingerprints.
fn check_determinism(experiment: &GlomersExperiment, io: &mut Io<'_>) -> Outcome {
    let stop = || io.interrupt.signal().is_some();
    let runs = [(); 2].map(|()| run_glomers(experiment, &mut (), &stop).run);
    if let Some(End::Interrupted { at }) =
        runs.iter().map(|run| run.totals.end).find(|end| matches!(end, End::Interrupted { .. }))
    {
        return interrupted(at, io);
    }
    let [first, second] = runs;
    if first == second {
        let (entries, fingerprint) = (first.history.len(), first.fingerprint);
        if io.output.format == Format::Json {
            let fingerprint = fingerprint.to_string();
            let same =
                json!({ "deterministic": true, "entries": entries, "fingerprint": fingerprint });
            writeln!(io.out, "{same}")?;
        } else {
            writeln!(io.out, "deterministic: two runs with the same {entries} history entries")?;
            writeln!(io.out, "fingerprint {fingerprint}")?;
        }
        return Ok(Exit::Holds);
    }
    if io.output.format == Format::Json {
        writeln!(io.out, "{}", json!({ "deterministic": false }))?;
    }
    writeln!(io.err, "{ERROR} two runs of one config and seed differ")?;
    let mut pairs = first.history.iter().zip(&second.history).enumerate();
    match pairs.find(|(_, (a, b))| a != b) {
        Some((number, (a, b))) => {
            writeln!(io.err, "  the first difference is at entry {number} of the history")?;
            writeln!(io.err, "  first run:  {a:?}")?;
            writeln!(io.err, "  second run: {b:?}")?;
        }
        None => writeln!(io.err, "  in what went over the network")?,
    }
    Ok(Exit::Nondeterminism)
}

/// Runs with all outputs in a results folder.
fn to_folder(
    arguments: &RunArgs,
    experiment: &GlomersExperiment,
    changes: &Changes,
    io: &mut Io<'_>,
) -> Outcome {
    let config = ConfigId {
        name: experiment.name.clone(),
        blake3: config::hash(&config::resolved_glomers(experiment)),
    };
    let parameters = &experiment.parameters;
    let seed = parameters.seed.value();
    let session = claim_run(io.store, &arguments.out, config, changes, seed, arguments.force)?;
    let bodies = (arguments.bodies && !arguments.no_trace).then_some(BodiesMax::NONE);
    let files = Files::new(&session, &parameters.names, !arguments.no_trace, bodies)?;
    let mut files = files.watched_by(VirtualProgress::new(io.output, parameters.duration));
    let stop = || io.interrupt.signal().is_some();
    let outcome = run_glomers(experiment, &mut files, &stop);
    // A failure of the disk interrupts the run, too: it is reported first.
    let mut written = files.finish()?;
    if let End::Interrupted { at } = outcome.run.totals.end {
        return interrupted(at, io);
    }
    let is_wanted = !arguments.no_trace && !arguments.no_bodies && written.bodies.is_none();
    if outcome.verdict.strict == Validity::Invalid && is_wanted {
        let mut again = BodiesAgain::new(&session)?;
        let second = run_glomers(experiment, &mut again, &stop);
        let bodies = again.finish()?;
        if let End::Interrupted { at } = second.run.totals.end {
            return interrupted(at, io);
        }
        if second.run.fingerprint != outcome.run.fingerprint {
            writeln!(io.err, "{ERROR} two runs of one config and seed differ")?;
            writeln!(io.err, "  nothing was written; `--check-determinism` looks closer")?;
            return Ok(Exit::Nondeterminism);
        }
        written.bodies = Some(bodies);
    }
    match written.finish(session, experiment, &outcome, changes.texts()) {
        Ok(finished) => report(arguments, experiment, &outcome, &finished, io),
        Err(FinishError::Different(different)) => report_different(&different, io.err),
        Err(FinishError::Store(error)) => Err(error.into()),
    }
}

/// Prints the report of a run; returns its exit code.
fn report(
    arguments: &RunArgs,
    experiment: &GlomersExperiment,
    outcome: &GlomersOutcome,
    Finished { folder, manifest }: &Finished<Manifest>,
    io: &mut Io<'_>,
) -> Outcome {
    let report = GlomersReport { experiment, outcome, manifest, folder };
    let output = io.output;
    print_ignoring_broken_pipe(io.out, |out| match (output.format, output.quiet) {
        (Format::Json, _) => glomers_table::print_json(&report, out),
        (_, false) => glomers_table::print(&report, out),
        (_, true) => Ok(()),
    })?;
    arguments.finish(folder, io)?;
    let verdict = &outcome.verdict;
    if output.quiet && verdict.strict == Validity::Invalid {
        for (rule, witness) in verdict.reasons.iter().take(1) {
            writeln!(io.err, "violated: {rule}: {witness}")?;
        }
        writeln!(io.err, "replay: {}", glomers_table::replay(folder))?;
        if let Some(why) = glomers_table::why(&report) {
            writeln!(io.err, "why: {why}")?;
        }
    }
    let verdict = Exit::from(arguments.verdict.of(verdict.strict, verdict.parity.validity()));
    if outcome.run.totals.end.is_limit() {
        let end = experiment.parameters.end_in_words(outcome.run.totals.end);
        writeln!(io.err, "the run was cut short: {end}")?;
        return Ok(verdict.or(Exit::Limit));
    }
    Ok(verdict)
}
