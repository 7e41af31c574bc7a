//! The files of a run, of either family, and its manifest.

use super::{FileKind, FileName, ManifestHead, ResultManifest};
use crate::trace::Manifest;

/// The trace of all machines.
pub static TRACE: FileKind<Manifest> =
    FileKind::hashed("trace.csv", |manifest, hash| manifest.trace_blake3 = Some(hash));
/// The journal: the fate of each copy of each message.
pub static NET: FileKind<Manifest> =
    FileKind::hashed("net.csv", |manifest, hash| manifest.net_blake3 = Some(hash));
/// The bodies of messages.
pub static BODIES: FileKind<Manifest> =
    FileKind::hashed("bodies.jsonl", |manifest, hash| manifest.bodies_blake3 = Some(hash));
/// The traces of single machines, numbered from 1 and recorded in their order.
pub static MACHINES: FileKind<Manifest> = FileKind {
    name: FileName::Numbered("machine-", ".csv"),
    set_hash: Some(|manifest, hash| manifest.machines_blake3.push(hash)),
};
/// The history, as lines of JSON.
pub static HISTORY: FileKind<Manifest> =
    FileKind::hashed("history.jsonl", |manifest, hash| manifest.history_blake3 = Some(hash));
/// The history, as EDN.
pub static HISTORY_EDN: FileKind<Manifest> = FileKind::plain("history.edn");
/// The logs of nodes and services.
pub static LOGS: FileKind<Manifest> =
    FileKind { name: FileName::Inside("node-logs", ".log"), set_hash: None };
/// Verdict, statistics and latencies, as JSON.
pub static RESULTS: FileKind<Manifest> =
    FileKind::hashed("results.json", |manifest, hash| manifest.results_blake3 = Some(hash));
/// Verdict, statistics and latencies, as EDN.
pub static RESULTS_EDN: FileKind<Manifest> = FileKind::plain("results.edn");
/// The resolved config. Its hash is in the manifest's head.
pub static CONFIG: FileKind<Manifest> = FileKind::plain("config.toml");
/// The measures of the scale model.
pub static SUMMARY: FileKind<Manifest> =
    FileKind::hashed("summary.json", |manifest, hash| manifest.summary_blake3 = Some(hash));

/// The name of the page that explains a result, of a sweep too.
pub const REPORT_NAME: &str = "report.html";
/// The page that explains the result.
pub static REPORT: FileKind<Manifest> = FileKind::plain(REPORT_NAME);

/// All of them.
pub static RUN_FILES: [&FileKind<Manifest>; 12] = [
    &TRACE,
    &NET,
    &BODIES,
    &MACHINES,
    &HISTORY,
    &HISTORY_EDN,
    &LOGS,
    &RESULTS,
    &RESULTS_EDN,
    &CONFIG,
    &SUMMARY,
    &REPORT,
];

/// What the manifest of a run says of the run itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunRecord {
    /// The seed.
    pub seed: u64,
    /// What was changed of the config, each as `key=value`, by key.
    pub changed: Vec<String>,
    /// The fingerprint of all events, in hexadecimal.
    pub fingerprint: String,
    /// Number of events, or of the history's entries.
    pub rows: u64,
    /// Why the run ended, in one word.
    pub end: &'static str,
    /// Whether the same config and seed give the same run again.
    pub replayable: bool,
}

impl RunRecord {
    /// Returns the manifest of the run, without the hashes of its files.
    pub fn manifest(self, head: ManifestHead) -> Manifest {
        Manifest {
            format: head.format,
            sim: head.sim,
            config: head.config,
            seed: self.seed,
            changed: self.changed,
            trace_blake3: None,
            history_blake3: None,
            net_blake3: None,
            bodies_blake3: None,
            results_blake3: None,
            summary_blake3: None,
            machines_blake3: vec![],
            fingerprint: self.fingerprint,
            rows: self.rows,
            end: self.end.to_owned(),
            replayable: self.replayable,
        }
    }
}

impl ResultManifest for Manifest {
    fn fingerprint(&self) -> (&str, u64) {
        (&self.fingerprint, self.rows)
    }

    fn adopt(&mut self, earlier: Manifest) {
        let adopt = |hash: &mut Option<String>, earlier| *hash = hash.take().or(earlier);
        adopt(&mut self.trace_blake3, earlier.trace_blake3);
        adopt(&mut self.history_blake3, earlier.history_blake3);
        adopt(&mut self.net_blake3, earlier.net_blake3);
        adopt(&mut self.bodies_blake3, earlier.bodies_blake3);
        adopt(&mut self.results_blake3, earlier.results_blake3);
        adopt(&mut self.summary_blake3, earlier.summary_blake3);
        if self.machines_blake3.is_empty() {
            self.machines_blake3 = earlier.machines_blake3;
        }
    }
}
