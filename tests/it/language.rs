//! The language of comments, messages and pages: phrases that the house does not use, each with the
//! better one.

use std::path::Path;

use crate::support::root;

/// Each phrase, in lower case, with the one to use instead. Phrases match whole words.
const PHRASES: &[(&str, &str)] = &[
    ("anybody", "any process, any caller"),
    ("nobody", "no process, no caller, unused"),
    ("somebody", "a process, the caller, the user"),
    ("whoever", "the caller, the host"),
    ("becomes of", "the outcome of, the fate of"),
    ("so many", "maximum number of, number of"),
    ("so long", "maximum duration of, timeout for"),
    ("stand-in", "proxy"),
    ("stands in for", "is a proxy for"),
    ("what goes wrong", "faults"),
    ("worth a notice", "warning"),
    ("worth a word", "warning"),
    ("complaint", "violation"),
    ("cure", "hint"),
    ("doubled", "duplicated"),
    ("judge", "check"),
    ("judged", "checked"),
    ("judgement", "verdict"),
    ("judges", "checks"),
    ("trouble", "fault"),
    ("troubles", "faults"),
];

/// Phrases that are right where they stand: a file, and the phrase.
const RIGHT_HERE: &[(&str, &str)] = &[
    // Names of programs, which users have in their configs.
    ("crates/programs/src/broken/table.rs", "doubled"),
    // A plain factor of two.
    ("ARCHITECTURE.md", "doubled"),
];

#[test]
fn no_phrase_is_used_that_has_a_better_one() {
    let mut found = Vec::new();
    for folder in ["src", "crates", "examples", "benches", "configs", "docs"] {
        visit(&root().join(folder), &mut found);
    }
    for page in ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"] {
        read(&root().join(page), &mut found);
    }
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

fn visit(folder: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        let has_text = ["rs", "md", "toml", "js", "css"]
            .iter()
            .any(|end| path.extension().is_some_and(|e| e == *end));
        match path.is_dir() {
            true => visit(&path, found),
            false if has_text => read(&path, found),
            false => {}
        }
    }
}

fn read(path: &Path, found: &mut Vec<String>) {
    let shown = path.strip_prefix(root()).expect("below the project").display().to_string();
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{shown}: {error}"));
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.to_lowercase();
        for (phrase, better) in PHRASES {
            if contains(&line, phrase) && !RIGHT_HERE.contains(&(shown.as_str(), phrase)) {
                found.push(format!("{shown}:{number}: {phrase:?}: write {better:?}"));
            }
        }
    }
}

/// Whether a line has a phrase as whole words.
fn contains(line: &str, phrase: &str) -> bool {
    let is_word = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '-');
    line.match_indices(phrase).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + phrase.len()..].chars().next();
        !is_word(before) && !is_word(after)
    })
}

#[test]
fn phrases_are_whole_words() {
    assert!(contains("what becomes of it", "becomes of"));
    assert!(!contains("it is secure", "cure") && !contains("pn-doubled", "doubled"));
    assert!(contains("judge", "judge") && !contains("judged", "judge"));
}
