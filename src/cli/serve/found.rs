//! The finished results below a folder.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::store::{MANIFEST_MAX, read_regular_text};

/// A finished result.
pub(super) struct FoundResult {
    /// Its folder.
    pub(super) path: PathBuf,
    /// Its path below the folder that is served.
    pub(super) name: String,
    /// What it is, in a few words.
    pub(super) words: String,
}

impl FoundResult {
    /// Returns its address below the token: its name, in which all but plain characters are
    /// escaped.
    pub(super) fn address(&self) -> String {
        let mut address = "r/".to_owned();
        for byte in self.name.bytes() {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'/' => {
                    address.push(byte.into());
                }
                other => address.push_str(&format!("%{other:02X}")),
            }
        }
        address
    }
}

/// How deep below the folder results may be.
const DEPTH: usize = 8;

/// Finds all finished results, by name. Symbolic links are not followed.
pub(super) fn results(folder: &Path) -> Vec<FoundResult> {
    let mut found = Vec::new();
    let mut open = vec![(folder.to_owned(), DEPTH)];
    while let Some((path, depth)) = open.pop() {
        if let Some(words) = words(&path) {
            let name = path.strip_prefix(folder).unwrap_or(&path).to_string_lossy().into_owned();
            let name = if name.is_empty() { ".".to_owned() } else { name };
            found.push(FoundResult { path, name, words });
            continue;
        }
        let entries = fs::read_dir(&path).into_iter().flatten().flatten();
        let is_folder = |entry: &fs::DirEntry| entry.file_type().is_ok_and(|there| there.is_dir());
        if depth > 0 {
            open.extend(entries.filter(is_folder).map(|entry| (entry.path(), depth - 1)));
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    found
}

/// Describes the result in a folder; `None` if there is none.
fn words(folder: &Path) -> Option<String> {
    let text = read_regular_text(&folder.join("manifest.json"), MANIFEST_MAX).ok()?;
    let manifest: Value = serde_json::from_str(&text).ok()?;
    let count = |name: &str| manifest[name].as_u64().unwrap_or(0);
    if manifest["kind"] == "sweep" {
        let (runs, failures) = (count("runs"), count("failures"));
        return Some(format!("a sweep of {runs} runs, {failures} failed"));
    }
    let what = match (manifest["history_blake3"].is_string(), &manifest["replayable"]) {
        (true, Value::Bool(false)) => "a test of a node",
        (true, _) => "a run of nodes",
        (false, _) => "a run of machines",
    };
    let rows = count("rows");
    manifest["seed"].as_u64().map(|seed| format!("{what}, seed {seed}, {rows} rows"))
}
