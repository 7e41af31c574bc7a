//! Pairing of invocations with completions, an entry at a time.

use std::collections::{BTreeMap, BTreeSet};

use super::history_rule::HistoryRule;
use super::history_verdict::Finding;
use crate::history::{EntryKind, F};

/// The pending operations of all processes.
#[derive(Debug, Default)]
pub(super) struct Pairing {
    open: BTreeMap<u64, Begun>,
    /// Processes whose last outcome is unknown.
    retired: BTreeSet<u64>,
}

/// A pending operation.
#[derive(Debug)]
struct Begun {
    /// Number of the operation.
    place: usize,
    /// Index of its invocation in the history.
    invoke: usize,
    f: F,
}

impl Pairing {
    /// Begins the operation with a number.
    ///
    /// # Errors
    /// If its process has a pending operation, or continues after an unknown outcome.
    pub(super) fn begin(
        &mut self,
        process: u64,
        index: usize,
        f: &F,
        place: usize,
    ) -> Result<(), Finding> {
        if let Some(begun) = self.open.get(&process) {
            let problem = format!("process {process} begins anew before it has ended");
            return Err(malformed(vec![begun.invoke, index], problem));
        }
        if self.retired.contains(&process) {
            let problem = format!("process {process} goes on after an unknown outcome");
            return Err(malformed(vec![index], problem));
        }
        self.open.insert(process, Begun { place, invoke: index, f: f.clone() });
        Ok(())
    }

    /// Completes the pending operation of a process; returns its number.
    ///
    /// # Errors
    /// If there is none, or it has another function.
    pub(super) fn complete(
        &mut self,
        process: u64,
        index: usize,
        f: &F,
        kind: EntryKind,
    ) -> Result<usize, Finding> {
        let Some(begun) = self.open.remove(&process) else {
            let problem = format!("process {process} ends what it has not begun");
            return Err(malformed(vec![index], problem));
        };
        if *f != begun.f {
            let [before, after] = [begun.f.name(), f.name()];
            let problem = format!("process {process} begins {before} and ends {after}");
            return Err(malformed(vec![begun.invoke, index], problem));
        }
        if kind == EntryKind::Info {
            self.retired.insert(process);
        }
        Ok(begun.place)
    }
}

fn malformed(ops: Vec<usize>, message: String) -> Finding {
    Finding::new(HistoryRule::MalformedHistory, message, ops)
}
