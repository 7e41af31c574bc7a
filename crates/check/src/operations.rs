//! Operations of a history: each client's invocation paired with its completion.

use super::history_verdict::Finding;
use super::pairing::Pairing;
use crate::engine::time::Duration;
use crate::history::{EntryKind, F, Op, OpValue, Process, node_name};

/// An operation of a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operation {
    /// Process of the operation.
    pub process: u64,
    /// Index of the invocation in the history.
    pub invoke: usize,
    /// Index of the completion, if there is one.
    pub completion: Option<usize>,
    /// Type of the completion. Without one the outcome is unknown: `Info`.
    pub outcome: EntryKind,
    /// Node that the client talks to.
    pub node: Option<u32>,
    /// Whether the operation belongs to the final phase.
    pub is_final: bool,
}

/// Errors after which an operation definitely did not happen.
const DEFINITE_ERRORS: [&str; 9] = [
    "node-not-found",
    "not-supported",
    "temporarily-unavailable",
    "malformed-request",
    "abort",
    "key-does-not-exist",
    "key-already-exists",
    "precondition-failed",
    "txn-conflict",
];

/// Reason why the rules of final reads cannot be checked.
pub(super) const NO_FINAL_READ: &str = "\
    no ok read belongs to the final phase: its reads carry `:final? true`, or follow a pause of at \
    least 5 s and are not followed by anything else";
/// Reason why the rules of final reads are checked in part only.
pub(super) const FINAL_IS_INFERRED: &str =
    "no read is marked `:final? true`: those after the last pause of at least 5 s are taken";

/// Minimum pause before reads that are taken as the final phase if none is marked: clients never
/// pause that long between other operations, and Maelstrom's recovery takes 10 s.
const PAUSE_BEFORE_FINAL: Duration = Duration::from_seconds(5);

/// All operations of a history, in the order of their invocations.
#[derive(Clone, Debug)]
pub struct Operations<'a> {
    /// The history.
    pub history: &'a [Op],
    /// Names of nodes.
    pub nodes: &'a [String],
    /// The operations.
    pub all: Vec<Operation>,
    /// Operation of each entry of the history; `None` for the nemesis.
    pub of: Vec<Option<usize>>,
    /// Whether no entry is marked as final, so that the final phase is what follows the last pause.
    pub final_is_inferred: bool,
}

impl<'a> Operations<'a> {
    /// Pairs invocations with completions.
    ///
    /// # Errors
    /// If a process has two pending operations, completes what it has not invoked or as another
    /// function, or continues after an unknown outcome. Times may decrease: the order is that of
    /// the entries.
    pub fn new(history: &'a [Op], nodes: &'a [String]) -> Result<Operations<'a>, Finding> {
        let all = Vec::with_capacity(history.len() / 2 + 1);
        let of = Vec::with_capacity(history.len());
        let operations = Operations { history, nodes, all, of, final_is_inferred: false };
        let pairing = Pairing::default();
        let mut builder = Builder { operations, pairing, has_reads: false };
        for index in 0..history.len() {
            builder.entry(index)?;
        }
        if builder.has_reads {
            builder.operations.infer_final();
        }
        Ok(builder.operations)
    }

    /// If no operation is marked as final, marks the reads after the last long pause. Maelstrom
    /// marks none for g-set.
    fn infer_final(&mut self) {
        if self.all.iter().any(|operation| operation.is_final) {
            return;
        }
        let mut last = None;
        let mut first_final = None;
        for (index, op) in self.history.iter().enumerate() {
            let Some(place) = self.of[index] else { continue };
            if self.all[place].invoke == index {
                let pause = last.map(|last| op.time.saturating_since(last));
                if op.f != F::Read {
                    first_final = None;
                } else if pause.is_some_and(|pause| pause >= PAUSE_BEFORE_FINAL) {
                    first_final = Some(place);
                }
            }
            last = last.max(Some(op.time));
        }
        if let Some(first) = first_final {
            self.final_is_inferred = true;
            self.all[first..].iter_mut().for_each(|operation| operation.is_final = true);
        }
    }

    /// Whether an operation definitely did not happen: it failed, or its client threw a definite
    /// error.
    pub fn has_failed(&self, operation: &Operation) -> bool {
        let error = operation.completion.and_then(|end| self.history[end].error.as_ref());
        operation.outcome == EntryKind::Fail
            || error.is_some_and(|(name, _)| DEFINITE_ERRORS.contains(&name.as_str()))
                && operation.outcome == EntryKind::Info
    }

    /// Returns the function of an operation.
    pub fn f(&self, operation: &Operation) -> &'a F {
        &self.history[operation.invoke].f
    }

    /// Returns the argument of an operation.
    pub fn argument(&self, operation: &Operation) -> &'a OpValue {
        &self.history[operation.invoke].value
    }

    /// Returns the result with the index of its entry, if the operation ended with `ok`.
    pub fn result(&self, operation: &Operation) -> Option<(usize, &'a OpValue)> {
        let completion = operation.completion.filter(|_| operation.outcome == EntryKind::Ok)?;
        Some((completion, &self.history[completion].value))
    }

    /// Returns the operation that an entry invokes or completes.
    pub fn at(&self, index: usize) -> Option<&Operation> {
        self.of[index].map(|place| &self.all[place])
    }

    /// Returns the operations with a function.
    pub fn with(&self, f: &F) -> impl Iterator<Item = &Operation> {
        self.all.iter().filter(move |operation| self.f(operation) == f)
    }

    /// Returns the description of an operation's client in messages: `process 3 at n1`.
    pub fn who(&self, operation: &Operation) -> String {
        match operation.node {
            Some(node) => format!("process {} at {}", operation.process, self.node_name(node)),
            None => format!("process {}", operation.process),
        }
    }

    /// Returns the name of a node.
    pub fn node_name(&self, node: u32) -> String {
        node_name(node, self.nodes)
    }
}

/// Operations under construction.
struct Builder<'a> {
    operations: Operations<'a>,
    pairing: Pairing,
    /// Whether any operation is a read.
    has_reads: bool,
}

impl Builder<'_> {
    fn entry(&mut self, index: usize) -> Result<(), Finding> {
        let op = &self.operations.history[index];
        let place = match (op.process, op.kind) {
            (Process::Nemesis, _) => None,
            (Process::Client(process), EntryKind::Invoke) => Some(self.begin(process, index)?),
            (Process::Client(process), _) => Some(self.complete(process, index)?),
        };
        self.operations.of.push(place);
        Ok(())
    }

    fn begin(&mut self, process: u64, index: usize) -> Result<usize, Finding> {
        let op = &self.operations.history[index];
        let place = self.operations.all.len();
        self.pairing.begin(process, index, &op.f, place)?;
        self.has_reads |= op.f == F::Read;
        self.operations.all.push(Operation {
            process,
            invoke: index,
            completion: None,
            outcome: EntryKind::Info,
            node: op.node,
            is_final: op.is_final,
        });
        Ok(place)
    }

    fn complete(&mut self, process: u64, index: usize) -> Result<usize, Finding> {
        let op = &self.operations.history[index];
        let place = self.pairing.complete(process, index, &op.f, op.kind)?;
        let operation = &mut self.operations.all[place];
        operation.completion = Some(index);
        operation.outcome = op.kind;
        operation.node = operation.node.or(op.node);
        operation.is_final |= op.is_final;
        Ok(place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::histories::history;

    #[test]
    fn operations_are_paired() {
        let history = history("0 invoke add 1\n1 invoke read\n1 ok read 2\n0 fail add 1");
        let operations = Operations::new(&history, &[]).expect("well formed");
        assert_eq!(operations.of, [Some(0), Some(1), Some(1), Some(0)]);
        assert_eq!(operations.all[0].outcome, EntryKind::Fail);
        assert_eq!(operations.result(&operations.all[1]), Some((2, &OpValue::Int(2))));
    }

    #[test]
    fn reads_after_a_long_pause_are_final_where_none_is_marked() {
        let mut history = history(
            "0 invoke add 1\n0 ok add 1\n1 invoke read\n1 ok read 1\n0 invoke read\n\
             1 invoke read\n1 ok read 1\n0 ok read 1",
        );
        let finals = |history: &[Op]| {
            let operations = Operations::new(history, &[]).expect("well formed");
            operations.all.iter().map(|operation| operation.is_final).collect::<Vec<_>>()
        };
        assert_eq!(finals(&history), [false; 4]);
        let second = Duration::from_seconds(1);
        for op in &mut history[4..] {
            op.time = (0..9).fold(op.time, |time, _| time.saturating_add(second));
        }
        assert_eq!(finals(&history), [false, false, true, true]);
        history[2].is_final = true;
        assert_eq!(finals(&history), [false, true, false, false]);
    }

    #[track_caller]
    fn refuse(text: &str, message: &str) {
        let history = history(text);
        let finding = Operations::new(&history, &[]).expect_err(text);
        assert_eq!(finding.message, message);
    }

    #[test]
    fn what_no_client_does_is_refused() {
        refuse("0 invoke add 1\n0 invoke add 2", "process 0 begins anew before it has ended");
        refuse("0 ok add 1", "process 0 ends what it has not begun");
        refuse("0 invoke add 1\n0 ok add 1\n0 ok add 1", "process 0 ends what it has not begun");
        refuse("0 invoke add 1\n0 ok read 1", "process 0 begins add and ends read");
        refuse(
            "0 invoke add 1\n0 info add 1\n0 invoke add 1",
            "process 0 goes on after an unknown outcome",
        );
    }
}
