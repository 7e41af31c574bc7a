//! Anomalies in words, and cycles as drawings.

use super::cases::Case;
use super::graph::Kind;
use super::options::DataType;
use super::reasons::{Reason, Reasons};
use super::search::Cycle;
use super::store::{Action, NONE, Store};
use crate::counterexample::{Cycles, DrawnTransaction, LabelledCycle, LabelledEdge};
use crate::history::node_name;

/// Maximum number of elements of a list, and of micro-operations of a transaction, that are shown.
const SHOWN: usize = 12;
/// Maximum number of transactions that a text names one by one.
const NAMED: usize = 5;

/// What the words are taken from.
pub(super) struct Words<'a, R> {
    pub(super) store: &'a Store,
    pub(super) data: DataType,
    pub(super) reasons: &'a R,
    pub(super) nodes: &'a [String],
}

impl<R: Reasons> Words<'_, R> {
    /// A key.
    pub(super) fn key(&self, key: u32) -> String {
        self.store.names.text(self.store.keys[key as usize].code)
    }

    /// A value of a version.
    fn value(&self, version: u32) -> String {
        self.store.names.text(self.store.versions[version as usize].value)
    }

    /// The client of a transaction, and the entry that ends it.
    fn who(&self, txn: u32) -> String {
        let txn = &self.store.txns[txn as usize];
        let process = txn.process;
        let node = match txn.node {
            NONE => String::new(),
            node => format!(" at {}", node_name(node, self.nodes)),
        };
        format!("process {process}{node} (entry {})", txn.entry())
    }

    fn writer(&self, version: u32) -> String {
        self.who(self.store.versions[version as usize].writer)
    }

    fn list(&self, codes: &[i64]) -> String {
        let names: Vec<String> =
            codes.iter().rev().take(SHOWN).rev().map(|code| self.store.names.text(*code)).collect();
        let more = if codes.len() > SHOWN { "… " } else { "" };
        format!("[{more}{}]", names.join(" "))
    }

    /// What a micro-operation read.
    pub(super) fn read(&self, action: Action) -> String {
        match action {
            Action::List { .. } => self.list(self.store.elements(action)),
            Action::Value(version) => self.value(version),
            Action::Write(_) | Action::Nil => "nil".to_owned(),
        }
    }

    /// A transaction: `[append 3 1] [r 4 [1 2]]`.
    fn transaction(&self, txn: u32) -> String {
        let more = if self.store.ops(txn).len() > SHOWN { " …" } else { "" };
        format!("{}{more}", self.accesses(txn).join(" "))
    }

    /// The first micro-operations of a transaction.
    fn accesses(&self, txn: u32) -> Vec<String> {
        let shown = self.store.ops(txn).iter().take(SHOWN).map(|op| {
            let key = self.key(op.key);
            match op.action {
                Action::Write(version) => {
                    let name = if self.data == DataType::List { "append" } else { "w" };
                    format!("[{name} {key} {}]", self.value(version))
                }
                action => format!("[r {key} {}]", self.read(action)),
            }
        });
        shown.collect()
    }

    /// That no transaction writes a version.
    pub(super) fn unwritten(&self, version: u32) -> String {
        let key = self.store.versions[version as usize].key;
        format!(
            "no transaction wrote {} to key {}, which is read",
            self.value(version),
            self.key(key)
        )
    }

    /// A case of an anomaly that is no cycle.
    pub(super) fn case(&self, anomaly: super::anomaly::Anomaly, case: &Case) -> String {
        use super::anomaly::Anomaly;
        match case {
            Case::Read { txn, op, version } => {
                let read = self.store.ops(*txn)[*op as usize];
                let (who, key, value) = (self.who(*txn), self.key(read.key), self.value(*version));
                let shown = match read.action {
                    Action::List { .. } => format!(" in {}", self.read(read.action)),
                    _ => String::new(),
                };
                match anomaly {
                    Anomaly::G1a => format!(
                        "{who} reads {value} of key {key}{shown}, which {} wrote and failed",
                        self.writer(*version)
                    ),
                    Anomaly::G1b => format!(
                        "{who} reads key {key} up to {value}{shown}, though {} goes on to write \
                         it: an intermediate state",
                        self.writer(*version)
                    ),
                    Anomaly::FutureRead => {
                        format!("{who} reads {value} of key {key}{shown} before it writes it")
                    }
                    Anomaly::DuplicateElements => {
                        format!(
                            "{who} reads {value} twice in key {key}: {}",
                            self.read(read.action)
                        )
                    }
                    _ => format!("{who} reads {value} of key {key}{shown}, which nothing writes"),
                }
            }
            Case::Internal { txn, op, expected, has_unknown_prefix } => {
                let read = self.store.ops(*txn)[*op as usize];
                let (who, key, found) =
                    (self.who(*txn), self.key(read.key), self.read(read.action));
                let expected = match (self.data, has_unknown_prefix) {
                    (DataType::Register, _) => match expected.last() {
                        Some(code) => self.store.names.text(*code),
                        None => "nil".to_owned(),
                    },
                    (DataType::List, true) => {
                        format!("a list that ends in {}", self.list(expected))
                    }
                    (DataType::List, false) => self.list(expected),
                };
                format!(
                    "{who} reads key {key} as {found}; after what it has done itself, expected \
                     {expected}"
                )
            }
            Case::Order { key, chains } => self.order(*key, *chains),
            Case::DirtyUpdate { failed, committed } => format!(
                "{} appends after {}, which failed: its own append is built on one that should \
                 not be there",
                self.who(*committed),
                self.who(*failed)
            ),
            Case::LostUpdate { key, read, txns } => {
                let names: Vec<String> =
                    txns.iter().take(NAMED).map(|txn| self.who(*txn)).collect();
                let more = match txns.len() - names.len() {
                    0 => String::new(),
                    more => format!(" and {more} more"),
                };
                format!(
                    "{}{more} all read key {} as {} and then write it: all but one of these \
                     updates are lost",
                    names.join(" and "),
                    self.key(*key),
                    self.read(*read)
                )
            }
            Case::CyclicVersions { versions } => {
                let values: Vec<String> = versions.iter().map(|v| self.value(*v)).collect();
                let key = versions.first().map(|v| self.store.versions[*v as usize].key);
                format!(
                    "key {}: each of its values {} comes before the next, and the last one before \
                     the first",
                    key.map(|key| self.key(key)).unwrap_or_default(),
                    values.join(", ")
                )
            }
        }
    }

    /// Two reads that exclude each other, up to where they differ.
    fn order(&self, key: u32, chains: [u32; 2]) -> String {
        let [a, b] = chains.map(|chain| &self.store.chains[chain as usize]);
        let differs = a.elements.iter().zip(&b.elements).position(|(a, b)| a != b);
        let end = differs.map_or(usize::MAX, |place| place + 1);
        let shown = |elements: &Vec<i64>| self.list(&elements[..end.min(elements.len())]);
        format!(
            "{} reads key {} as {} first and {} as {}: neither is a prefix of the other",
            self.who(a.reader),
            self.key(key),
            shown(&a.elements),
            self.who(b.reader),
            shown(&b.elements)
        )
    }

    /// Why a transaction comes before another one; both have short names.
    fn step(&self, (from, a): (u32, &str), (to, b): (u32, &str), kind: Kind) -> String {
        let [first, second] = [from, to].map(|txn| &self.store.txns[txn as usize]);
        match (kind, self.reasons.reason(from, to, kind)) {
            (Kind::Process, _) => format!("process {} does {a} before {b}", first.process),
            (Kind::Realtime | Kind::Free, _) => format!(
                "{a} ends (entry {}, {}) before {b} begins (entry {}, {})",
                first.entry(),
                first.end,
                second.invoke,
                second.begin
            ),
            (_, None) => format!("{b} depends on {a}"),
            (kind, Some(reason)) => self.dependency(a, b, kind, &reason),
        }
    }

    fn dependency(&self, a: &str, b: &str, kind: Kind, reason: &Reason) -> String {
        let key = self.key(reason.key);
        let is_list = self.data == DataType::List;
        let version = reason.version.map(|version| self.value(version));
        let next = reason.next.map(|next| self.value(next)).unwrap_or_default();
        match (kind, version) {
            (Kind::Wr, version) => {
                let verb = if is_list { "appended" } else { "wrote" };
                let value = version.unwrap_or_default();
                format!("{b} reads {value} of key {key}, which {a} {verb}")
            }
            (Kind::Ww, version) => {
                let value = version.unwrap_or_default();
                match is_list {
                    true => format!("{b} appends {next} to key {key} after {a} appended {value}"),
                    false => format!("{b} sets key {key} to {next} after {a} set it to {value}"),
                }
            }
            (_, None) => {
                format!("{a} reads key {key} before anything is written; {b} writes {next}")
            }
            (_, Some(value)) if is_list => format!(
                "{a} reads key {key} up to {value} and does not see that {b} appends {next}"
            ),
            (_, Some(value)) => {
                format!("{a} reads {value} of key {key}, which {b} replaces by {next}")
            }
        }
    }

    /// A cycle in a sentence.
    pub(super) fn cycle(&self, cycle: &Cycle) -> String {
        let names = self.names(cycle);
        let who: Vec<String> = names
            .iter()
            .map(|(txn, name)| format!("{name} is the transaction of {}", self.who(*txn)))
            .collect();
        let steps = self.steps(cycle, &names);
        format!("{}: {}; so {} comes before itself", who.join(", "), steps.join("; "), names[0].1)
    }

    /// A transaction of a counterexample.
    pub(super) fn drawn(&self, txn: u32, name: String) -> DrawnTransaction {
        let (who, accesses) = (self.who(txn), self.accesses(txn));
        let entry = Some(self.store.txns[txn as usize].entry());
        DrawnTransaction { name, who, accesses, entry }
    }

    /// A cycle as a counterexample.
    pub(super) fn counterexample(&self, cycle: &Cycle) -> Cycles {
        let names = self.names(cycle);
        let reasons = self.steps(cycle, &names);
        let drawn = names.iter().map(|(txn, name)| self.drawn(*txn, name.clone()));
        let transactions: Vec<DrawnTransaction> = drawn.collect();
        let count = transactions.len();
        let edge = |(from, reason): (usize, String)| {
            let to = (from + 1) % count;
            LabelledEdge { from, to, label: self.label(cycle, from, to), reason }
        };
        let edges = reasons.into_iter().enumerate().map(edge).collect();
        Cycles {
            anomaly: cycle.anomaly.name().to_owned(),
            transactions,
            cycles: vec![LabelledCycle { assumption: String::new(), edges }],
            ..Cycles::default()
        }
    }

    /// The kind of an edge of a cycle, with its key.
    fn label(&self, cycle: &Cycle, from: usize, to: usize) -> String {
        let [(first, kind), (second, _)] = [cycle.steps[from], cycle.steps[to]];
        match self.reasons.reason(first, second, kind) {
            Some(reason) => format!("{} {}", kind.name(), self.key(reason.key)),
            None => kind.name().to_owned(),
        }
    }

    fn names(&self, cycle: &Cycle) -> Vec<(u32, String)> {
        (1..).zip(&cycle.steps).map(|(place, (txn, _))| (*txn, format!("T{place}"))).collect()
    }

    fn steps(&self, cycle: &Cycle, names: &[(u32, String)]) -> Vec<String> {
        let count = names.len();
        let step = |place: usize| {
            let [(from, a), (to, b)] = [&names[place], &names[(place + 1) % count]];
            self.step((*from, a), (*to, b), cycle.steps[place].1)
        };
        (0..count).map(step).collect()
    }

    /// A cycle as lines: the transactions, one below the other, with the edges between them on the
    /// left.
    pub(super) fn drawing(&self, cycle: &Cycle) -> Vec<String> {
        let names = self.names(cycle);
        let steps = self.steps(cycle, &names);
        let mut lines = vec![format!("{}:", cycle.anomaly.name())];
        for (place, ((txn, name), step)) in names.iter().zip(&steps).enumerate() {
            let corner = if place == 0 { "┌─►" } else { "│  " };
            let (who, ops) = (self.who(*txn), self.transaction(*txn));
            lines.push(format!("{corner} {name}  {who}: {ops}"));
            let kind = cycle.steps[place].1.name();
            if place + 1 < names.len() {
                lines.push(format!("│    │ {kind}: {step}"));
                lines.push("│    ▼".to_owned());
            } else {
                lines.push(format!("└────┘ {kind}: {step}"));
            }
        }
        lines
    }
}
