//! The first walk over a history: whether its values are sound, and all that is sent.

use super::limits::{Budget, Exhausted};
use super::marks::{ENTRY_BYTES, MESSAGE_BYTES};
use super::messages::Sent;
use super::micro_ops::{MicroOp, micro_ops, problem};
use super::resolve::Names;
use crate::history::{EntryKind, F, Op};
use crate::history_rule::HistoryRule;
use crate::history_verdict::Findings;
use crate::operations::Operations;

/// What the first walk gathers.
#[derive(Clone, Debug, Default)]
pub(super) struct Gathered {
    /// Messages as they are sent.
    pub sent: Vec<Sent>,
    /// Whether any assignment says what offsets are committed.
    pub has_answers: bool,
    /// Whether all values are those of the workload.
    pub is_sound: bool,
}

/// Walks over a history. Values that no client of the workload leaves are findings.
pub(super) fn gather(
    ops: &Operations<'_>,
    names: &mut Names,
    budget: &mut Budget,
    findings: &mut Findings,
) -> Result<Gathered, Exhausted> {
    budget.bytes(ENTRY_BYTES * ops.history.len() as u64, None)?;
    let mut gathered = Gathered { is_sound: true, ..Gathered::default() };
    for (index, op) in ops.history.iter().enumerate() {
        let Some(place) = ops.of[index] else { continue };
        if let Some((rule, problem)) = unsound(ops, index, op) {
            gathered.is_sound = false;
            let both = [ops.all[place].invoke, index];
            let entries = if rule == HistoryRule::MalformedValue { &both[1..] } else { &both };
            findings.add(rule, entries, || problem);
        } else if op.kind == EntryKind::Invoke && matches!(op.f, F::Send | F::Txn) {
            let before = gathered.sent.len();
            gather_sends(op, place, names, &mut gathered.sent);
            let count = (gathered.sent.len() - before) as u64;
            budget.steps(count, index)?;
            budget.bytes(MESSAGE_BYTES * count, Some(index))?;
        }
        gathered.has_answers |= op.assignment.as_ref().is_some_and(|a| a.committed.is_some());
    }
    Ok(gathered)
}

fn gather_sends(op: &Op, place: usize, names: &mut Names, sent: &mut Vec<Sent>) {
    for micro_op in micro_ops(&op.value) {
        let MicroOp::Send { key, message, .. } = micro_op else { continue };
        let key = names.keys.intern(&key);
        let (family, value) = names.messages.place(key, message);
        sent.push(Sent { family, value, operation: place as u32 });
    }
}

/// The rule that the value of an entry breaks, and how.
fn unsound(ops: &Operations<'_>, index: usize, op: &Op) -> Option<(HistoryRule, String)> {
    let operation = || ops.at(index).map(|operation| ops.who(operation)).unwrap_or_default();
    if let Some(expected) = problem(op) {
        let (who, f, kind) = (operation(), op.f.name(), op.kind.name());
        let value = shortened(&op.value.to_json().to_string());
        let problem = format!("{who}: {kind} {f}: expected {expected}, found {value}");
        return Some((HistoryRule::MalformedValue, problem));
    }
    if op.kind != EntryKind::Ok || !matches!(op.f, F::Send | F::Txn) {
        return None;
    }
    let begun = &ops.history[ops.at(index)?.invoke];
    if ends_as_begun(begun, op) {
        return None;
    }
    let problem = format!("{} ends other sends than it has begun", operation());
    Some((HistoryRule::MalformedHistory, problem))
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Whether an operation ends with the sends with which it began.
fn ends_as_begun(begun: &Op, ended: &Op) -> bool {
    let sends = |op| {
        micro_ops(op).filter_map(|micro_op| match micro_op {
            MicroOp::Send { key, message, .. } => Some((key, message)),
            MicroOp::Poll(_) => None,
        })
    };
    sends(&begun.value).eq(sends(&ended.value))
}
