//! Integrity of the other files in a results folder: whether they still match the manifest and each
//! other.

use std::path::Path;

use super::super::CommandError;
use super::text_of;
use crate::cli::hashes::{hash_of, same_hash};
use crate::edn;
use crate::history::{HistoryText, Named, Op};
use crate::trace::Manifest;

/// Returns the hash of `history.edn`, computed entry by entry.
fn hash_as_edn(history: &[Op], names: &[String]) -> String {
    let (mut hasher, mut text) = (blake3::Hasher::new(), String::new());
    for (index, op) in history.iter().enumerate() {
        HistoryText::Edn.write_entry(&mut text, index, op, names);
        hasher.update(text.as_bytes());
        text.clear();
    }
    hasher.finalize().to_hex().to_string()
}

/// Checks that the files beside a trace in its folder are unchanged: `summary.json` and the files
/// of single machines. Files that were removed are skipped, and so are those without a hash in an
/// older manifest.
pub(super) fn beside_trace(folder: &Path, manifest: &Manifest) -> Result<(), CommandError> {
    let summary = manifest.summary_blake3.iter().map(|hash| ("summary.json".to_owned(), hash));
    let machines = (1..).zip(&manifest.machines_blake3);
    let machines = machines.map(|(number, hash)| (format!("machine-{number}.csv"), hash));
    let files = summary.chain(machines).map(|(name, hash)| (folder.join(name), hash));
    let mut there = files.filter(|(path, _)| path.is_file());
    there.try_for_each(|(path, hash)| same_hash(&path, hash))
}

/// Checks the files beside the history of a folder, whose nodes have these names. Returns the files
/// that were checked, `config.toml` and `history.jsonl` included.
pub(super) fn of_history(
    folder: &Path,
    manifest: &Manifest,
    history: &Named,
    names: &[String],
) -> Result<Vec<&'static str>, CommandError> {
    let mut checked = vec!["config.toml", "history.jsonl"];
    for (name, expected) in
        [("net.csv", &manifest.net_blake3), ("results.json", &manifest.results_blake3)]
    {
        let path = folder.join(name);
        if let Some(expected) = expected.as_ref().filter(|_| path.is_file()) {
            same_hash(&path, expected)?;
            checked.push(name);
        }
    }
    let differs = |path: &Path, from: &str| {
        let shown = path.display();
        CommandError::Data(format!("{shown}: it was changed: it does not say what {from} says"))
    };
    let path = folder.join("history.edn");
    if path.is_file() {
        if hash_of(&path)? != hash_as_edn(&history.history, names) {
            return Err(differs(&path, "history.jsonl"));
        }
        checked.push("history.edn");
    }
    let path = folder.join("results.edn");
    if checked.contains(&"results.json") && path.is_file() {
        let json = edn::read(&text_of(&path)?).map(|results| results.json_pretty());
        if json.ok() != Some(text_of(&folder.join("results.json"))?) {
            return Err(differs(&path, "results.json"));
        }
        checked.push("results.edn");
    }
    Ok(checked)
}
