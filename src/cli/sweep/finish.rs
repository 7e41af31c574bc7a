//! The end of a sweep: its tables are made of its rows, and all files are put in place.

use super::export;
use crate::cli::CommandError;
use crate::cli::results::unfinished;
use crate::config::{Family, Sweep};
use crate::store::{Finished, ResultFile, ResultSession, StoreError, open_regular};
use crate::sweep::{
    BASE, Exporter, FAILURES, POINTS, PointsError, Progress, RUNS, RowsKept, SWEEP, SWEEP_KIND,
    SweepManifest, base_file, failures_table, write_points,
};

/// Where the table of points comes from.
pub(super) enum PointsOf<'a> {
    /// It is made of the rows of all runs.
    Rows,
    /// It was made of sums, as those were: not all rows are kept.
    Sums {
        points: Box<ResultFile<'a, SweepManifest>>,
        sums: Box<ResultFile<'a, SweepManifest>>,
        kept: RowsKept,
    },
}

/// Makes the tables and puts all files in place; `None` if it was interrupted.
pub(super) fn finish<'a>(
    sweep: &Sweep,
    (changed, points): (Vec<String>, PointsOf<'a>),
    mut session: ResultSession<'a, SweepManifest>,
    progress: Progress<'a>,
    exporters: &[&'static Exporter],
    stop: &dyn Fn() -> bool,
) -> Result<Option<Finished<SweepManifest>>, CommandError> {
    let rows = match points {
        PointsOf::Rows => {
            if !record_points(sweep, &mut session, &progress, stop)? {
                return Ok(None);
            }
            None
        }
        PointsOf::Sums { points, sums, kept } => {
            session.record(*points);
            session.record(*sums);
            Some(kept.name().to_owned())
        }
    };
    for exporter in exporters {
        match export::write(exporter, sweep, &session, progress.rows_path(), stop)? {
            Some(file) => session.record(file),
            None => return Ok(None),
        }
    }
    session.record_bytes(&SWEEP, sweep.resolved());
    session.record_bytes(&BASE, base_file(sweep));
    let checkpoint = progress.now.clone();
    if !checkpoint.failures.is_empty() {
        // Their commands work in the folder itself, so the table is the same wherever that is.
        let table = failures_table(sweep, &checkpoint.failures, "config.toml");
        session.record_bytes(&FAILURES, table);
    }
    session.record_moved(&RUNS, checkpoint.blake3, || progress.put_rows());
    let is_glomers = sweep.family != Family::Scale;
    let finished = session.finish(|head| SweepManifest {
        format: head.format,
        kind: SWEEP_KIND.to_owned(),
        sim: head.sim,
        config: head.config,
        changed,
        axes: sweep.axes.iter().map(|axis| axis.keys.clone()).collect(),
        points: sweep.points(),
        seeds: (sweep.seeds.start, sweep.seeds.end),
        runs: checkpoint.runs,
        failures: checkpoint.failure_count,
        panics: checkpoint.panics,
        limited: checkpoint.limited,
        workload: is_glomers.then(|| sweep.family.name().to_owned()),
        undetermined: is_glomers.then_some(checkpoint.undetermined),
        runs_blake3: String::new(),
        points_blake3: String::new(),
        rows,
        sums_blake3: None,
        replayable: true,
    });
    finished.map(Some).map_err(unfinished)
}

/// Records `points.csv`; returns false if it was interrupted.
fn record_points(
    sweep: &Sweep,
    session: &mut ResultSession<'_, SweepManifest>,
    progress: &Progress<'_>,
    stop: &dyn Fn() -> bool,
) -> Result<bool, CommandError> {
    let path = progress.rows_path();
    let rows = open_regular(path).map_err(|source| StoreError {
        operation: "read",
        path: path.to_owned(),
        source,
    })?;
    let mut points = session.create(&POINTS)?;
    match write_points(sweep, rows, stop, |text| points.write(text)) {
        Ok(()) => {
            session.record(points);
            Ok(true)
        }
        Err(PointsError::Interrupted) => Ok(false),
        Err(PointsError::Write(error)) => Err(error.into()),
        Err(error) => {
            // Rows that this program wrote can be read.
            progress.verify()?;
            Err(CommandError::Data(error.to_string()))
        }
    }
}
