//! Two views of a history: the strict one, and the one that Maelstrom would have recorded.
//!
//! In the strict view `1.0` is the integer 1; for Maelstrom it is not. A reply that Maelstrom's
//! client rejects as malformed leaves the outcome of the operation unknown, and ends its process.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::Value;

use crate::edn::number::{is_written_whole, whole};
use crate::history::{EXCEPTION, EntryKind, F, Op, OpValue, Process};

/// Returns the history with integers as such, in whatever notation they were written.
pub(super) fn strict(history: &[Op]) -> Cow<'_, [Op]> {
    if history.iter().all(|op| changed(op).is_none()) {
        return Cow::Borrowed(history);
    }
    let op = |op: &Op| match changed(op) {
        Some(value) => Op { value, ..op.clone() },
        None => op.clone(),
    };
    Cow::Owned(history.iter().map(op).collect())
}

/// Returns the value of an entry in the strict view; `None` if it is the same.
fn changed(op: &Op) -> Option<OpValue> {
    match op.f {
        F::Add | F::Broadcast | F::Read => as_whole(&op.value),
        F::Send | F::Poll | F::Txn => with_whole(&op.value),
        _ => None,
    }
}

/// Whether an entry is the same in both views.
pub(super) fn is_one(op: &Op) -> bool {
    op.parity_error.is_none() && changed(op).is_none()
}

/// Returns the value with integers as such; `None` if that changes nothing.
fn as_whole(value: &OpValue) -> Option<OpValue> {
    let OpValue::Json(value) = value else { return None };
    let integer = |value: &Value| whole(value.as_number()?).and_then(|n| i64::try_from(n).ok());
    match value {
        Value::Number(_) => integer(value).map(OpValue::Int),
        Value::Array(items) => {
            let numbers: Option<Vec<i64>> = items.iter().map(integer).collect();
            numbers.map(|numbers| OpValue::Ints(numbers.into()))
        }
        _ => None,
    }
}

/// Returns the value of an operation on logs with all integers as such; `None` if nothing changes.
fn with_whole(value: &OpValue) -> Option<OpValue> {
    let OpValue::Json(value) = value else { return None };
    if !has_float(value) {
        return None;
    }
    let mut value = value.clone();
    make_whole(&mut value).then(|| OpValue::from_json(value))
}

/// Whether any number is written with a point or an exponent.
fn has_float(value: &Value) -> bool {
    match value {
        Value::Number(number) => !is_written_whole(number),
        Value::Array(items) => items.iter().any(has_float),
        Value::Object(entries) => entries.values().any(has_float),
        _ => false,
    }
}

/// Writes integers as such. Returns whether any was written otherwise.
fn make_whole(value: &mut Value) -> bool {
    match value {
        Value::Number(number) if !is_written_whole(number) => match whole(number) {
            Some(integer) => {
                *value = integer.to_string().parse().map_or(Value::Null, Value::Number);
                true
            }
            None => false,
        },
        Value::Array(items) => items.iter_mut().fold(false, |any, item| make_whole(item) | any),
        Value::Object(entries) => {
            entries.values_mut().fold(false, |any, item| make_whole(item) | any)
        }
        _ => false,
    }
}

/// Returns the history that Maelstrom would have recorded.
pub fn parity(history: &[Op]) -> Cow<'_, [Op]> {
    if history.iter().all(|op| op.parity_error.is_none()) {
        return Cow::Borrowed(history);
    }
    let greatest = history.iter().filter_map(|op| match op.process {
        Process::Client(process) => Some(process),
        Process::Nemesis => None,
    });
    let mut next = greatest.max().unwrap_or(0);
    let mut history = history.to_vec();
    // After an unknown outcome a client continues as another process.
    let mut renamed: BTreeMap<u64, u64> = BTreeMap::new();
    for place in 0..history.len() {
        let op = &mut history[place];
        let Process::Client(process) = op.process else { continue };
        op.process = Process::Client(renamed.get(&process).copied().unwrap_or(process));
        let Some(why) = op.parity_error.take() else { continue };
        op.kind = EntryKind::Info;
        op.error = Some(("malformed-rpc-response".to_owned(), why.into()));
        op.exception = Some(EXCEPTION.into());
        next += 1;
        renamed.insert(process, next);
        // The value of an unknown outcome is the operation's argument.
        let own = history[place].process;
        let is_its_begin = |op: &&Op| op.process == own && op.kind == EntryKind::Invoke;
        let begin = history[..place].iter().rev().find(is_its_begin);
        history[place].value = begin.map_or(OpValue::Nil, |begin| begin.value.clone());
    }
    Cow::Owned(history)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::histories::history;

    #[test]
    fn whole_floats_are_whole_numbers_in_the_strict_sense_alone() {
        let history = history("0 invoke read\n0 ok read [0.0 1e2]\n0 invoke read\n0 ok read 5.0");
        let strict = strict(&history);
        assert_eq!(strict[1].value, OpValue::Ints(vec![0, 100].into()));
        assert_eq!(strict[3].value, OpValue::Int(5));
        assert_eq!(parity(&history), history);
        let history = crate::histories::history("0 invoke read\n0 ok read [0.5 \"x\"]");
        assert!(matches!(super::strict(&history), Cow::Borrowed(_)));
    }

    #[test]
    fn whole_floats_are_whole_numbers_in_logs_as_well() {
        let history = history(
            "0 invoke send [[\"send\" \"a\" 5]]\n0 ok send [[\"send\" \"a\" [1.0 5]]]\n\
             0 invoke poll [[\"poll\"]]\n0 ok poll [[\"poll\" {\"a\" [[1e0 5.0]]}]]",
        );
        let strict = strict(&history);
        let text = |place: usize| strict[place].value.to_json().to_string();
        assert_eq!(text(1), r#"[["send","a",[1,5]]]"#);
        assert_eq!(text(3), r#"[["poll",{"a":[[1,5]]}]]"#);
        assert!(matches!(strict[3].value, OpValue::Log(_)));
    }

    #[test]
    fn a_malformed_reply_leaves_its_outcome_unknown_and_ends_its_process() {
        let history = history(
            "0 invoke add 3\n1 invoke read\n0 ok add 3 malformed\n0 invoke read\n1 ok read 3\n\
             0 ok read 3 malformed\n0 invoke add 4",
        );
        let parity = parity(&history);
        let processes: Vec<_> = parity.iter().map(|op| op.process).collect();
        assert_eq!(processes, [0, 1, 0, 2, 1, 2, 3].map(Process::Client));
        assert_eq!((parity[2].kind, &parity[2].value), (EntryKind::Info, &OpValue::Int(3)));
        assert_eq!((parity[5].kind, &parity[5].value), (EntryKind::Info, &OpValue::Nil));
        assert!(parity[5].exception.is_some());
    }
}
