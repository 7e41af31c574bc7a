//! The files of a sweep, its exports aside (see `export.rs`).

use super::SweepManifest;
use crate::store::{CHECKPOINT, FileKind};

/// The rows of all runs.
pub static RUNS: FileKind<SweepManifest> =
    FileKind::hashed("runs.csv", |manifest, hash| manifest.runs_blake3 = hash);
/// The statistics of each point.
pub static POINTS: FileKind<SweepManifest> =
    FileKind::hashed("points.csv", |manifest, hash| manifest.points_blake3 = hash);
/// The runs that failed.
pub static FAILURES: FileKind<SweepManifest> = FileKind::plain("failures.csv");
/// The sweep with all values written out. Its hash is in the manifest's head.
pub static SWEEP: FileKind<SweepManifest> = FileKind::plain("sweep.toml");
/// The base config of the sweep.
pub static BASE: FileKind<SweepManifest> = FileKind::plain("config.toml");

/// The name of the rows of a sweep that is not finished.
pub const UNFINISHED_ROWS: &str = "runs.unfinished.csv";

/// All of them, and those of an unfinished sweep.
pub static SWEEP_FILES: [&FileKind<SweepManifest>; 7] = [
    &RUNS,
    &POINTS,
    &FAILURES,
    &SWEEP,
    &BASE,
    &FileKind::plain(UNFINISHED_ROWS),
    &FileKind::plain(CHECKPOINT),
];
