//! The operations of a history: each invocation with its completion.

use std::collections::BTreeMap;

use crate::history::{EntryKind, Op, Process};

/// An operation of a client.
#[derive(Clone, Copy, Debug)]
pub(super) struct Operation<'h> {
    /// Number of the invocation in the history.
    pub(super) entry: usize,
    pub(super) invocation: &'h Op,
    /// `None` if it never completed.
    pub(super) completion: Option<&'h Op>,
}

/// Returns the operations of clients in the order of their invocations. A completion without an
/// invocation is left out.
pub(super) fn operations(history: &[Op]) -> Vec<Operation<'_>> {
    let mut pending: BTreeMap<Process, usize> = BTreeMap::new();
    let mut operations: Vec<Operation<'_>> = Vec::new();
    let of_clients = |(_, op): &(usize, &Op)| op.process != Process::Nemesis;
    for (entry, op) in history.iter().enumerate().filter(of_clients) {
        if op.kind == EntryKind::Invoke {
            pending.insert(op.process, operations.len());
            operations.push(Operation { entry, invocation: op, completion: None });
        } else if let Some(place) = pending.remove(&op.process) {
            operations[place].completion = Some(op);
        }
    }
    operations
}
