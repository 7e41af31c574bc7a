//! The operations of a history: what each client began, and how it ended.

use std::collections::{BTreeMap, BTreeSet};

use super::history::{Finding, HistoryRule};
use crate::history::{F, Kind, Op, OpValue, Process, node_name};

/// An operation of a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operation {
    /// Who does it.
    pub process: u64,
    /// Where in the history it begins.
    pub invoke: usize,
    /// Where it ends, if it does.
    pub completion: Option<usize>,
    /// How it ends. What never ends may have happened or not: `Info`.
    pub outcome: Kind,
    /// The node that the client talks to.
    pub node: Option<u32>,
    /// Whether it belongs to the final phase.
    pub is_final: bool,
}

/// All operations of a history, in the order in which they begin.
#[derive(Clone, Debug)]
pub struct Operations<'a> {
    /// The history itself.
    pub history: &'a [Op],
    /// The names of nodes.
    pub nodes: &'a [String],
    /// The operations.
    pub all: Vec<Operation>,
    /// Which operation each entry of the history belongs to; `None` for the nemesis.
    pub of: Vec<Option<usize>>,
}

impl<'a> Operations<'a> {
    /// Pairs what begins with what ends it.
    ///
    /// # Errors
    /// If time goes back, if a process does two things at a time, completes what it has not begun
    /// or as something else, or goes on after an unknown outcome.
    pub fn new(history: &'a [Op], nodes: &'a [String]) -> Result<Operations<'a>, Finding> {
        let operations = Operations { history, nodes, all: Vec::new(), of: Vec::new() };
        let mut pairing = Pairing { operations, open: BTreeMap::new(), retired: BTreeSet::new() };
        for index in 0..history.len() {
            pairing.entry(index)?;
        }
        Ok(pairing.operations)
    }

    /// What is done.
    pub fn f(&self, operation: &Operation) -> &'a F {
        &self.history[operation.invoke].f
    }

    /// Its argument.
    pub fn argument(&self, operation: &Operation) -> &'a OpValue {
        &self.history[operation.invoke].value
    }

    /// What came back, if it ended with `ok`, and where.
    pub fn result(&self, operation: &Operation) -> Option<(usize, &'a OpValue)> {
        let completion = operation.completion.filter(|_| operation.outcome == Kind::Ok)?;
        Some((completion, &self.history[completion].value))
    }

    /// The operation that an entry begins or ends.
    pub fn at(&self, index: usize) -> Option<&Operation> {
        self.of[index].map(|place| &self.all[place])
    }

    /// The operations of one kind.
    pub fn with(&self, f: &F) -> impl Iterator<Item = &Operation> {
        self.all.iter().filter(move |operation| self.f(operation) == f)
    }

    /// What an operation is called in messages: `process 3 at n1`.
    pub fn who(&self, operation: &Operation) -> String {
        match operation.node {
            Some(node) => format!("process {} at {}", operation.process, self.node_name(node)),
            None => format!("process {}", operation.process),
        }
    }

    /// What a node is called.
    pub fn node_name(&self, node: u32) -> String {
        node_name(node, self.nodes)
    }
}

/// Pairing under way.
struct Pairing<'a> {
    operations: Operations<'a>,
    /// What each process is at.
    open: BTreeMap<u64, usize>,
    /// The processes whose last outcome is unknown.
    retired: BTreeSet<u64>,
}

impl Pairing<'_> {
    fn entry(&mut self, index: usize) -> Result<(), Finding> {
        let op = &self.operations.history[index];
        let before = index.checked_sub(1).map(|before| self.operations.history[before].time);
        if before.is_some_and(|before| op.time < before) {
            return Err(malformed(vec![index - 1, index], "time goes back".to_owned()));
        }
        let place = match (op.process, op.kind) {
            (Process::Nemesis, _) => None,
            (Process::Client(process), Kind::Invoke) => Some(self.begin(process, index)?),
            (Process::Client(process), _) => Some(self.complete(process, index)?),
        };
        self.operations.of.push(place);
        Ok(())
    }

    fn begin(&mut self, process: u64, index: usize) -> Result<usize, Finding> {
        if let Some(place) = self.open.get(&process) {
            let earlier = self.operations.all[*place].invoke;
            let problem = format!("process {process} begins anew before it has ended");
            return Err(malformed(vec![earlier, index], problem));
        }
        if self.retired.contains(&process) {
            let problem = format!("process {process} goes on after an unknown outcome");
            return Err(malformed(vec![index], problem));
        }
        let op = &self.operations.history[index];
        let place = self.operations.all.len();
        self.operations.all.push(Operation {
            process,
            invoke: index,
            completion: None,
            outcome: Kind::Info,
            node: op.node,
            is_final: op.is_final,
        });
        self.open.insert(process, place);
        Ok(place)
    }

    fn complete(&mut self, process: u64, index: usize) -> Result<usize, Finding> {
        let Some(place) = self.open.remove(&process) else {
            let problem = format!("process {process} ends what it has not begun");
            return Err(malformed(vec![index], problem));
        };
        let op = &self.operations.history[index];
        let operation = &mut self.operations.all[place];
        let begun = &self.operations.history[operation.invoke];
        if op.f != begun.f {
            let [begun, ended] = [begun.f.name(), op.f.name()];
            let problem = format!("process {process} begins {begun} and ends {ended}");
            return Err(malformed(vec![operation.invoke, index], problem));
        }
        operation.completion = Some(index);
        operation.outcome = op.kind;
        operation.node = operation.node.or(op.node);
        operation.is_final |= op.is_final;
        if op.kind == Kind::Info {
            self.retired.insert(process);
        }
        Ok(place)
    }
}

fn malformed(ops: Vec<usize>, message: String) -> Finding {
    Finding { rule: HistoryRule::MalformedHistory, message, ops }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::histories::history;

    #[test]
    fn operations_are_paired() {
        let history = history("0 invoke add 1\n1 invoke read\n1 ok read 2\n0 fail add 1");
        let operations = Operations::new(&history, &[]).expect("well formed");
        assert_eq!(operations.of, [Some(0), Some(1), Some(1), Some(0)]);
        assert_eq!(operations.all[0].outcome, Kind::Fail);
        assert_eq!(operations.result(&operations.all[1]), Some((2, &OpValue::Int(2))));
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
