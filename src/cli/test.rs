//! `sim test`: hosts a node program, checks its runs, and reports faults and violations.

mod causes;
mod limits;
mod options;
mod options_of;
mod report;

pub(super) use options::TestArgs;
pub(super) use options_of::check_options;

use std::path::{Path, PathBuf};

use super::glomers_files::{BodiesMax, Files};
use super::glomers_table::GlomersReport;
use super::output::Format;
use super::results::{owned_files, unfinished};
use super::virtual_progress::VirtualProgress;
use super::{CommandError, Exit, Io, Outcome};
use crate::check::Validity;
use crate::config::{self, GlomersExperiment};
use crate::engine::limits::End;
use crate::engine::rng::Seed;
use crate::experiment::{GlomersOutcome, check_hosted};
use crate::harness::{Echo, Hosted, Hosting, Stop, host};
use crate::store::{Claim, ClaimError, Existing, Finished, ResultSession, Unfinished};
use crate::trace::{ConfigId, Manifest};

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
        limits: arguments.limits.of_processes(),
        echo: Echo {
            stderr: arguments.log_stderr,
            sent: arguments.log_net_send,
            received: arguments.log_net_recv,
        },
    }
}

/// Returns the path of the node program: a file that is there needs no `./` before its name.
fn program(bin: &Path) -> PathBuf {
    let is_name = bin.components().count() == 1;
    if is_name && bin.exists() { Path::new(".").join(bin) } else { bin.to_owned() }
}

/// Runs one test; returns its exit code.
fn one(
    arguments: &TestArgs,
    experiment: &GlomersExperiment,
    hosting: &Hosting,
    io: &mut Io<'_>,
) -> Outcome {
    let session = new_session(arguments, experiment, io)?;
    let names = &experiment.parameters.names;
    let files = Files::new(&session, names, true, Some(BodiesMax::UNASKED))?;
    let duration = experiment.parameters.duration;
    let mut files = files.watched_by(VirtualProgress::new(io.output, duration));
    let (interrupt, parameters) = (io.interrupt, &experiment.parameters);
    let stop =
        Stop { asked: &|| interrupt.signal().is_some(), asked_again: &|| interrupt.came_again() };
    // A second signal has to end the nodes, too.
    interrupt.hold();
    let hosted = host(parameters, hosting, &mut files, io.err, stop);
    interrupt.release()?;
    let mut hosted = hosted.map_err(|error| CommandError::Data(error.to_string()))?;
    let warnings = warnings(&hosted);
    hosted.warnings.extend(warnings);
    let extra = report::extra(&hosted, names);
    let Hosted { run, nodes, warnings, lateness, traffic } = hosted;
    let observed = causes::Observed {
        parameters: &experiment.parameters,
        program: &hosting.program,
        nodes: &nodes,
        traffic: &traffic,
    };
    let causes = |run: &_, verdict: &_| causes::causes(&observed, run, verdict);
    let outcome = check_hosted(experiment, run, extra, causes);
    let processes = report::Processes { nodes: &nodes, warnings: &warnings, lateness: &lateness };
    let mut written = files.finish()?;
    for (log, node) in written.logs.iter_mut().zip(&nodes) {
        log.push_str(&String::from_utf8_lossy(&node.log));
    }
    let Finished { folder, manifest } =
        written.finish(session, experiment, &outcome, vec![]).map_err(unfinished)?;
    let report =
        GlomersReport { experiment, outcome: &outcome, manifest: &manifest, folder: &folder };
    let output = io.output;
    super::print_ignoring_broken_pipe(io.out, |out| {
        match output.format {
            Format::Json => super::glomers_table::print_json(&report, out),
            _ if output.quiet && outcome.verdict.strict == Validity::Valid => Ok(()),
            _ => report::print(&report, arguments.verdict, &processes, out),
        }?;
        out.flush()
    })?;
    if arguments.report {
        super::report::of_finished(&folder, output.shows_text(), io)?;
    }
    Ok(exit(arguments, &outcome, io))
}

/// Returns the warning about a limit that the run reached.
fn warnings(hosted: &Hosted) -> Option<String> {
    let limit = match hosted.run.totals.end {
        End::QueueLimit { .. } => {
            "in-flight: more messages were under way than --in-flight-limit allows"
        }
        End::MemoryLimit { .. } => "memory: this program took more than --memory-limit allows",
        _ => return None,
    };
    Some(limit.to_owned())
}

/// Returns the exit code of a test.
fn exit(arguments: &TestArgs, outcome: &GlomersOutcome, io: &Io<'_>) -> Exit {
    let verdict = &outcome.verdict;
    let verdict = Exit::from(arguments.verdict.of(verdict.strict, verdict.parity.validity()));
    let end = outcome.run.totals.end;
    if let (End::Interrupted { .. }, Some(signal)) = (end, io.interrupt.signal()) {
        return signal.exit();
    }
    if end.is_limit() { verdict.or(Exit::Limit) } else { verdict }
}

/// Claims a folder of its own for each test: no two tests are of one run.
fn new_session<'a>(
    arguments: &TestArgs,
    experiment: &GlomersExperiment,
    io: &Io<'a>,
) -> Result<ResultSession<'a, Manifest>, CommandError> {
    let of_workload = arguments.out.join("test").join(&arguments.workload);
    let blake3 = config::hash(&config::resolved_glomers(experiment));
    let config = ConfigId { name: experiment.name.clone(), blake3 };
    for number in 1_u64.. {
        let path = of_workload.join(format!("run-{number}"));
        if path.exists() {
            continue;
        }
        let claim = Claim {
            root: arguments.out.clone(),
            path,
            config: config.clone(),
            force: false,
            unfinished: Unfinished::Clear,
            owned: owned_files(),
        };
        match ResultSession::claim(io.store, claim) {
            Err(ClaimError::Busy(_)) => {}
            // Another test has begun there, or even finished, in the meantime.
            Ok(session) if *session.existing() != Existing::Nothing => {}
            claimed => return Ok(claimed?),
        }
    }
    unreachable!("there are free numbers")
}
