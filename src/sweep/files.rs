//! The files of a sweep, its exports aside (see `export.rs`).

use super::SweepManifest;
use crate::config::Sweep;
use crate::store::{CHECKPOINT, FileKind};

/// The rows of all runs.
pub static RUNS: FileKind<SweepManifest> =
    FileKind::hashed("runs.csv", |manifest, hash| manifest.runs_blake3 = hash);
/// The statistics of each point.
pub static POINTS: FileKind<SweepManifest> =
    FileKind::hashed("points.csv", |manifest, hash| manifest.points_blake3 = hash);
/// The runs that failed.
pub static FAILURES: FileKind<SweepManifest> = FileKind::plain("failures.csv");
/// The exact sums of each measure, of a sweep that does not keep all rows.
pub static SUMS: FileKind<SweepManifest> =
    FileKind::hashed("sums.jsonl", |manifest, hash| manifest.sums_blake3 = Some(hash));
/// The sweep with all values written out. Its hash is in the manifest's head.
pub static SWEEP: FileKind<SweepManifest> = FileKind::plain("sweep.toml");
/// The base config of the sweep.
pub static BASE: FileKind<SweepManifest> = FileKind::plain("config.toml");

/// The name of the rows of a sweep that is not finished.
pub const UNFINISHED_ROWS: &str = "runs.unfinished.csv";

/// All of them, and those of an unfinished sweep.
pub static SWEEP_FILES: [&FileKind<SweepManifest>; 8] = [
    &RUNS,
    &POINTS,
    &FAILURES,
    &SUMS,
    &SWEEP,
    &BASE,
    &FileKind::plain(UNFINISHED_ROWS),
    &FileKind::plain(CHECKPOINT),
];

/// Returns the text of the file with a sweep's base config.
pub fn base_file(sweep: &Sweep) -> String {
    let base = sweep.base_text();
    format!("# The base config of the sweep, which runs are repeated from.\n{base}")
}
