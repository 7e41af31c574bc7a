//! `sim sweep merge`: makes the result of a sweep from its shards.

use std::path::PathBuf;

use clap::Args;

use super::super::finish::{PointsOf, finish};
use super::super::report::{Reported, already_there, report};
use super::super::{export, failure as progress_failure};
use super::failure;
use super::plan::rows_kept;
use crate::cli::options::{JOBS_MAX, whole, workers};
use crate::cli::results::owned_files;
use crate::cli::{CommandError, Io, Outcome};
use crate::config::Sweep;
use crate::store::{
    Claim, ClaimError, Existing, ResultFile, ResultSession, StoreError, Unfinished,
};
use crate::sweep::{
    ClusterError, Folded, Merge, MergeSink, Opened, POINTS, Plan, PointSums, Progress, RowsKept,
    RunSink, SUMS, SweepManifest, header, write_sums,
};

/// Makes the result of a sweep from its shards: the same bytes as `sim sweep` on one machine.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  sim sweep merge sw
  sim sweep merge sw --rows violations --out results

It refuses while a shard is missing (exit code 75) or not as it was written
(65). With --rows violations or none, points.csv is made of exact sums, which
are in sums.jsonl.")]
pub(in crate::cli::sweep) struct MergeArgs {
    /// The folder of the plan, or of the shards.
    folder: PathBuf,
    /// Rows that the result keeps [default: those that the shards keep].
    #[arg(long, value_name = "none|violations|all", value_parser = rows_kept)]
    rows: Option<RowsKept>,
    /// The folder in which results folders are made.
    #[arg(long, value_name = "DIR", default_value = "results")]
    out: PathBuf,
    /// Also writes the rows in another format, as `sim sweep` does.
    #[arg(long = "export", value_name = "NAME", value_delimiter = ',')]
    exports: Vec<String>,
    /// Also writes report.html, as `sim report` does.
    #[arg(long)]
    report: bool,
    /// Writes over what is in the results folder.
    #[arg(long)]
    force: bool,
    /// Number of workers [default: one for each core].
    #[arg(short, long, value_name = "N", value_parser = whole(1, JOBS_MAX))]
    jobs: Option<u16>,
}

pub(super) fn merge(arguments: &MergeArgs, io: &mut Io<'_>) -> Outcome {
    let exporters = export::named(&arguments.exports)?;
    let reported = Reported { exporters: &exporters, page: arguments.report };
    let opened = Plan::open(&arguments.folder).map_err(failure)?;
    let rows = rows(arguments, &opened.plan)?;
    let ready = Merge::ready(&opened).map_err(failure)?;
    let Opened { plan, sweep, .. } = &opened;
    let pool = workers(arguments.jobs)?;
    let claim = Claim {
        root: arguments.out.clone(),
        path: arguments.out.join("sweeps").join(&plan.folder),
        config: plan.config.clone(),
        force: arguments.force,
        unfinished: Unfinished::Restart,
        owned: owned_files(),
    };
    let session = ResultSession::claim(io.store, claim)?;
    if let Existing::Result(text) = session.existing() {
        check_rows(&session, text, rows)?;
        return already_there(sweep, &session, text, &reported, io);
    }
    let blake3 = session.config_hash().to_owned();
    let progress = Progress::begin_merge(io.store, session.path(), &blake3, &header(sweep));
    let mut sink = ResultSink { sweep, progress: progress.map_err(progress_failure)?, sums: None };
    if rows != RowsKept::All {
        let (mut points, sums) = (session.create(&POINTS)?, session.create(&SUMS)?);
        points.write(&write_sums(sweep, None).map_err(failure)?.0)?;
        sink.sums = Some((points, sums));
    }
    let interrupt = io.interrupt;
    let stop = || interrupt.signal().is_some();
    let folded = match ready.fold(rows, &pool, &stop, &mut sink) {
        Err(ClusterError::Interrupted) => return interrupted(io),
        folded => folded.map_err(failure)?,
    };
    let ResultSink { mut progress, sums, .. } = sink;
    count(&mut progress, folded)?;
    let checkpoint = progress.now.clone();
    let points = match sums {
        None => PointsOf::Rows,
        Some((points, sums)) => {
            PointsOf::Sums { points: Box::new(points), sums: Box::new(sums), kept: rows }
        }
    };
    let all = export::all(&exporters);
    let made_of = (plan.changed.clone(), points);
    match finish(sweep, made_of, session, progress, &all, &stop)? {
        Some(finished) => report(sweep, &checkpoint, &finished.folder, &reported, io),
        None => interrupted(io),
    }
}

/// Returns the rows that the result keeps.
fn rows(arguments: &MergeArgs, plan: &Plan) -> Result<RowsKept, CommandError> {
    let rows = arguments.rows.unwrap_or(plan.rows);
    if rows > plan.rows {
        let what = format!("--rows {}: the shards keep {} rows", rows.name(), plan.rows.name());
        return Err(CommandError::Usage(what));
    }
    if rows != RowsKept::All && !plan.sums {
        let what = "--rows: the shards of this plan have no sums; only all rows are kept";
        return Err(CommandError::Usage(what.to_owned()));
    }
    Ok(rows)
}

/// Refuses a result that is there with other rows.
fn check_rows(
    session: &ResultSession<'_, SweepManifest>,
    text: &str,
    rows: RowsKept,
) -> Result<(), CommandError> {
    let there = serde_json::from_str::<SweepManifest>(text).ok().and_then(|there| there.rows);
    if there.as_deref().unwrap_or(RowsKept::All.name()) == rows.name() {
        return Ok(());
    }
    let what = "the result of this sweep with other rows".to_owned();
    Err(ClaimError::Occupied { path: session.path().to_owned(), what }.into())
}

/// Takes the counts of the shards over.
fn count(progress: &mut Progress<'_>, folded: Folded) -> Result<(), StoreError> {
    let Folded { runs, limited, undetermined, failure_count, panics, failures } = folded;
    let now = &mut progress.now;
    (now.runs, now.limited, now.undetermined) = (runs, limited, undetermined);
    (now.failure_count, now.panics, now.failures) = (failure_count, panics, failures);
    progress.save()
}

fn interrupted(io: &mut Io<'_>) -> Outcome {
    writeln!(io.err, "interrupted; nothing was written, and all shards are kept")?;
    Ok(io.interrupt.signal().unwrap_or(crate::cli::Signal::Interrupt).exit())
}

/// The files of the result that grow with the merge.
struct ResultSink<'a> {
    sweep: &'a Sweep,
    progress: Progress<'a>,
    /// `points.csv` and `sums.jsonl`, if not all rows are kept.
    sums: Option<(ResultFile<'a, SweepManifest>, ResultFile<'a, SweepManifest>)>,
}

impl MergeSink for ResultSink<'_> {
    fn rows(&mut self, rows: &[u8]) -> Result<(), StoreError> {
        self.progress.append(rows)
    }

    fn point(&mut self, point: PointSums) -> Result<(), ClusterError> {
        let Some((points, sums)) = &mut self.sums else { return Ok(()) };
        let (rows, lines) = write_sums(self.sweep, Some(&point))?;
        points.write(&rows)?;
        Ok(sums.write(&lines)?)
    }
}
