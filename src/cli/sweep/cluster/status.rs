//! `sim sweep status`: what is done of a plan, what runs, what is missing, and what was found.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::super::report::grouped;
use super::failure;
use crate::cli::output::Format;
use crate::cli::{CommandError, Exit, Io, Outcome};
use crate::escape;
use crate::sweep::{Opened, PLAN_BASE, Plan, ShardState, Status, index_spec};

/// Shows what is done of a plan, what runs, what is missing, and the violations so far.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  sim sweep status sw
  sbatch --array=\"$(sim sweep status sw --missing)\" sw/job.slurm
  sim sweep status sw --format json")]
pub(in crate::cli::sweep) struct StatusArgs {
    /// The folder of the plan.
    folder: PathBuf,
    /// Prints only the shards that have to be started, as an array specification: 3,17-20.
    #[arg(long)]
    missing: bool,
}

/// Maximum number of violations, and of shards of each kind, that are shown.
const SHOWN: usize = 5;
/// Maximum number of violations in JSON.
const IN_JSON: usize = 100;

pub(super) fn status(arguments: &StatusArgs, io: &mut Io<'_>) -> Outcome {
    let opened = Plan::open(&arguments.folder).map_err(failure)?;
    let status = Status::of(&opened);
    let to_start = status.to_start();
    if io.output.format == Format::Json {
        print_json(&opened, &status, &to_start, io)?;
    } else if arguments.missing {
        writeln!(io.out, "{}", index_spec(&to_start))?;
    } else {
        print(&opened, &status, &to_start, io)?;
    }
    Ok(Exit::Holds)
}

/// Number of shards in a state.
fn count(status: &Status, is_it: impl Fn(&ShardState) -> bool) -> u64 {
    status.shards.iter().filter(|state| is_it(state)).count() as u64
}

fn print(
    opened: &Opened,
    status: &Status,
    to_start: &[u64],
    io: &mut Io<'_>,
) -> Result<(), CommandError> {
    let Opened { folder, plan, .. } = opened;
    let done = count(status, |state| *state == ShardState::Done);
    let running = count(status, |state| matches!(state, ShardState::Running(_)));
    let replaced = count(status, |state| *state == ShardState::Replaced);
    let shards = plan.bounds.len() as u64 - replaced;
    let (runs, total) = (grouped(status.runs_done), grouped(plan.runs));
    writeln!(io.out, "{}: {runs} of {total} runs", escape::line(&plan.config.name))?;
    write!(io.out, "  of {} shards {} are done", grouped(shards), grouped(done))?;
    write!(io.out, ", {} running, {} to start", grouped(running), to_start.len())?;
    match status.seconds_left {
        Some(left) => writeln!(io.out, "; {} left at this speed", time(left))?,
        None => writeln!(io.out)?,
    }
    let problems = (0u64..).zip(&status.shards).filter_map(|(index, state)| {
        let what = match state {
            ShardState::Failed(failed) => format!("failed ({}): {}", failed.exit, failed.message),
            ShardState::Damaged(why) => format!("cannot be used: {why}"),
            ShardState::Lost(beat) => {
                format!("was lost: process {} on {} is silent", beat.process, beat.host)
            }
            _ => return None,
        };
        Some(format!("shard {index} {what}"))
    });
    let problems: Vec<String> = problems.collect();
    for problem in problems.iter().take(SHOWN) {
        writeln!(io.out, "  {}", escape::line(problem))?;
    }
    if problems.len() > SHOWN {
        writeln!(io.out, "  … and {} more", problems.len() - SHOWN)?;
    }
    if !to_start.is_empty() {
        writeln!(io.out, "  to start: {}", index_spec(to_start))?;
    }
    if to_start.is_empty() && running == 0 && !status.cover.missing.is_empty() {
        let folder = crate::config::shell_word(&folder.display().to_string());
        writeln!(io.out, "  no shard has the missing runs: sim sweep plan {folder} --missing")?;
    }
    let failed: u64 = status.used().map(|(_, head)| head.failure_count).sum();
    if failed > 0 {
        writeln!(io.out, "{} runs failed so far; the first ones:", grouped(failed))?;
        let config = config_path(opened);
        for failure in status.failures(opened, SHOWN).map_err(failure)? {
            let rule = failure.rule.map(|rule| format!("{rule}: ")).unwrap_or_default();
            let what = escape::line(&format!("{rule}{}", failure.message));
            let (kind, seed) = (failure.kind.name(), failure.seed);
            writeln!(io.out, "  {kind}: run {}, seed {seed}: {what}", failure.run)?;
            let replay = opened.sweep.replay(failure.point, seed, &config);
            writeln!(io.out, "    {replay}")?;
        }
    }
    if status.cover.missing.is_empty() {
        let folder = crate::config::shell_word(&folder.display().to_string());
        writeln!(io.out, "all is done: sim sweep merge {folder}")?;
    }
    Ok(())
}

/// Returns the path of a config from which runs are repeated. A sweep's base is in the folder.
fn config_path(opened: &Opened) -> String {
    opened.folder.join(PLAN_BASE).display().to_string()
}

fn print_json(
    opened: &Opened,
    status: &Status,
    to_start: &[u64],
    io: &mut Io<'_>,
) -> Result<(), CommandError> {
    let Opened { folder, plan, .. } = opened;
    let each = |state: &ShardState, index: u64| match state {
        ShardState::Running(beat) => Some(json!({ "shard": index, "state": "running",
            "host": beat.host, "process": beat.process, "done": beat.done,
            "beat_unix_s": beat.at_s })),
        ShardState::Lost(beat) => Some(json!({ "shard": index, "state": "lost",
            "host": beat.host, "process": beat.process, "beat_unix_s": beat.at_s })),
        ShardState::Failed(failed) => Some(json!({ "shard": index, "state": "failed",
            "exit": failed.exit, "reason": failed.message })),
        ShardState::Damaged(why) => {
            Some(json!({ "shard": index, "state": "damaged", "reason": why }))
        }
        ShardState::Done | ShardState::Missing | ShardState::Replaced => None,
    };
    let shards: Vec<_> =
        (0..).zip(&status.shards).filter_map(|(index, state)| each(state, index)).collect();
    let config = config_path(opened);
    let failures = status.failures(opened, IN_JSON).map_err(failure)?;
    let first: Vec<_> = failures
        .iter()
        .map(|failure| {
            json!({
                "kind": failure.kind.name(),
                "run": failure.run,
                "point": failure.point,
                "seed": failure.seed,
                "rule": failure.rule,
                "message": failure.message,
                "replay": opened.sweep.replay(failure.point, failure.seed, &config),
            })
        })
        .collect();
    let failed: u64 = status.used().map(|(_, head)| head.failure_count).sum();
    let value = json!({
        "name": plan.config.name,
        "folder": folder.display().to_string(),
        "runs": plan.runs,
        "runs_done": status.runs_done,
        "shards": plan.bounds.len() as u64 - count(status, |s| *s == ShardState::Replaced),
        "shards_done": count(status, |state| *state == ShardState::Done),
        "shards_running": count(status, |state| matches!(state, ShardState::Running(_))),
        "to_start": index_spec(to_start),
        "seconds_left": status.seconds_left,
        "states": shards,
        "failures": failed,
        "first_failures": first,
        "complete": status.cover.missing.is_empty(),
    });
    Ok(writeln!(io.out, "{value}")?)
}

/// Formats seconds for people.
fn time(seconds: f64) -> String {
    match seconds.ceil() as u64 {
        s @ 0..60 => format!("{s} s"),
        s @ 60..3_600 => format!("{} min", s / 60),
        s => format!("{} h {} min", s / 3_600, s / 60 % 60),
    }
}
