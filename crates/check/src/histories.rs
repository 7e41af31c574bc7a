//! For tests: small histories as text, one entry per line, such as `0 ok read [1 2] final n1`.

use crate::edn;
use crate::engine::time::Instant;
use crate::history::{EXCEPTION, EntryKind, F, History, Op, OpValue, Process};

/// Parses a history whose entries are a millisecond apart. Each line has a process or `nemesis`, a
/// type, a function, and then as needed a value as EDN, `final`, a node such as `n1`, an error such
/// as `!timeout`, `thrown` for an exception, `malformed` for a reply that Maelstrom rejects, `seek`
/// for an assignment from the beginning, `{:committed {…}}` for the committed offsets in it.
pub(super) fn history(text: &str) -> History {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    (0..).zip(lines).map(|(number, line)| op(number, line)).collect()
}

fn op(number: u64, line: &str) -> Op {
    let mut words = line.splitn(4, ' ');
    let process = match words.next().expect("a process") {
        "nemesis" => Process::Nemesis,
        process => Process::Client(process.parse().expect("a process")),
    };
    let kind = words.next().expect("a type");
    let f = words.next().expect("a word");
    let rest = edn::read_all(words.next().unwrap_or("")).expect("EDN");
    let kind = EntryKind::ALL.into_iter().find(|k| k.name() == kind).expect("a type");
    let f = F::of(f, process).expect("a word");
    let mut op = Op::new(Instant::from_ns(number * 1_000_000), process, kind, f);
    for edn::Placed { value, .. } in rest {
        if let Some(committed) = value.get("committed") {
            let offsets = committed.to_json();
            let offsets = offsets.as_object().expect("a map").iter();
            let entry = |(key, offset): (&String, &serde_json::Value)| {
                (key.clone(), offset.as_i64().expect("an offset"))
            };
            op.assignment.get_or_insert_default().committed = Some(offsets.map(entry).collect());
            continue;
        }
        match value.to_json().as_str() {
            Some("seek") => op.assignment.get_or_insert_default().from_beginning = true,
            Some("final") => op.is_final = true,
            Some("thrown") => op.exception = Some(EXCEPTION.into()),
            Some("malformed") => op.parity_error = Some("malformed".into()),
            Some(word) if word.starts_with('!') => {
                op.error = Some((word[1..].to_owned(), String::new()));
            }
            Some(word) if word.len() == 2 && word.starts_with('n') => {
                op.node = word[1..].parse().ok()
            }
            _ => op.value = OpValue::from_json(value.to_json()),
        }
    }
    op
}
