//! `sim test`: hosts a node program, judges it, and says what went wrong.

mod options;
mod report;

pub(super) use options::TestArgs;

use std::path::{Path, PathBuf};

use super::glomers_files::{Files, write_history, write_logs};
use super::glomers_table::GlomersReport;
use super::options::Format;
use super::{CommandError, Exit, Io, Outcome};
use crate::config::{self, GlomersExperiment};
use crate::engine::limits::End;
use crate::engine::rng::Seed;
use crate::experiment::{GlomersOutcome, check_hosted};
use crate::harness::{Echo, Hosted, Hosting, Stop, host, is_crlf_script};
use crate::history::HistoryText;
use crate::store::{Claim, ClaimError, ResultsFolder, Unfinished};
use crate::trace::{ConfigId, MANIFEST_FORMAT, Manifest};

pub(super) fn test(arguments: &TestArgs, io: &mut Io<'_>) -> Outcome {
    let mut experiment = arguments.experiment()?;
    let hosting = hosting(arguments);
    for option in arguments.idle_options() {
        let workload = &arguments.workload;
        writeln!(io.err, "note: {option} means nothing to the workload {workload}")?;
    }
    let _watchdog = super::watchdog::start();
    let first = experiment.parameters.seed.value();
    for number in 0..u64::from(arguments.test_count) {
        let seed = Seed::new(first.saturating_add(number)).unwrap_or(Seed::MAX);
        experiment.parameters.seed = seed;
        let exit = one(arguments, &experiment, &hosting, io)?;
        if exit != Exit::Holds || number + 1 == u64::from(arguments.test_count) {
            return Ok(exit);
        }
    }
    Ok(Exit::Holds)
}

fn hosting(arguments: &TestArgs) -> Hosting {
    let kib = |kib: u32| kib as usize * 1024;
    Hosting {
        program: program(&arguments.bin),
        arguments: arguments.arguments.clone(),
        start_max: arguments.start_limit,
        grace: arguments.grace,
        line_max: kib(arguments.line_limit),
        log_max: kib(arguments.log_limit),
        backlog_max: kib(arguments.backlog_limit),
        memory_max: u64::from(arguments.memory_limit) << 20,
        echo: Echo {
            stderr: arguments.log_stderr,
            sent: arguments.log_net_send,
            received: arguments.log_net_recv,
        },
    }
}

/// A file that is there is meant, also without `./` before it.
fn program(bin: &Path) -> PathBuf {
    let is_name = bin.components().count() == 1;
    if is_name && bin.exists() { Path::new(".").join(bin) } else { bin.to_owned() }
}

/// One test; its exit code.
fn one(
    arguments: &TestArgs,
    experiment: &GlomersExperiment,
    hosting: &Hosting,
    io: &mut Io<'_>,
) -> Outcome {
    let resolved = config::resolved_glomers(experiment);
    let config_hash = config::hash(&resolved);
    let folder = new_folder(arguments, &config_hash, io)?;
    let names = &experiment.parameters.names;
    let mut files = Files::new(&folder, names, true)?;
    let (interrupt, parameters) = (io.interrupt, &experiment.parameters);
    let stop =
        Stop { asked: &|| interrupt.signal().is_some(), asked_again: &|| interrupt.came_again() };
    // A second signal has to end the nodes, too.
    interrupt.hold();
    let hosted = host(parameters, hosting, &mut files, io.err, stop);
    interrupt.release()?;
    let mut hosted = hosted.map_err(|error| CommandError::Data(error.to_string()))?;
    if let End::QueueLimit { .. } = hosted.run.totals.end {
        let text = "in-flight: more messages were under way than --in-flight-limit allows";
        hosted.warnings.push(text.to_owned());
    }
    if let End::MemoryLimit { .. } = hosted.run.totals.end {
        let text = "memory: this program took more than --memory-limit allows";
        hosted.warnings.push(text.to_owned());
    }
    if hosted.nodes.iter().any(|node| node.lines == 0) && is_crlf_script(&hosting.program) {
        let program = arguments.bin.display();
        let text = format!("crlf: the first line of {program} ends in CR LF: save it with LF");
        hosted.warnings.push(text);
    }
    let extra = report::extra(&hosted, names);
    let Hosted { run, nodes, warnings, lateness } = hosted;
    let outcome = check_hosted(experiment, run, extra);
    let processes = report::Processes { nodes: &nodes, warnings: &warnings, lateness: &lateness };
    let (net, mut logs) = files.finish()?;
    for (log, node) in logs.iter_mut().zip(&nodes) {
        log.push_str(&String::from_utf8_lossy(&node.log));
    }
    let results = outcome.results.json_pretty();
    let write = |text| write_history(&folder, text, &outcome.run.history, names);
    let (history, history_hash) = write(HistoryText::Jsonl)?;
    let manifest = Manifest {
        format: MANIFEST_FORMAT,
        sim: env!("CARGO_PKG_VERSION").to_owned(),
        config: ConfigId { name: experiment.name.clone(), blake3: config_hash },
        seed: experiment.parameters.seed.value(),
        trace_blake3: None,
        history_blake3: Some(history_hash),
        results_blake3: Some(config::hash(&results)),
        net_blake3: net.as_ref().map(|(_, hash)| hash.clone()),
        summary_blake3: None,
        machines_blake3: vec![],
        fingerprint: outcome.run.fingerprint.to_string(),
        rows: outcome.run.history.len() as u64,
        end: outcome.run.totals.end.name().to_owned(),
        replayable: false,
    };
    if let Some((file, _)) = net {
        file.commit()?;
    }
    history.commit()?;
    write(HistoryText::Edn)?.0.commit()?;
    write_logs(&folder, &logs, names, experiment.parameters.layout())?;
    folder.put("results.json", results.as_bytes())?;
    folder.put("results.edn", outcome.results.pretty().as_bytes())?;
    folder.put("config.toml", resolved.as_bytes())?;
    let path = folder.finish(&manifest.to_json(), &[])?;
    let report =
        GlomersReport { experiment, outcome: &outcome, manifest: &manifest, folder: &path };
    super::print_ignoring_broken_pipe(io.out, |out| {
        match arguments.format {
            Format::Json => super::glomers_table::print_json(&report, out),
            Format::Human => report::print(&report, arguments.verdict, &processes, out),
        }?;
        out.flush()
    })?;
    Ok(exit(arguments, &outcome, io))
}

fn exit(arguments: &TestArgs, outcome: &GlomersOutcome, io: &Io<'_>) -> Exit {
    let verdict = &outcome.verdict;
    let verdict = Exit::from(arguments.verdict.of(verdict.strict, verdict.parity.validity()));
    let end = outcome.run.totals.end;
    if let (End::Interrupted { .. }, Some(signal)) = (end, io.interrupt.signal()) {
        return signal.exit();
    }
    if end.is_limit() { verdict.or(Exit::Limit) } else { verdict }
}

/// A folder of its own for each test: two tests are never the same.
fn new_folder<'a>(
    arguments: &TestArgs,
    config_hash: &str,
    io: &Io<'a>,
) -> Result<ResultsFolder<'a>, CommandError> {
    let of_workload = arguments.out.join("test").join(&arguments.workload);
    let mut number: u64 = 1;
    loop {
        let path = of_workload.join(format!("run-{number}"));
        number += 1;
        if path.exists() {
            continue;
        }
        let claim =
            Claim { path: &path, blake3: config_hash, force: false, unfinished: Unfinished::Clear };
        match ResultsFolder::claim(io.store, claim) {
            Ok(folder) => return Ok(folder),
            // Another test has just begun there.
            Err(ClaimError::Busy(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
}
