//! Sweeps: many seeds of many points on all cores, with bytes that do not depend on the cores.
//!
//! Runs are numbered by point, then by seed. Workers take runs in batches, and rows are appended in
//! the order of the numbers, so neither the number of workers nor an interruption changes a byte.
//! Rows are on the disk within half a second, and a killed sweep is resumed from there.

mod checkpoint;
mod columns;
mod drive;
mod export;
mod files;
mod job;
mod manifest;
mod measures;
mod memory;
mod points;
mod table;

pub use checkpoint::{Checkpoint, Progress, ProgressError};
pub use columns::{COUNTS, ColumnKind, ColumnScope, GLOMERS_HEAD, RunColumn, SCALE_HEAD};
pub use drive::{Drive, Ended, Outlook, SweepFailure};
pub use export::{Cell, EXPORTERS, ExportRows, Exporter, WriteRows, Writer};
pub use files::{BASE, FAILURES, POINTS, RUNS, SWEEP, SWEEP_FILES, UNFINISHED_ROWS};
pub use job::{
    FailureKind, GLOMERS_FAILURE_COLUMNS, Job, Ran, RunFailure, Runner, SCALE_FAILURE_COLUMNS,
    failures_table, run_checked,
};
pub use manifest::{SWEEP_KIND, SweepManifest};
pub use memory::SharedMemory;
pub use points::{POINT_COLUMNS, PointsError, write_points};
pub use table::{RunsReader, header};
