//! `manifest.json` of a sweep: what is about it and not in its tables.

use serde::{Deserialize, Serialize};

use crate::trace::ConfigId;

/// What the manifest of a sweep says of its kind.
pub const SWEEP_KIND: &str = "sweep";

/// What is about a sweep. The manifest is its last file: a folder without one is unfinished.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SweepManifest {
    /// The version of the output format.
    pub format: u32,
    /// [`SWEEP_KIND`].
    pub kind: String,
    /// The version of the program.
    pub sim: String,
    /// Which sweep: its name and the hash of `sweep.toml`.
    pub config: ConfigId,
    /// The keys of each axis.
    pub axes: Vec<Vec<String>>,
    /// How many points there are.
    pub points: u64,
    /// The seeds, the end excluded.
    pub seeds: (u64, u64),
    /// How many runs were done: all of them, unless failures ended the sweep.
    pub runs: u64,
    /// How many of them failed.
    pub failures: u64,
    /// How many of these were a bug of the program.
    pub panics: u64,
    /// How many a limit cut short.
    pub limited: u64,
    /// Of Gossip Glomers: what clients do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workload: Option<String>,
    /// Of Gossip Glomers: of how many others it cannot be told whether they are right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undetermined: Option<u64>,
    /// The BLAKE3 hash of `runs.csv`.
    pub runs_blake3: String,
    /// The BLAKE3 hash of `points.csv`.
    pub points_blake3: String,
    /// Whether the same sweep gives the same bytes again.
    pub replayable: bool,
}

impl SweepManifest {
    /// The file's text.
    pub fn to_json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).expect("strings and numbers");
        text.push('\n');
        text
    }
}
