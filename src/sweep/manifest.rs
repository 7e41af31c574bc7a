//! `manifest.json` of a sweep: the facts about it that are not in its tables.

use serde::{Deserialize, Serialize};

use crate::store::ResultManifest;
use crate::trace::ConfigId;

/// [`SweepManifest::kind`] of every sweep.
pub const SWEEP_KIND: &str = "sweep";

/// The manifest of a sweep. It is the last file of a result: a folder without one is unfinished.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SweepManifest {
    /// The version of the output format.
    pub format: u32,
    /// [`SWEEP_KIND`].
    pub kind: String,
    /// The version of the program.
    pub sim: String,
    /// The sweep's name and the hash of `sweep.toml`.
    pub config: ConfigId,
    /// What was changed of it, each as `key=value`, by key.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changed: Vec<String>,
    /// The keys of each axis.
    pub axes: Vec<Vec<String>>,
    /// Number of points.
    pub points: u64,
    /// The seeds, the end excluded.
    pub seeds: (u64, u64),
    /// Number of runs that were done: all of them, unless failures ended the sweep.
    pub runs: u64,
    /// Number of runs that failed.
    pub failures: u64,
    /// Number of failures that are a bug of the program.
    pub panics: u64,
    /// Number of runs that a limit cut short.
    pub limited: u64,
    /// The workload, for Gossip Glomers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workload: Option<String>,
    /// Number of other runs whose verdict is undetermined, for Gossip Glomers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undetermined: Option<u64>,
    /// The BLAKE3 hash of `runs.csv`.
    pub runs_blake3: String,
    /// The BLAKE3 hash of `points.csv`.
    pub points_blake3: String,
    /// Which rows `runs.csv` has, if these are not all: `violations` or `none`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows: Option<String>,
    /// The BLAKE3 hash of `sums.jsonl`, which a sweep has that does not keep all rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sums_blake3: Option<String>,
    /// Whether the same sweep gives the same bytes again.
    pub replayable: bool,
}

impl ResultManifest for SweepManifest {
    fn fingerprint(&self) -> (&str, u64) {
        (&self.runs_blake3, self.runs)
    }

    /// Adopts nothing: a sweep has all of its hashes.
    fn adopt(&mut self, _: SweepManifest) {}
}
