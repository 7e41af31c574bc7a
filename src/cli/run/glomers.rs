//! `sim run` of a Gossip Glomers config: one run, its verdict, and its files.

use std::io::Write;
use std::path::Path;

use super::super::glomers_table::{self, Report};
use super::super::options::Format;
use super::super::{Exit, Failure, Outcome, World};
use super::{RunArgs, interrupted};
use crate::check::Validity;
use crate::config::{self, GlomersExperiment};
use crate::engine::limits::End;
use crate::engine::time::Instant;
use crate::experiment::{GlomersOutcome, run_glomers};
use crate::glomers::{Layout, NET_HEADER, NetRow, Sink, write_net_row};
use crate::history::{write_edn, write_jsonl};
use crate::node::NodeId;
use crate::store::{Claim, Existing, NewFile, ResultsFolder, StoreError, Unfinished};
use crate::trace::{ConfigId, MANIFEST_FORMAT, Manifest};

/// A file of the journal is written in pieces of about this size.
const PIECE: usize = 1 << 16;
/// So much of a node's log is kept.
const LOG_MAX: usize = 1 << 24;

pub(super) fn run<O: Write, E: Write>(
    arguments: &RunArgs,
    experiment: &GlomersExperiment,
    world: &mut World<'_, O, E>,
) -> Outcome {
    if arguments.trace_out.is_some() || arguments.split {
        let what = "--trace-out and --split are for the scale model; what clients saw is in \
                    history.jsonl of the results folder";
        return Err(Failure::Usage(what.to_owned()));
    }
    if arguments.check && !arguments.quiet {
        writeln!(world.err, "--check: the verdict of such a run always includes its checks")?;
    }
    if arguments.check_determinism {
        return check_determinism(experiment, world);
    }
    to_folder(arguments, experiment, world)
}

/// Runs twice and compares the histories and the fingerprints.
fn check_determinism<O: Write, E: Write>(
    experiment: &GlomersExperiment,
    world: &mut World<'_, O, E>,
) -> Outcome {
    let stop = || world.interrupt.signal().is_some();
    let runs = [(); 2].map(|()| run_glomers(experiment, &mut (), &stop).run);
    if let Some(End::Interrupted { at }) =
        runs.iter().map(|run| run.totals.end).find(|end| matches!(end, End::Interrupted { .. }))
    {
        return interrupted(at, world);
    }
    let [first, second] = runs;
    if first == second {
        let (entries, fingerprint) = (first.history.len(), first.fingerprint);
        writeln!(world.out, "deterministic: two runs with the same {entries} history entries")?;
        writeln!(world.out, "fingerprint {fingerprint}")?;
        return Ok(Exit::Holds);
    }
    writeln!(world.err, "error: two runs of one config and seed differ")?;
    let mut pairs = first.history.iter().zip(&second.history).enumerate();
    match pairs.find(|(_, (a, b))| a != b) {
        Some((number, (a, b))) => {
            writeln!(world.err, "  the first difference is at entry {number} of the history")?;
            writeln!(world.err, "  first run:  {a:?}")?;
            writeln!(world.err, "  second run: {b:?}")?;
        }
        None => writeln!(world.err, "  in what went over the network")?,
    }
    Ok(Exit::Nondeterminism)
}

/// Runs with all outputs in a results folder.
fn to_folder<O: Write, E: Write>(
    arguments: &RunArgs,
    experiment: &GlomersExperiment,
    world: &mut World<'_, O, E>,
) -> Outcome {
    let resolved = config::resolved_glomers(experiment);
    let config_hash = config::hash(&resolved);
    let seed = experiment.parameters.seed.value();
    let claim = Claim {
        path: &arguments.out.join(&experiment.name).join(format!("seed-{seed}")),
        blake3: &config_hash,
        force: arguments.force,
        unfinished: Unfinished::Clear,
    };
    let folder = ResultsFolder::claim(world.store, claim)?;
    let names = &experiment.parameters.names;
    let layout = experiment.parameters.layout();
    let mut files = Files {
        net: match arguments.no_trace {
            true => None,
            false => Some(Net::begin(folder.create("net.csv")?, names)?),
        },
        logs: vec![String::new(); layout.participants() as usize],
        error: None,
    };
    let stop = || world.interrupt.signal().is_some();
    let outcome = run_glomers(experiment, &mut files, &stop);
    if let Some(error) = files.error {
        return Err(error.into());
    }
    if let End::Interrupted { at } = outcome.run.totals.end {
        return interrupted(at, world);
    }
    let history = (!arguments.no_trace).then(|| write_jsonl(&outcome.run.history, names));
    let net = files.net.map(Net::finish).transpose()?;
    let results = outcome.results.json_pretty();
    let mut manifest = Manifest {
        format: MANIFEST_FORMAT,
        sim: env!("CARGO_PKG_VERSION").to_owned(),
        config: ConfigId { name: experiment.name.clone(), blake3: config_hash },
        seed,
        trace_blake3: None,
        history_blake3: history.as_ref().map(|text| config::hash(text)),
        net_blake3: net.as_ref().map(|(_, hash)| hash.clone()),
        results_blake3: Some(config::hash(&results)),
        fingerprint: outcome.run.fingerprint.to_string(),
        rows: outcome.run.history.len() as u64,
        end: outcome.run.totals.end.name().to_owned(),
        replayable: true,
    };
    if let Existing::Result(old) = folder.existing()
        && let Ok(old) = serde_json::from_str::<Manifest>(old)
    {
        if !super::same_run(&old, &manifest, folder.path(), world)? {
            return Ok(Exit::Nondeterminism);
        }
        // What an earlier run wrote and this one does not stays, and stays described.
        manifest.history_blake3 = manifest.history_blake3.or(old.history_blake3);
        manifest.net_blake3 = manifest.net_blake3.or(old.net_blake3);
    }
    if let Some((file, _)) = net {
        file.commit()?;
    }
    if let Some(text) = history {
        folder.put("history.jsonl", text.as_bytes())?;
        folder.put("history.edn", write_edn(&outcome.run.history, names).as_bytes())?;
    }
    write_logs(&folder, &files.logs, names, layout)?;
    folder.put("results.json", results.as_bytes())?;
    folder.put("results.edn", outcome.results.pretty().as_bytes())?;
    folder.put("config.toml", resolved.as_bytes())?;
    let path = folder.finish(&manifest.to_json(), &[])?;
    report(arguments, experiment, (&outcome, &manifest), &path, world)
}

fn write_logs(
    folder: &ResultsFolder<'_>,
    logs: &[String],
    names: &[String],
    layout: Layout,
) -> Result<(), StoreError> {
    for (id, log) in (0..).map(NodeId).zip(logs).filter(|(_, log)| !log.is_empty()) {
        let service = layout.service_at(id).map(|service| service.name());
        let name = names.get(id.index()).map(String::as_str).or(service);
        folder.put_log(&format!("{}.log", name.unwrap_or("clients")), log.as_bytes())?;
    }
    Ok(())
}

/// Prints what came out; its exit code.
fn report<O: Write, E: Write>(
    arguments: &RunArgs,
    experiment: &GlomersExperiment,
    (outcome, manifest): (&GlomersOutcome, &Manifest),
    folder: &Path,
    world: &mut World<'_, O, E>,
) -> Outcome {
    let report = Report { experiment, outcome, manifest, folder };
    match (arguments.format, arguments.quiet) {
        (Format::Json, _) => glomers_table::print_json(&report, world.out)?,
        (Format::Human, false) => glomers_table::print(&report, world.out)?,
        (Format::Human, true) => {}
    }
    let judgement = &outcome.judgement;
    if arguments.quiet && judgement.strict == Validity::Invalid {
        for (rule, witness) in judgement.reasons.iter().take(1) {
            writeln!(world.err, "violated: {rule}: {witness}")?;
        }
        writeln!(world.err, "replay: {}", glomers_table::replay(folder))?;
    }
    let verdict = match judgement.strict {
        Validity::Valid => Exit::Holds,
        Validity::Unknown => Exit::Undetermined,
        Validity::Invalid => Exit::Violated,
    };
    if outcome.run.totals.end.is_limit() {
        let end = experiment.parameters.end_in_words(outcome.run.totals.end);
        writeln!(world.err, "the run was cut short: {end}")?;
        return Ok(verdict.or(Exit::Limit));
    }
    Ok(verdict)
}

/// Where a run's journal and logs go.
struct Files<'a> {
    net: Option<Net<'a>>,
    /// For each participant.
    logs: Vec<String>,
    error: Option<StoreError>,
}

/// `net.csv` under way.
struct Net<'a> {
    file: NewFile<'a>,
    hasher: blake3::Hasher,
    text: String,
    names: &'a [String],
}

impl<'a> Net<'a> {
    fn begin(file: NewFile<'a>, names: &'a [String]) -> Result<Net<'a>, StoreError> {
        let text = NET_HEADER.to_owned();
        Ok(Net { file, hasher: blake3::Hasher::new(), text, names })
    }

    fn row(&mut self, row: &NetRow) -> Result<(), StoreError> {
        write_net_row(&mut self.text, row, self.names);
        if self.text.len() < PIECE { Ok(()) } else { self.flush() }
    }

    fn flush(&mut self) -> Result<(), StoreError> {
        self.hasher.update(self.text.as_bytes());
        self.file.write(self.text.as_bytes())?;
        self.text.clear();
        Ok(())
    }

    fn finish(mut self) -> Result<(NewFile<'a>, String), StoreError> {
        self.flush()?;
        Ok((self.file, self.hasher.finalize().to_hex().to_string()))
    }
}

impl Sink for Files<'_> {
    fn wants_rows(&self) -> bool {
        self.net.is_some()
    }

    fn row(&mut self, row: &NetRow) {
        if let (Some(net), None) = (&mut self.net, &self.error) {
            self.error = net.row(row).err();
        }
    }

    fn log(&mut self, at: Instant, node: NodeId, line: &str) {
        let log = &mut self.logs[node.index()];
        if log.len() < LOG_MAX {
            log.push_str(&format!("{at} {}\n", line.replace('\n', "\n  ")));
        }
    }
}
