//! For tests: small histories as text, a session in each line.
//!
//! `a: w x 1, r y - | r x 1` are two transactions of session a; `-` is the initial value. `!`
//! before a transaction says that it was aborted, `?` that its outcome is unknown, and `@3-5` when
//! it began and ended.

use super::history::{RegisterHistory, Status, Times};

/// Parses a history.
pub(super) fn sample(text: &str) -> RegisterHistory {
    let mut history = RegisterHistory::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (name, transactions) = line.split_once(": ").expect("a session");
        let session = history.session(name);
        for (number, transaction) in (1..).zip(transactions.split('|').map(str::trim)) {
            let (status, rest) = match transaction.split_at(1) {
                ("!", rest) => (Status::Aborted, rest),
                ("?", rest) => (Status::Unknown, rest),
                _ => (Status::Committed, transaction),
            };
            let (times, accesses) = match rest.strip_prefix('@') {
                Some(timed) => {
                    let (times, rest) = timed.split_once(' ').expect("accesses");
                    let (begin, end) = times.split_once('-').expect("two times");
                    let begin = begin.parse().expect("a time");
                    (Some(Times { begin, end: end.parse().ok() }), rest)
                }
                None => (None, rest),
            };
            let id = history.begin(session, number, status, times);
            for access in accesses.split(',').map(str::trim) {
                match access.split(' ').collect::<Vec<_>>()[..] {
                    ["r", key, "-"] => history.read(id, key, None::<i64>),
                    ["r", key, value] => history.read(id, key, Some(whole(value))),
                    ["w", key, value] => history.write(id, key, whole(value)),
                    ref other => panic!("{other:?}"),
                }
            }
        }
    }
    history
}

fn whole(text: &str) -> i64 {
    text.parse().expect("a number")
}

/// The text of a history.
pub(super) fn text(history: &RegisterHistory) -> String {
    let accesses = history.by_transaction();
    let mut lines = vec![String::new(); history.sessions()];
    for (id, record) in (0..).zip(history.records()) {
        let line = &mut lines[record.session as usize];
        let name = history.session_name(record.session);
        *line += &if line.is_empty() { format!("{name}: ") } else { " | ".to_owned() };
        *line += match record.status {
            Status::Committed => "",
            Status::Aborted => "!",
            Status::Unknown => "?",
        };
        if let Some(Times { begin, end }) = record.times {
            *line += &format!("@{begin}-{} ", end.map_or(String::new(), |end| end.to_string()));
        }
        let each = accesses.of(id).iter().map(|access| {
            let value = history.value(access.value);
            let value = if value == "nothing" { "-" } else { &value };
            format!(
                "{} {} {value}",
                if access.is_write { "w" } else { "r" },
                history.key(access.key)
            )
        });
        *line += &each.collect::<Vec<_>>().join(", ");
    }
    lines.join("\n")
}
