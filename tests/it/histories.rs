//! Committed histories, good and bad ones for each checker, with their expected verdicts.
//!
//! `tests/data/histories/{good,bad}/<checker>/expected.tsv` has for each file Maelstrom's verdict,
//! the strict one, and the rule of the first finding, or else of what is undetermined.

use std::path::Path;

use sim::check::{HistoryChecker, HistoryVerdict, check_history};
use sim::history::{Named, read_edn, read_jsonl, write_edn, write_jsonl};

use crate::support::root;

/// Minimum number of histories in a folder.
const LEAST: usize = 10;

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn history(path: &Path) -> Named {
    let text = read(path);
    let named = match path.extension().is_some_and(|extension| extension == "edn") {
        true => read_edn(text.as_bytes(), &[]),
        false => read_jsonl(text.as_bytes(), &[]),
    };
    named.unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Returns the rule of the first finding, or else of the first undetermined point; `-` for neither.
fn rule(verdict: &HistoryVerdict) -> &'static str {
    let first = verdict.findings.first().map(|finding| finding.rule);
    let open = verdict.undetermined.first().map(|(rule, _)| *rule);
    first.or(open).map_or("-", |rule| rule.name())
}

fn folders() -> Vec<(HistoryChecker, std::path::PathBuf)> {
    let sides = ["good", "bad"].map(|side| root().join("tests/data/histories").join(side));
    let of_a_side = |side: std::path::PathBuf| {
        HistoryChecker::ALL.map(|checker| (checker, side.join(checker.name())))
    };
    sides.into_iter().flat_map(of_a_side).collect()
}

#[test]
fn each_history_gets_its_verdict() {
    let mut wrong = Vec::new();
    for (checker, folder) in folders() {
        for line in read(&folder.join("expected.tsv")).lines().skip(1) {
            let (file, expected) = line.split_once('\t').expect("a file and more");
            let named = history(&folder.join(file));
            let verdict = check_history(checker, &named.history, &named.nodes);
            let [parity, strict] = [verdict.parity.name(), verdict.strict.name()];
            let found = format!("{parity}\t{strict}\t{}", rule(&verdict));
            if found != expected {
                let place = folder.join(file).display().to_string();
                wrong.push(format!("{place}: {expected:?}, not {found:?}: {verdict:#?}"));
            }
            let valid = verdict.result.get("valid?");
            assert_eq!(valid, Some(&verdict.parity.edn()), "{file}: the result map disagrees");
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn there_are_enough_and_all_are_listed() {
    for (_, folder) in folders() {
        let mut files: Vec<String> = std::fs::read_dir(&folder)
            .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
            .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
            .filter(|name| name != "expected.tsv")
            .collect();
        files.sort();
        let expected = read(&folder.join("expected.tsv"));
        let mut listed: Vec<&str> =
            expected.lines().skip(1).filter_map(|line| line.split('\t').next()).collect();
        listed.sort_unstable();
        assert_eq!(files, listed, "{}", folder.display());
        assert!(files.len() >= LEAST, "{} has {} histories", folder.display(), files.len());
    }
}

#[test]
fn good_is_never_called_wrong_and_bad_never_right() {
    for (_, folder) in folders() {
        let is_good = folder.components().any(|part| part.as_os_str() == "good");
        for line in read(&folder.join("expected.tsv")).lines().skip(1) {
            let strict = line.split('\t').nth(2).expect("a strict verdict");
            assert_eq!(strict == "valid", is_good, "{}: {line}", folder.display());
        }
    }
}

#[test]
fn each_history_is_the_same_after_it_is_written_and_read() {
    for (_, folder) in folders() {
        for line in read(&folder.join("expected.tsv")).lines().skip(1) {
            let named = history(&folder.join(line.split('\t').next().expect("a file")));
            let Named { history, nodes } = &named;
            assert_eq!(
                read_edn(write_edn(history, nodes).as_bytes(), nodes).as_ref(),
                Ok(&named),
                "{line}"
            );
            let jsonl = write_jsonl(history, nodes);
            assert_eq!(read_jsonl(jsonl.as_bytes(), nodes).as_ref(), Ok(&named), "{line}");
        }
    }
}
