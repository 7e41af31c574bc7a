//! Data series of a history: operations with their latencies, and fault windows.

use std::collections::{BTreeMap, BTreeSet};

use super::labels::fitting;
use crate::engine::time::Duration;
use crate::history::{EntryKind, F, Op, Process};

/// Data series of a history.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HistorySeries {
    /// Names of operations, in ascending order.
    pub names: Vec<String>,
    /// Completed operations, in order of completion.
    pub operations: Vec<Operation>,
    /// Fault windows of each kind.
    pub faults: Vec<FaultWindow>,
    /// Time of the last entry.
    pub end_s: f64,
    /// Times until each element was in all reads, in milliseconds, ascending.
    pub stable_ms: Vec<f64>,
    /// Elements that were never in all reads.
    pub unstable: Unstable,
    /// Number of operations that began and have no end in the history.
    pub unended: usize,
}

/// Numbers of elements that were never in all reads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unstable {
    /// Number of elements that were known, and that a later read lacked.
    pub lost: usize,
    /// Number of elements that are in no read.
    pub never_read: usize,
}

/// A completed operation.
#[derive(Clone, Debug, PartialEq)]
pub struct Operation {
    /// Index of its name.
    pub name: usize,
    /// Outcome: never [`EntryKind::Invoke`].
    pub outcome: EntryKind,
    /// Start time.
    pub begun_s: f64,
    /// End time.
    pub ended_s: f64,
    /// Latency.
    pub took_ms: f64,
    /// Number of its client, from 0: processes that follow one another after unknown outcomes are
    /// one client.
    pub client: usize,
    /// Everything about it, line by line.
    pub told: Vec<String>,
}

/// A period of faults of one kind, from the start of the first to the end of the last.
#[derive(Clone, Debug, PartialEq)]
pub struct FaultWindow {
    /// The kind, such as `partition`.
    pub kind: String,
    /// Start time.
    pub from_s: f64,
    /// End time; that of the history, if the fault has no end.
    pub until_s: f64,
}

impl HistorySeries {
    /// Builds the series of a history; `stable` has the times until its elements were in all reads.
    pub fn new(history: &[Op], stable: &[Duration]) -> HistorySeries {
        let clients = || history.iter().filter(|op| op.process != Process::Nemesis);
        let mut fs: Vec<&F> = clients().map(|op| &op.f).collect();
        fs.sort_unstable();
        fs.dedup();
        let end_s = history.iter().map(|op| seconds(op.time.as_ns())).fold(0.0, f64::max);
        let mut begun = BTreeMap::new();
        let mut operations = Vec::new();
        let mut rows = ClientRows::default();
        for op in clients() {
            let client = rows.of(op);
            if op.kind == EntryKind::Invoke {
                begun.insert(op.process, op);
            } else if let Some(invoked) = begun.remove(&op.process) {
                let from = invoked.time;
                operations.push(Operation {
                    name: fs.iter().position(|f| **f == op.f).unwrap_or(0),
                    outcome: op.kind,
                    begun_s: seconds(from.as_ns()),
                    ended_s: seconds(op.time.as_ns()),
                    took_ms: op.time.saturating_since(from).as_ns() as f64 / 1e6,
                    client,
                    told: told(invoked, op),
                });
            }
        }
        let mut stable_ms: Vec<f64> = stable.iter().map(|took| took.as_ns() as f64 / 1e6).collect();
        stable_ms.sort_by(f64::total_cmp);
        let names = fs.iter().map(|f| f.name().to_owned()).collect();
        HistorySeries {
            names,
            operations,
            faults: faults(history, end_s),
            end_s,
            stable_ms,
            unstable: Unstable::default(),
            unended: begun.len(),
        }
    }

    /// Returns the same series with the numbers of elements that were not stable.
    pub fn with_unstable(self, unstable: Unstable) -> HistorySeries {
        HistorySeries { unstable, ..self }
    }

    /// Returns the kinds of faults in ascending order.
    pub fn fault_kinds(&self) -> Vec<&str> {
        let mut kinds: Vec<&str> = self.faults.iter().map(|fault| fault.kind.as_str()).collect();
        kinds.sort_unstable();
        kinds.dedup();
        kinds
    }
}

/// The clients of processes: those that follow one another after unknown outcomes are one.
#[derive(Debug, Default)]
pub struct ClientRows {
    of_process: BTreeMap<Process, usize>,
    /// Clients whose last operation has an unknown outcome: the next new process is theirs.
    free: BTreeSet<usize>,
    count: usize,
}

impl ClientRows {
    /// Returns the client of the next entry, numbered from 0 in order of appearance.
    pub fn of(&mut self, op: &Op) -> usize {
        let row = match self.of_process.get(&op.process) {
            Some(row) => *row,
            None => {
                let row = self.free.pop_first().unwrap_or(self.count);
                self.count = self.count.max(row + 1);
                self.of_process.insert(op.process, row);
                row
            }
        };
        if op.kind == EntryKind::Info {
            self.free.insert(row);
        }
        row
    }
}

/// Maximum length of a value in a tooltip.
const VALUE_MAX: usize = 300;

/// Returns everything about an operation, line by line.
fn told(invoked: &Op, ended: &Op) -> Vec<String> {
    let value = |op: &Op| match op.value.to_json() {
        serde_json::Value::Null => String::new(),
        value => format!(" {}", fitting(&value.to_string(), VALUE_MAX)),
    };
    let outcome = match ended.kind {
        EntryKind::Ok => "ok",
        EntryKind::Fail => "fail",
        EntryKind::Info => "unknown",
        EntryKind::Invoke => "invoke",
    };
    let error = ended.error.as_ref().map_or(String::new(), |(name, why)| format!(" {name}: {why}"));
    vec![
        format!("{}: {}{}", ended.process, invoked.f.name(), value(invoked)),
        format!("{outcome}{}{error}", value(ended)),
        format!("{} to {}", invoked.time, ended.time),
    ]
}

fn seconds(ns: u64) -> f64 {
    ns as f64 / 1e9
}

/// Returns the fault windows. A window lasts from its first `start-x` entry until there are as many
/// `stop-x` entries.
fn faults(history: &[Op], end_s: f64) -> Vec<FaultWindow> {
    let mut open: BTreeMap<&str, (u64, f64)> = BTreeMap::new();
    let mut windows = Vec::new();
    for op in history {
        let F::Nemesis(name) = &op.f else { continue };
        let at_s = seconds(op.time.as_ns());
        if let Some(kind) = name.strip_prefix("start-") {
            open.entry(kind).or_insert((0, at_s)).0 += 1;
        } else if let Some(kind) = name.strip_prefix("stop-")
            && let Some((count, from_s)) = open.remove(kind)
        {
            match count {
                1 => windows.push(FaultWindow { kind: kind.to_owned(), from_s, until_s: at_s }),
                more => drop(open.insert(kind, (more - 1, from_s))),
            }
        }
    }
    let unended = open.into_iter().map(|(kind, (_, from_s))| FaultWindow {
        kind: kind.to_owned(),
        from_s,
        until_s: end_s,
    });
    windows.extend(unended);
    windows.sort_by(|a, b| a.from_s.total_cmp(&b.from_s).then_with(|| a.kind.cmp(&b.kind)));
    windows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::read_jsonl;

    fn series(lines: &[(u64, &str, &str, &str)]) -> HistorySeries {
        let line = |(ms, process, kind, f): &(u64, &str, &str, &str)| {
            let ns = ms * 1_000_000;
            format!("{{\"time\":{ns},\"process\":{process},\"type\":\"{kind}\",\"f\":\"{f}\"}}\n")
        };
        let text: String = lines.iter().map(line).collect();
        let history = read_jsonl(text.as_bytes(), &[]).expect("a history").history;
        HistorySeries::new(&history, &[])
    }

    #[test]
    fn operations_are_paired_by_their_process() {
        let found = series(&[
            (1000, "0", "invoke", "read"),
            (1001, "1", "invoke", "broadcast"),
            (1003, "0", "fail", "read"),
            (1006, "1", "ok", "broadcast"),
            (2000, "1", "invoke", "read"),
        ]);
        assert_eq!(found.names, ["broadcast", "read"]);
        let short = |o: &Operation| (o.name, o.outcome, o.begun_s, o.took_ms);
        let operations: Vec<_> = found.operations.iter().map(short).collect();
        assert_eq!(operations, [(1, EntryKind::Fail, 1.0, 3.0), (0, EntryKind::Ok, 1.001, 5.0)]);
        assert_eq!((found.end_s, found.unended), (2.0, 1));
    }

    #[test]
    fn faults_last_from_their_first_start_to_their_last_stop() {
        let nemesis = |ms, f| (ms, "\"nemesis\"", "info", f);
        let found = series(&[
            nemesis(100, "start-crash"),
            nemesis(100, "start-crash"),
            nemesis(150, "start-partition"),
            nemesis(200, "start-crash"),
            nemesis(300, "stop-crash"),
            nemesis(400, "stop-crash"),
            nemesis(500, "stop-crash"),
            nemesis(600, "stop-crash"),
            nemesis(700, "start-crash"),
        ]);
        let windows: Vec<_> =
            found.faults.iter().map(|f| (f.kind.as_str(), f.from_s, f.until_s)).collect();
        assert_eq!(windows, [("crash", 0.1, 0.5), ("partition", 0.15, 0.7), ("crash", 0.7, 0.7)]);
        assert_eq!(found.fault_kinds(), ["crash", "partition"]);
    }
}
