//! The public API of the front door, as a list in a file: any change of it shows in a diff.
//!
//! `UPDATE_GOLDEN=1` writes `tests/data/public-api.txt` anew. A line scanner reads declarations as
//! rustfmt lays them out: one `pub` item per line, up to its `{` or `;`.

use std::collections::BTreeSet;
use std::path::Path;

use crate::support::root;

/// The files and folders of `crates/core/src` that make up the front door.
const ROOMS: &[&str] = &["lib", "prelude", "model", "engine", "node", "network", "simulation"];

fn source() -> std::path::PathBuf {
    root().join("crates/core/src")
}

/// Collects the public items of one file, each with the type or trait that it belongs to.
fn items(path: &Path, name: &str, found: &mut BTreeSet<String>) {
    let text = std::fs::read_to_string(path).expect("a source file");
    let text = text.split("#[cfg(test)]").next().unwrap_or("");
    let mut owner = String::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if !line.starts_with([' ', '}', '/', '#']) && line.contains('{') {
            owner = line.trim_end_matches(" {").to_owned();
        }
        let in_public_trait = owner.starts_with("pub trait") && line.starts_with("    fn ");
        let in_public_enum = owner.starts_with("pub enum") && is_variant(line);
        if !line.trim_start().starts_with("pub ") && !in_public_trait && !in_public_enum {
            continue;
        }
        let mut item = line.trim().to_owned();
        while !item.ends_with(['{', ';', ',', '}']) || item.matches('(').count() > closed(&item) {
            let Some(next) = lines.next() else { break };
            item = format!("{item} {}", next.trim());
        }
        let item = item.trim_end_matches(['{', ';', ',', ' ']).trim();
        let inner = if line.starts_with(' ') { format!("{owner}: ") } else { String::new() };
        found.insert(format!("{name}: {inner}{item}"));
    }
}

fn closed(item: &str) -> usize {
    item.matches(')').count()
}

/// Whether a line at the first level of an enum is a variant.
fn is_variant(line: &str) -> bool {
    let indent = line.len() - line.trim_start().len();
    indent == 4 && line.trim_start().starts_with(|first: char| first.is_ascii_uppercase())
}

fn walk(path: &Path, found: &mut BTreeSet<String>) {
    if path.is_dir() {
        for entry in std::fs::read_dir(path).expect("a folder").flatten() {
            walk(&entry.path(), found);
        }
    } else if path.is_file() {
        let name = path.strip_prefix(source()).expect("below src").display().to_string();
        items(path, &name.replace('\\', "/"), found);
    }
}

#[test]
fn the_public_surface_is_the_committed_one() {
    let mut found = BTreeSet::new();
    for room in ROOMS {
        walk(&source().join(format!("{room}.rs")), &mut found);
        walk(&source().join(room), &mut found);
    }
    let found: String = found.iter().flat_map(|line| [line, "\n"]).collect();
    crate::support::golden("tests/data/public-api.txt", &found);
}
