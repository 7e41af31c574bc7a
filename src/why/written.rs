//! The values that an operation writes, and those that it has seen.

use serde_json::Value;

use crate::history::{EntryKind, F, LogOp, Op, OpValue, TxnOp, TxnRead};

/// Returns the values that an operation writes, as its invocation has them.
pub fn values_written(op: &Op) -> Vec<i64> {
    let writes = matches!(op.f, F::Broadcast | F::Add | F::Send | F::Write);
    match &op.value {
        _ if op.kind != EntryKind::Invoke => vec![],
        OpValue::Int(value) if writes => vec![*value],
        OpValue::Log(ops) => ops.iter().filter_map(sent).collect(),
        OpValue::Txn(ops) => ops.iter().filter_map(put).collect(),
        // A key and its value.
        OpValue::Ints(pair) if writes && pair.len() == 2 => pair.iter().skip(1).collect(),
        OpValue::Json(Value::Array(pair)) if writes && pair.len() == 2 => {
            pair[1].as_i64().into_iter().collect()
        }
        _ => vec![],
    }
}

fn sent(op: &LogOp) -> Option<i64> {
    match op {
        LogOp::Send { message, .. } => Some(*message),
        LogOp::Poll(_) => None,
    }
}

fn put(op: &TxnOp) -> Option<i64> {
    match op {
        TxnOp::Append { element: value, .. } | TxnOp::Write { value, .. } => Some(*value),
        TxnOp::Read { .. } => None,
    }
}

/// Whether a completed operation has seen a value; `None` if it read nothing.
pub(super) fn has_seen(op: &Op, value: i64) -> Option<bool> {
    if op.kind != EntryKind::Ok {
        return None;
    }
    match &op.value {
        OpValue::Ints(values) if op.f == F::Read => Some(values.iter().any(|one| one == value)),
        OpValue::Log(ops) => {
            let polls = ops.iter().filter_map(|op| match op {
                LogOp::Poll(Some(reads)) => Some(reads),
                _ => None,
            });
            let mut messages = polls.flatten().flat_map(|read| read.messages.iter());
            messages.any(|(_, message)| *message == value).then_some(true)
        }
        OpValue::Txn(ops) => {
            let is_in = |op: &TxnOp| match op {
                TxnOp::Read { value: TxnRead::Int(one), .. } => *one == value,
                TxnOp::Read { value: TxnRead::List(all), .. } => all.iter().any(|one| one == value),
                _ => false,
            };
            ops.iter().any(is_in).then_some(true)
        }
        _ => None,
    }
}
