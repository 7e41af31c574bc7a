//! `sim sweep shard`: runs one shard of a plan.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

use super::super::report::{grouped, words};
use super::super::{SweepArgs, changed, check_points, read};
use super::failure;
use super::index::index;
use crate::cli::options::{JOBS_MAX, whole, workers};
use crate::cli::output::Format;
use crate::cli::progress::Progress as Shown;
use crate::cli::{CommandError, Exit, Io, Outcome, source};
use crate::engine::time::Duration;
use crate::sweep::{
    Attempt, AttemptEnd, ClusterError, Failed, Opened, PLAN, Plan, RowsKept, put_failed,
    run_checked, verify,
};

/// Runs one shard of a plan. A shard that is done already ends at once.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  sim sweep shard --manifest sw/manifest.json --index 3
  sim sweep shard --manifest sw/manifest.json --time-budget 55m
      the engine gives the index
  sim sweep shard --manifest sw/manifest.json --index 3 --verify
      runs it again and compares

Exit codes: 0 done, also if runs violate something, which `sim sweep merge`
reports; 75 stopped at its time budget, to be started again; 4 with --verify a
difference; 64, 65 and 70 as everywhere: trying again does not help.")]
pub(in crate::cli::sweep) struct ShardArgs {
    /// The plan's manifest.json, or its folder.
    #[arg(long, value_name = "PATH")]
    manifest: PathBuf,
    /// The number of the shard, from 0 [default: what SLURM_ARRAY_TASK_ID, HQ_TASK_ID,
    /// JOB_COMPLETION_INDEX or PARALLEL_SEQ says].
    #[arg(long, value_name = "I")]
    index: Option<u64>,
    /// Ends cleanly after this time; what is done is kept, and the next start goes on from there.
    #[arg(long, value_name = "TIME")]
    time_budget: Option<String>,
    /// Runs a shard that is done again, and compares (exit code 4 if it differs).
    #[arg(long)]
    verify: bool,
    /// Number of workers [default: one for each core].
    #[arg(short, long, value_name = "N", value_parser = whole(1, JOBS_MAX))]
    jobs: Option<u16>,
}

pub(super) fn shard(arguments: &ShardArgs, io: &mut Io<'_>) -> Outcome {
    let opened = Plan::open(&arguments.manifest).map_err(failure)?;
    let index = index(arguments.index)?;
    let budget = arguments.time_budget.as_deref();
    let budget = budget.map(|text| seconds("--time-budget", text)).transpose()?;
    run(&opened, index, &Options { budget, verify: arguments.verify, jobs: arguments.jobs }, io)
}

/// Runs shard `index` of `of` without a plan: each of them writes the same one.
pub(in crate::cli::sweep) fn run_shard_of(
    arguments: &SweepArgs,
    (index, of): (u64, u64),
    io: &mut Io<'_>,
) -> Outcome {
    let plan = plan_of(arguments, of, None)?;
    let folder = match &arguments.out {
        Some(folder) => folder.clone(),
        None => Path::new("results/shards").join(&plan.plan.folder),
    };
    if plan.plan.bounds.len() as u64 != of {
        let runs = plan.plan.runs;
        return Err(CommandError::Usage(format!("--shard: {of} shards are more than {runs} runs")));
    }
    if folder.join(PLAN).symlink_metadata().is_ok() {
        let there = Plan::open(&folder).map_err(failure)?.plan;
        let is_same = there.config == plan.plan.config && there.rows == plan.plan.rows;
        if !is_same || !there.bounds.starts_with(&plan.plan.bounds) {
            return Err(CommandError::Data(format!(
                "{}: it is the plan of another sweep, of other seeds, or of another number of \
                 shards; use another --out",
                folder.join(PLAN).display()
            )));
        }
    } else {
        plan.plan.write(&plan.sweep, io.store, &folder).map_err(failure)?;
    }
    let opened = Plan::open(&folder).map_err(failure)?;
    run(&opened, index, &Options { budget: None, verify: false, jobs: arguments.jobs }, io)
}

/// Makes the plan of a command line, with this number of shards; its folder is not known yet.
fn plan_of(
    arguments: &SweepArgs,
    shards: u64,
    rows: Option<RowsKept>,
) -> Result<Opened, CommandError> {
    let opened = plan_unchecked(arguments, shards, rows)?;
    check_sums(&opened.plan)?;
    Ok(opened)
}

/// Refuses a plan whose shards keep not all rows, and have no room for sums.
pub(super) fn check_sums(plan: &Plan) -> Result<(), CommandError> {
    if plan.sums || plan.rows == RowsKept::All {
        return Ok(());
    }
    let what = "--rows: the sums of all points of a shard would be as large as their rows; \
                use more shards, or --rows all";
    Err(CommandError::Usage(what.to_owned()))
}

/// Makes the plan of a command line, whose shards are not settled.
pub(super) fn plan_unchecked(
    arguments: &SweepArgs,
    shards: u64,
    rows: Option<RowsKept>,
) -> Result<Opened, CommandError> {
    let text = source::find(arguments.config())?;
    let overrides = changed::overrides(arguments)?;
    let sweep = read(arguments, &text, overrides.clone(), arguments.seeds.clone())?;
    if sweep.max_failures.is_some() {
        let what = "shards run to their end: leave `max_failures` out of the sweep; \
                    `sim sweep status` shows violations at any time";
        return Err(CommandError::Data(what.to_owned()));
    }
    check_points(&sweep)?;
    let changes = changed::changes(arguments, &text, overrides)?;
    let below = sweep.name.strip_prefix("sweeps/").unwrap_or(&sweep.name);
    let blake3 = crate::config::hash(&sweep.resolved());
    let names = (changes.folder(below, &blake3), changes.texts());
    let rows = rows.unwrap_or(match sweep.runs() {
        ..=ROWS_UNASKED => RowsKept::All,
        _ => RowsKept::Violations,
    });
    let plan = Plan::new(&sweep, names, shards, rows).map_err(failure)?;
    Ok(Opened { folder: PathBuf::new(), plan, sweep })
}

/// Maximum number of runs all of whose rows are kept, unless --rows says otherwise.
const ROWS_UNASKED: u64 = 100_000_000;

/// How a shard is run.
struct Options {
    budget: Option<f64>,
    verify: bool,
    jobs: Option<u16>,
}

fn run(opened: &Opened, index: u64, options: &Options, io: &mut Io<'_>) -> Outcome {
    let shards = opened.plan.bounds.len() as u64;
    let Some((from, to)) = opened.plan.bounds.get(index as usize).copied() else {
        let last = shards - 1;
        let what = format!("there is no shard {index}: the plan has the shards 0 to {last}");
        return Err(CommandError::Usage(what));
    };
    let pool = workers(options.jobs)?;
    let attempt = Attempt {
        opened,
        index,
        store: io.store,
        runner: &run_checked,
        pool: &pool,
        budget_s: options.budget,
    };
    let interrupt = io.interrupt;
    let stop = || interrupt.signal().is_some();
    let mut shown = Shown::new(io.output, 0, to - from);
    let mut report = |outlook: crate::sweep::Outlook| {
        shown.show(outlook.done, |_| format!("shard {index}: {}", words(outlook)));
    };
    if options.verify {
        let same = verify(&attempt, &stop, &mut report);
        drop(shown);
        return verified(same, index, io);
    }
    let mut notes = vec![];
    let end = attempt.run(&stop, &mut report, &mut |note| notes.push(note.to_owned()));
    drop(shown);
    for note in notes {
        writeln!(io.err, "warning: {}", crate::escape::line(&note))?;
    }
    match end {
        Ok(end) => ended(end, (index, to - from), io),
        Err(error) => {
            let error = failure(error);
            let failed = Failed { exit: error.exit().code(), message: error.to_string() };
            put_failed(io.store, &opened.folder, index, &failed);
            Err(error)
        }
    }
}

fn ended(end: AttemptEnd, (index, runs): (u64, u64), io: &mut Io<'_>) -> Outcome {
    let total = grouped(runs);
    let (done, text) = match end {
        AttemptEnd::Done { already: true } => (runs, format!("its {total} runs are done already")),
        AttemptEnd::Done { already: false } => (runs, format!("{total} runs are done")),
        AttemptEnd::Replaced => (0, "it was planned again, as other shards".to_owned()),
        AttemptEnd::Stopped { done } => {
            (done, format!("{} of {total} runs are done", grouped(done)))
        }
    };
    let exit = match end {
        AttemptEnd::Done { .. } | AttemptEnd::Replaced => Exit::Holds,
        AttemptEnd::Stopped { .. } => {
            writeln!(io.err, "shard {index} was stopped: {text}; start it again, or plan again")?;
            io.interrupt.signal().map_or(Exit::TryAgain, crate::cli::Signal::exit)
        }
    };
    if io.output.shows_text() && exit == Exit::Holds {
        writeln!(io.out, "shard {index}: {text}")?;
    }
    if io.output.format == Format::Json {
        let is_replaced = end == AttemptEnd::Replaced;
        let value = json!({ "shard": index, "done": done, "runs": runs, "replaced": is_replaced });
        writeln!(io.out, "{value}")?;
    }
    Ok(exit)
}

fn verified(same: Result<bool, ClusterError>, index: u64, io: &mut Io<'_>) -> Outcome {
    let same = match same {
        Err(ClusterError::Interrupted) => {
            writeln!(io.err, "interrupted; shard {index} was not compared")?;
            return Ok(io.interrupt.signal().map_or(Exit::TryAgain, crate::cli::Signal::exit));
        }
        same => same.map_err(failure)?,
    };
    if io.output.format == Format::Json {
        writeln!(io.out, "{}", json!({ "shard": index, "same": same }))?;
    }
    if !same {
        writeln!(io.err, "shard {index}: its runs give another output than the one that is there")?;
        return Ok(Exit::Nondeterminism);
    }
    if io.output.shows_text() {
        writeln!(io.out, "shard {index}: its runs give the same bytes again")?;
    }
    Ok(Exit::Holds)
}

/// Parses the value of an option, a time with a unit, as seconds.
pub(super) fn seconds(option: &str, text: &str) -> Result<f64, CommandError> {
    let time: Result<Duration, _> = text.trim().parse();
    let time = time.map_err(|_| {
        let expected = "expected a time with a unit, such as 55m or 90s";
        CommandError::Usage(format!("{option} {text}: {expected}"))
    })?;
    Ok(time.as_ns() as f64 / 1e9)
}
