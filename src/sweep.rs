//! Sweeps: many seeds of many points on all cores, with bytes that do not depend on the cores.
//!
//! Runs are numbered by point, then by seed. Workers take runs in batches, and rows are appended in
//! the order of the numbers, so neither the number of workers nor an interruption changes a byte.
//! Rows are on the disk within half a second, and a killed sweep is resumed from there.
//! `cluster` splits a sweep among many processes.

mod checkpoint;
mod cluster;
mod columns;
mod drive;
mod export;
mod files;
mod job;
mod manifest;
mod measures;
mod memory;
mod points;
mod sink;
mod stopwatch;
mod table;

pub use checkpoint::{Checkpoint, Progress, ProgressError};
pub use cluster::{
    Attempt, AttemptEnd, Beat, ClusterError, Cover, ENGINES, Engine, Failed, Folded, Heartbeat,
    Histogram, JobFile, Merge, MergeSink, Opened, PLAN, PLAN_BASE, PLAN_KIND, Plan, PointSums,
    RowsKept, SHARDS_MAX, SOURCE, ShardHead, ShardState, Sizes, Status, Sum, UNITS, Wide,
    index_spec, put_failed, split, trial, verify, write_sums,
};
pub use columns::{COUNTS, ColumnKind, ColumnScope, GLOMERS_HEAD, RunColumn, SCALE_HEAD};
pub use drive::{Drive, Ended, Outlook, SweepFailure};
pub use export::{Cell, EXPORTERS, ExportRows, Exporter, WriteRows, Writer};
pub use files::{
    BASE, FAILURES, POINTS, RUNS, SUMS, SWEEP, SWEEP_FILES, UNFINISHED_ROWS, base_file,
};
pub use job::{
    FailureKind, GLOMERS_FAILURE_COLUMNS, Job, Ran, RunFailure, Runner, SCALE_FAILURE_COLUMNS,
    failures_table, run_checked,
};
pub use manifest::{SWEEP_KIND, SweepManifest};
pub use memory::SharedMemory;
pub use points::{POINT_COLUMNS, PointsError, write_points};
pub use sink::RunSink;
pub use table::{RunsReader, header};
