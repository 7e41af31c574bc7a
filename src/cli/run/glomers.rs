//! `sim run` of a Gossip Glomers config: one run, its verdict, and its files.

use std::path::Path;

use super::super::glomers_files::{Files, write_history, write_logs};
use super::super::glomers_table::{self, GlomersReport};
use super::super::options::Format;
use super::super::{CommandError, Exit, Io, Outcome, print_ignoring_broken_pipe};
use super::{RunArgs, interrupted};
use crate::check::Validity;
use crate::config::{self, GlomersExperiment};
use crate::engine::limits::End;
use crate::experiment::{GlomersOutcome, run_glomers};
use crate::history::HistoryText;
use crate::store::{Claim, Existing, ResultsFolder, Unfinished};
use crate::trace::{ConfigId, MANIFEST_FORMAT, Manifest};

pub(super) fn run(arguments: &RunArgs, experiment: &GlomersExperiment, io: &mut Io<'_>) -> Outcome {
    if arguments.trace_out.is_some() || arguments.split {
        let what = "--trace-out and --split are for the scale model; what clients saw is in \
                    history.jsonl of the results folder";
        return Err(CommandError::Usage(what.to_owned()));
    }
    if arguments.check && !arguments.quiet {
        writeln!(io.err, "--check: the verdict of such a run always includes its checks")?;
    }
    if arguments.check_determinism {
        return check_determinism(experiment, io);
    }
    to_folder(arguments, experiment, io)
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
        writeln!(io.out, "deterministic: two runs with the same {entries} history entries")?;
        writeln!(io.out, "fingerprint {fingerprint}")?;
        return Ok(Exit::Holds);
    }
    writeln!(io.err, "error: two runs of one config and seed differ")?;
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
fn to_folder(arguments: &RunArgs, experiment: &GlomersExperiment, io: &mut Io<'_>) -> Outcome {
    let resolved = config::resolved_glomers(experiment);
    let config_hash = config::hash(&resolved);
    let seed = experiment.parameters.seed.value();
    let claim = Claim {
        path: &arguments.out.join(&experiment.name).join(format!("seed-{seed}")),
        blake3: &config_hash,
        force: arguments.force,
        unfinished: Unfinished::Clear,
    };
    let folder = ResultsFolder::claim(io.store, claim)?;
    let names = &experiment.parameters.names;
    let layout = experiment.parameters.layout();
    let mut files = Files::new(&folder, names, !arguments.no_trace)?;
    let stop = || io.interrupt.signal().is_some();
    let outcome = run_glomers(experiment, &mut files, &stop);
    if let End::Interrupted { at } = outcome.run.totals.end {
        return interrupted(at, io);
    }
    let write = |text| write_history(&folder, text, &outcome.run.history, names);
    let history = (!arguments.no_trace).then(|| write(HistoryText::Jsonl)).transpose()?;
    let (net, logs) = files.finish()?;
    let results = outcome.results.json_pretty();
    let mut manifest = Manifest {
        format: MANIFEST_FORMAT,
        sim: env!("CARGO_PKG_VERSION").to_owned(),
        config: ConfigId { name: experiment.name.clone(), blake3: config_hash },
        seed,
        trace_blake3: None,
        history_blake3: history.as_ref().map(|(_, hash)| hash.clone()),
        net_blake3: net.as_ref().map(|(_, hash)| hash.clone()),
        results_blake3: Some(config::hash(&results)),
        summary_blake3: None,
        machines_blake3: vec![],
        fingerprint: outcome.run.fingerprint.to_string(),
        rows: outcome.run.history.len() as u64,
        end: outcome.run.totals.end.name().to_owned(),
        replayable: true,
    };
    if let Existing::Result(old) = folder.existing()
        && let Ok(old) = serde_json::from_str::<Manifest>(old)
    {
        if !super::same_run(&old, &manifest, folder.path(), io)? {
            return Ok(Exit::Nondeterminism);
        }
        // What an earlier run wrote and this one does not stays, and stays described.
        manifest.history_blake3 = manifest.history_blake3.or(old.history_blake3);
        manifest.net_blake3 = manifest.net_blake3.or(old.net_blake3);
    }
    if let Some((file, _)) = net {
        file.commit()?;
    }
    if let Some((file, _)) = history {
        file.commit()?;
        write(HistoryText::Edn)?.0.commit()?;
    }
    write_logs(&folder, &logs, names, layout)?;
    folder.put("results.json", results.as_bytes())?;
    folder.put("results.edn", outcome.results.pretty().as_bytes())?;
    folder.put("config.toml", resolved.as_bytes())?;
    let path = folder.finish(&manifest.to_json(), &[])?;
    report(arguments, experiment, (&outcome, &manifest), &path, io)
}

/// Prints what came out; its exit code.
fn report(
    arguments: &RunArgs,
    experiment: &GlomersExperiment,
    (outcome, manifest): (&GlomersOutcome, &Manifest),
    folder: &Path,
    io: &mut Io<'_>,
) -> Outcome {
    let report = GlomersReport { experiment, outcome, manifest, folder };
    print_ignoring_broken_pipe(io.out, |out| match (arguments.format, arguments.quiet) {
        (Format::Json, _) => glomers_table::print_json(&report, out),
        (Format::Human, false) => glomers_table::print(&report, out),
        (Format::Human, true) => Ok(()),
    })?;
    let verdict = &outcome.verdict;
    if arguments.quiet && verdict.strict == Validity::Invalid {
        for (rule, witness) in verdict.reasons.iter().take(1) {
            writeln!(io.err, "violated: {rule}: {witness}")?;
        }
        writeln!(io.err, "replay: {}", glomers_table::replay(folder))?;
    }
    let verdict = Exit::from(arguments.verdict.of(verdict.strict, verdict.parity.validity()));
    if outcome.run.totals.end.is_limit() {
        let end = experiment.parameters.end_in_words(outcome.run.totals.end);
        writeln!(io.err, "the run was cut short: {end}")?;
        return Ok(verdict.or(Exit::Limit));
    }
    Ok(verdict)
}
