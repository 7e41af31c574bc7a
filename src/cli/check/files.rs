//! The files of a results folder besides the one that is judged: whether they still say what the
//! manifest and each other say.

use std::io;
use std::path::Path;

use super::super::CommandError;
use super::{plain, text_of};
use crate::edn;
use crate::escape;
use crate::history::{HistoryText, Named, Op};
use crate::store::open_regular;
use crate::trace::Manifest;

/// Makes sure that a file has the hash that the manifest names.
pub(in crate::cli) fn same_hash(path: &Path, expected: &str) -> Result<(), CommandError> {
    let shown = path.display();
    let found = hash_of(path)?;
    if found == expected {
        return Ok(());
    }
    Err(CommandError::Data(format!(
        "{shown}: it was changed since it was written: its manifest names the hash {}, \
         found {found}",
        escape::line(expected)
    )))
}

fn hash_of(path: &Path) -> Result<String, CommandError> {
    let cannot =
        |error: io::Error| CommandError::Data(format!("{}: {}", path.display(), plain(&error)));
    let mut hasher = blake3::Hasher::new();
    let mut file = open_regular(path).map_err(cannot)?;
    io::copy(&mut file, &mut hasher).map_err(cannot)?;
    Ok(hasher.finalize().to_hex().to_string())
}

/// The hash that `history.edn` has, made an entry at a time.
fn hash_as_edn(history: &[Op], names: &[String]) -> String {
    let (mut hasher, mut text) = (blake3::Hasher::new(), String::new());
    for (index, op) in history.iter().enumerate() {
        HistoryText::Edn.write_entry(&mut text, index, op, names);
        hasher.update(text.as_bytes());
        text.clear();
    }
    hasher.finalize().to_hex().to_string()
}

/// Makes sure that what lies beside a trace in its folder says what was written: `summary.json` and
/// the files of single machines. Files that were removed are left out, and so are those of which an
/// older manifest has no hash.
pub(super) fn beside_trace(folder: &Path, manifest: &Manifest) -> Result<(), CommandError> {
    let summary = manifest.summary_blake3.iter().map(|hash| ("summary.json".to_owned(), hash));
    let machines = (1..).zip(&manifest.machines_blake3);
    let machines = machines.map(|(number, hash)| (format!("machine-{number}.csv"), hash));
    let files = summary.chain(machines).map(|(name, hash)| (folder.join(name), hash));
    let mut there = files.filter(|(path, _)| path.is_file());
    there.try_for_each(|(path, hash)| same_hash(&path, hash))
}

/// Looks at what lies beside the history of a folder, whose nodes have these names; the files that
/// were looked at, `config.toml` and `history.jsonl` included.
pub(super) fn of_history(
    folder: &Path,
    manifest: &Manifest,
    history: &Named,
    names: &[String],
) -> Result<Vec<&'static str>, CommandError> {
    let mut looked_at = vec!["config.toml", "history.jsonl"];
    for (name, expected) in
        [("net.csv", &manifest.net_blake3), ("results.json", &manifest.results_blake3)]
    {
        let path = folder.join(name);
        if let Some(expected) = expected.as_ref().filter(|_| path.is_file()) {
            same_hash(&path, expected)?;
            looked_at.push(name);
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
        looked_at.push("history.edn");
    }
    let path = folder.join("results.edn");
    if looked_at.contains(&"results.json") && path.is_file() {
        let json = edn::read(&text_of(&path)?).map(|results| results.json_pretty());
        if json.ok() != Some(text_of(&folder.join("results.json"))?) {
            return Err(differs(&path, "results.json"));
        }
        looked_at.push("results.edn");
    }
    Ok(looked_at)
}
