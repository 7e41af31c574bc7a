//! What the pages of all runs have: sections that scripts draw, faults, hashes, and how to run once
//! more.

use std::path::Path;

use crate::config::shell_word;
use crate::escape;
use crate::page::{Block, Section, Table};
use crate::report::LaneFault;
use crate::store::{TEXT_MAX, read_regular_text};
use crate::trace::Manifest;

/// The sections that scripts draw: name, heading and lead.
pub(super) type Drawn = (&'static str, &'static str, &'static str);

/// Returns sections that scripts draw.
pub(super) fn drawn(sections: &[Drawn]) -> impl Iterator<Item = Section> {
    sections.iter().map(|(id, heading, lead)| Section {
        id,
        heading: (*heading).to_owned(),
        lead: (*lead).to_owned(),
        blocks: vec![Block::Mount],
    })
}

/// Returns the table of faults, if there are any.
pub(super) fn faults(faults: &[LaneFault]) -> Option<Section> {
    let row = |fault: &LaneFault| {
        let lanes = if fault.lanes.is_empty() { "all".to_owned() } else { fault.lanes.join(", ") };
        let (from, until) = (fault.from.to_string(), fault.until.to_string());
        vec![fault.kind.clone(), from, until, escape::line(&lanes), escape::line(&fault.note)]
    };
    let table = Table {
        caption: "Faults, in the order of their begin".to_owned(),
        heads: ["kind", "from", "until", "of", "what"].map(str::to_owned).to_vec(),
        rows: faults.iter().map(row).collect(),
    };
    (!faults.is_empty()).then(|| Section {
        id: "faults",
        heading: "Faults".to_owned(),
        lead: String::new(),
        blocks: vec![Block::Table(table)],
    })
}

/// Returns the hashes of a run's files and the fingerprint of its events, folded, if there are any.
pub(super) fn hashes(hashes: &[(String, String)]) -> Option<Block> {
    let summary = "Hashes of its files".to_owned();
    (!hashes.is_empty()).then(|| Block::Details(summary, vec![Block::Facts(hashes.to_vec())]))
}

/// Returns the hashes in a manifest, each with the name of what it is of.
pub(super) fn hashes_of(manifest: &Manifest) -> Vec<(String, String)> {
    let of_files = [
        ("trace.csv", &manifest.trace_blake3),
        ("history.jsonl", &manifest.history_blake3),
        ("net.csv", &manifest.net_blake3),
        ("results.json", &manifest.results_blake3),
    ];
    let of_file = |(name, hash): (&str, &Option<String>)| {
        Some((format!("BLAKE3 of {name}"), hash.as_ref()?.clone()))
    };
    let fingerprint = ("fingerprint".to_owned(), manifest.fingerprint.clone());
    std::iter::once(fingerprint).chain(of_files.into_iter().filter_map(of_file)).collect()
}

/// Returns the section with a resolved config of the folder and the command that runs it again;
/// `None` if there is no such file.
pub(super) fn again(
    folder: &Path,
    command: &str,
    file: &str,
    is_replayable: bool,
) -> Option<Section> {
    let path = folder.join(file);
    let text = read_regular_text(&path, TEXT_MAX).ok()?;
    let command = format!("{command} {}", shell_word(&path.display().to_string()));
    let lead = match is_replayable {
        true => "One config and one seed give the same run, byte by byte.",
        false => "A hosted run cannot be repeated exactly; this is its config.",
    };
    let command = is_replayable.then_some(Block::Command(command));
    let text = Block::Details("The resolved config".to_owned(), vec![Block::Text(text)]);
    Some(Section {
        id: "again",
        heading: "Once more".to_owned(),
        lead: lead.to_owned(),
        blocks: command.into_iter().chain([text]).collect(),
    })
}
