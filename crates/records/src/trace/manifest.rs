//! `manifest.json`: what is about a run and not in its trace.

use serde::{Deserialize, Serialize};

/// The version of the output format.
pub const MANIFEST_FORMAT: u32 = 1;

/// What is about a run. The manifest is the last file of a run: a folder without one is unfinished.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The version of the output format.
    pub format: u32,
    /// The version of the program.
    pub sim: String,
    /// Which config.
    pub config: ConfigId,
    /// The seed.
    pub seed: u64,
    /// The BLAKE3 hash of the bytes of `trace.csv`, where a trace was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace_blake3: Option<String>,
    /// The BLAKE3 hash of the bytes of `history.jsonl`, where a history was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub history_blake3: Option<String>,
    /// The BLAKE3 hash of the bytes of `net.csv`, where a journal was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub net_blake3: Option<String>,
    /// The BLAKE3 hash of the bytes of `results.json`, where results were written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub results_blake3: Option<String>,
    /// The BLAKE3 hash of the bytes of `summary.json`, where one was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary_blake3: Option<String>,
    /// The BLAKE3 hashes of the bytes of `machine-1.csv`, `machine-2.csv`, …, where there are any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub machines_blake3: Vec<String>,
    /// The fingerprint of all events, in hexadecimal.
    pub fingerprint: String,
    /// How many events, which is how many rows a trace has.
    pub rows: u64,
    /// Why the run ended, in one word.
    pub end: String,
    /// Whether the same config and seed give the same run again.
    pub replayable: bool,
}

/// Which config a run had.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfigId {
    /// Its name.
    pub name: String,
    /// The BLAKE3 hash of the resolved config, `config.toml`.
    pub blake3: String,
}
