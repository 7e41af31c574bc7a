//! `sim sweep plan`: splits a sweep into shards, and writes the job file of an engine.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

use super::super::SweepArgs;
use super::super::report::grouped;
use super::failure;
use super::shard::{check_sums, plan_unchecked, seconds};
use crate::cli::options::{JOBS_MAX, whole};
use crate::cli::output::Format;
use crate::cli::{CommandError, Exit, Io, Outcome};
use crate::config::shell_word;
use crate::escape;
use crate::nearest::{LettersPerEdit, nearest};
use crate::sweep::{
    ENGINES, Engine, JobFile, Opened, PLAN, Plan, RowsKept, SHARDS_MAX, Sizes, Status, run_checked,
    split, trial,
};

/// Splits a sweep into shards for many machines.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  sim sweep plan glomers/3c --seeds 0..1000000 --shards 100 --out sw \\
      --engine slurm
  sim sweep plan my-sweep.toml --out sw
      about 30 minutes a shard, at most 1,000 shards
  sim sweep plan sw --missing --shards 20
      plans what is missing again

The folder must be one that all machines share; renames and fsync are enough
there, as with NFS. docs/cluster.md leads from a laptop to each engine.")]
pub(in crate::cli::sweep) struct PlanArgs {
    /// A sweep file, a config, or the name of one that ships; with --missing the folder of a plan.
    config: PathBuf,
    /// The seeds, the end excluded, such as 0..1000; instead of the sweep file's.
    #[arg(long, value_name = "A..B")]
    seeds: Option<String>,
    /// Number of shards [default: so that each takes about half an hour].
    #[arg(long, value_name = "N", value_parser = whole(1, SHARDS_MAX))]
    shards: Option<u64>,
    /// The folder of the plan and its shards [default: results/shards/NAME].
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Also writes the job file of an engine: slurm, parallel, hq, k8s or snakemake.
    #[arg(long, value_name = "NAME")]
    engine: Option<String>,
    /// Rows that are kept: all, those of violations, or none [default: all up to 100,000,000 runs].
    #[arg(long, value_name = "none|violations|all", value_parser = rows_kept)]
    rows: Option<RowsKept>,
    /// Number of cores of a node [default: those of this machine].
    #[arg(long, value_name = "N", value_parser = whole(1, JOBS_MAX))]
    cores: Option<u16>,
    /// Time that the engine grants a shard.
    #[arg(long, value_name = "TIME", default_value = "60m")]
    shard_time: String,
    /// Overrides a key of the base config; the value is TOML, else text.
    #[arg(long = "set", value_name = "KEY=VALUE")]
    sets: Vec<String>,
    /// The duration of each run with a unit, instead of the config's.
    #[arg(long, value_name = "TIME")]
    duration: Option<String>,
    /// Checks Lamport's invariants on every run. Gossip Glomers runs are always checked.
    #[arg(long)]
    check: bool,
    /// Plans what is missing of the plan in this folder again, with another number of shards.
    #[arg(long, conflicts_with_all = ["seeds", "out", "rows", "sets", "duration", "check"])]
    missing: bool,
    /// Writes over another plan in the folder.
    #[arg(long)]
    force: bool,
}

/// Parses `--rows`.
pub(super) fn rows_kept(text: &str) -> Result<RowsKept, String> {
    let all = [RowsKept::None, RowsKept::Violations, RowsKept::All];
    let found = all.into_iter().find(|rows| rows.name() == text);
    found.ok_or_else(|| "expected none, violations or all".to_owned())
}

/// Time that a shard takes at the number of shards that is chosen, in seconds.
const SHARD_S: f64 = 1_800.0;
/// Maximum number of shards that is chosen: the size of the largest array of Slurm, by default.
const SHARDS_CHOSEN: u64 = 1_000;

pub(super) fn plan(arguments: &PlanArgs, io: &mut Io<'_>) -> Outcome {
    let engine = arguments.engine.as_deref().map(engine).transpose()?;
    let minutes = (seconds("--shard-time", &arguments.shard_time)? / 60.0).ceil().max(1.0) as u64;
    let cores = || std::thread::available_parallelism().map_or(1, usize::from);
    let cores = arguments.cores.unwrap_or_else(|| cores().clamp(1, JOBS_MAX.into()) as u16);
    let mut sizes = Sizes { cores, run_s: None, minutes };
    let mut opened = match arguments.missing {
        true => Plan::open(&arguments.config).map_err(failure)?,
        false => {
            let shards = arguments.shards.unwrap_or(1);
            plan_unchecked(&as_sweep(arguments), shards, arguments.rows)?
        }
    };
    if engine.is_some() || arguments.shards.is_none() {
        sizes.run_s = trial(&opened.sweep, &run_checked).map_err(failure)?;
    }
    match arguments.missing {
        true => plan_again(&mut opened, arguments, &sizes)?,
        false => {
            if arguments.shards.is_none() {
                let shards = chosen(opened.plan.runs, &sizes);
                opened.plan.split_again(&opened.sweep, shards).map_err(failure)?;
            }
            check_sums(&opened.plan)?;
            let folder = Path::new("results/shards").join(&opened.plan.folder);
            opened.folder = arguments.out.clone().unwrap_or(folder);
            check_folder(&opened, arguments.force)?;
        }
    }
    opened.plan.write(&opened.sweep, io.store, &opened.folder).map_err(failure)?;
    let job = match engine {
        Some(engine) => Some(write_job(engine, &opened, &sizes, io)?),
        None => None,
    };
    report(&opened, &sizes, job.as_ref(), io)
}

/// Returns the command line of a sweep on one machine.
fn as_sweep(arguments: &PlanArgs) -> SweepArgs {
    SweepArgs {
        config: Some(arguments.config.clone()),
        seeds: arguments.seeds.clone(),
        sets: arguments.sets.clone(),
        duration: arguments.duration.clone(),
        check: arguments.check,
        ..SweepArgs::default()
    }
}

fn engine(name: &str) -> Result<&'static Engine, CommandError> {
    Engine::named(name).ok_or_else(|| {
        let known: Vec<&str> = ENGINES.iter().map(|engine| engine.name).collect();
        let hint = nearest(name, known.iter().copied(), LettersPerEdit::Two)
            .map_or(String::new(), |known| format!("did you mean `{known}`? "));
        let (name, known) = (escape::line(name), known.join(", "));
        CommandError::Usage(format!("--engine: there is no `{name}`; {hint}there are {known}"))
    })
}

/// Returns the number of shards for these runs.
fn chosen(runs: u64, sizes: &Sizes) -> u64 {
    let shards = sizes.run_s.map_or(SHARDS_CHOSEN as f64, |run| {
        (run * runs as f64 / (SHARD_S * f64::from(sizes.cores))).ceil()
    });
    (shards as u64).clamp(1, SHARDS_CHOSEN)
}

/// Refuses a folder with another plan.
fn check_folder(opened: &Opened, force: bool) -> Result<(), CommandError> {
    let path = opened.folder.join(PLAN);
    if force || path.symlink_metadata().is_err() {
        return Ok(());
    }
    let is_same = Plan::open(&path).is_ok_and(|there| there.plan == opened.plan);
    if is_same { Ok(()) } else { Err(CommandError::Overwrite(path)) }
}

/// Replaces the shards of a plan by new ones for the runs that are missing.
fn plan_again(
    opened: &mut Opened,
    arguments: &PlanArgs,
    sizes: &Sizes,
) -> Result<(), CommandError> {
    let status = Status::of(opened);
    let missing = &status.cover.missing;
    let runs: u64 = missing.iter().map(|(from, to)| to - from).sum();
    if runs == 0 {
        let what = "nothing is missing: `sim sweep merge` makes the result";
        return Err(CommandError::Usage(what.to_owned()));
    }
    let shards = arguments.shards.unwrap_or_else(|| chosen(runs, sizes)).min(runs);
    let mut bounds = vec![];
    for range in missing {
        // A share of the shards, and at least one.
        let share = u128::from(range.1 - range.0) * u128::from(shards) / u128::from(runs);
        bounds.extend(split(*range, (share as u64).max(1)));
    }
    if !opened.plan.replace(&opened.sweep, bounds).map_err(failure)? {
        let what = "--shards: the sums of all points of a shard would have no room; use more";
        return Err(CommandError::Usage(what.to_owned()));
    }
    if opened.plan.bounds.len() as u64 > SHARDS_MAX {
        let what = format!("a plan has at most {} shards", grouped(SHARDS_MAX));
        return Err(CommandError::Usage(what));
    }
    Ok(())
}

fn write_job(
    engine: &Engine,
    opened: &Opened,
    sizes: &Sizes,
    io: &Io<'_>,
) -> Result<JobFile, CommandError> {
    let unknown =
        |error: std::io::Error| CommandError::Data(format!("{}: {error}", opened.folder.display()));
    let folder = std::path::absolute(&opened.folder).map_err(unknown)?;
    let sim = std::env::current_exe().map_err(unknown)?;
    let job = engine.job(&opened.plan, sizes, &folder, &sim);
    io.store.put_shared(&opened.folder, job.name, job.text.as_bytes())?;
    Ok(job)
}

fn report(opened: &Opened, sizes: &Sizes, job: Option<&JobFile>, io: &mut Io<'_>) -> Outcome {
    let Opened { folder, plan, .. } = opened;
    let active = plan.active();
    let shards = active.end - active.start;
    if io.output.shows_text() {
        let [first, second] = sizes.words(plan);
        writeln!(io.out, "{}: {first}", escape::line(&plan.config.name))?;
        if sizes.run_s.is_some() {
            writeln!(io.out, "  {second}")?;
        }
        let manifest = folder.join(PLAN);
        writeln!(io.out, "  plan in {}; rows kept: {}", escape::path(&manifest), plan.rows.name())?;
        if let Some(job) = job {
            writeln!(io.out, "start all with\n  {}", job.start)?;
        }
        let (first, last) = (active.start, active.end - 1);
        let words = shell_word(&manifest.display().to_string());
        writeln!(io.out, "start one with, of {first} to {last}")?;
        writeln!(io.out, "  sim sweep shard --manifest {words} --index {first}")?;
    }
    if shards > SHARDS_CHOSEN {
        let (shards, most) = (grouped(shards), grouped(SHARDS_CHOSEN));
        writeln!(
            io.err,
            "warning: {shards} shards are many: arrays of Slurm have {most} by default"
        )?;
    }
    if io.output.format == Format::Json {
        let value = json!({
            "folder": folder.display().to_string(),
            "shards": shards,
            "first_shard": active.start,
            "runs": plan.runs,
            "rows": plan.rows.name(),
            "seconds_per_run": sizes.run_s,
            "seconds_per_shard": sizes.shard_s(plan),
            "job_file": job.map(|job| folder.join(job.name).display().to_string()),
            "start": job.map(|job| &job.start),
        });
        writeln!(io.out, "{value}")?;
    }
    Ok(Exit::Holds)
}
