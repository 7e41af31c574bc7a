//! `manifest.json`: metadata of a run that is not in its trace.

use serde::{Deserialize, Serialize};

/// Version of the output format.
pub const MANIFEST_FORMAT: u32 = 1;

/// Metadata of a run. The manifest is the last file of a run: a folder without one is unfinished.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Version of the output format.
    pub format: u32,
    /// Version of the program.
    pub sim: String,
    /// The config.
    pub config: ConfigId,
    /// The seed.
    pub seed: u64,
    /// What was changed of the config, each as `key=value`, by key.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changed: Vec<String>,
    /// BLAKE3 hash of the bytes of `trace.csv`, if a trace was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace_blake3: Option<String>,
    /// BLAKE3 hash of the bytes of `history.jsonl`, if a history was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub history_blake3: Option<String>,
    /// BLAKE3 hash of the bytes of `net.csv`, if a journal was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub net_blake3: Option<String>,
    /// BLAKE3 hash of the bytes of `bodies.jsonl`, if bodies of messages were written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bodies_blake3: Option<String>,
    /// BLAKE3 hash of the bytes of `results.json`, if results were written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub results_blake3: Option<String>,
    /// BLAKE3 hash of the bytes of `summary.json`, if one was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary_blake3: Option<String>,
    /// BLAKE3 hashes of the bytes of `machine-1.csv`, `machine-2.csv`, …, if there are any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub machines_blake3: Vec<String>,
    /// Fingerprint of all events, in hexadecimal.
    pub fingerprint: String,
    /// Number of events, which is the number of rows of a trace.
    pub rows: u64,
    /// Reason why the run ended, in one word.
    pub end: String,
    /// Whether the same config and seed give the same run again.
    pub replayable: bool,
}

impl Manifest {
    /// Returns the title of pictures of the run: its config, its seed, and what was changed.
    pub fn title(&self) -> String {
        changed_title(&format!("{}, seed {}", self.config.name, self.seed), &self.changed)
    }
}

/// Returns the name of a config with what was changed of it.
pub fn changed_title(name: &str, changed: &[String]) -> String {
    let parts: Vec<&str> =
        std::iter::once(name).chain(changed.iter().map(String::as_str)).collect();
    parts.join(", ")
}

/// The config of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfigId {
    /// Name of the config.
    pub name: String,
    /// BLAKE3 hash of the resolved config, `config.toml`.
    pub blake3: String,
}
