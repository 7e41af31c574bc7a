//! Transactions as entries of a history, for result maps.

use super::options::DataType;
use super::store::{Action, NONE, Store};
use crate::edn::Edn;
use crate::history::{EntryKind, node_name};

/// Maximum number of elements of a transaction that is shown whole.
const ELEMENTS_MAX: usize = 512;

/// Entries, keys and values as trees.
pub(super) struct OpsEdn<'a> {
    pub(super) store: &'a Store,
    pub(super) data: DataType,
    pub(super) nodes: &'a [String],
}

impl OpsEdn<'_> {
    /// A key.
    pub(super) fn key(&self, key: u32) -> Edn {
        self.store.names.edn(self.store.keys[key as usize].code)
    }

    /// The value of a version.
    pub(super) fn value(&self, version: u32) -> Edn {
        self.store.names.edn(self.store.versions[version as usize].value)
    }

    /// A list of values.
    pub(super) fn list(&self, codes: &[i64]) -> Edn {
        Edn::Vector(codes.iter().map(|code| self.store.names.edn(*code)).collect())
    }

    /// What a micro-operation read.
    pub(super) fn read(&self, action: Action) -> Edn {
        match action {
            Action::List { .. } => self.list(self.store.elements(action)),
            Action::Value(version) => self.value(version),
            Action::Write(_) | Action::Nil => Edn::Nil,
        }
    }

    /// A micro-operation of a transaction.
    pub(super) fn micro_op(&self, txn: u32, place: u32) -> Edn {
        let op = self.store.ops(txn)[place as usize];
        let (name, value) = match (op.action, self.data) {
            (Action::Write(version), DataType::List) => ("append", self.value(version)),
            (Action::Write(version), DataType::Register) => ("w", self.value(version)),
            (action, _) => ("r", self.read(action)),
        };
        Edn::Vector(vec![Edn::keyword(name), self.key(op.key), value])
    }

    /// The entry that ends a transaction; of a large one all but its value.
    pub(super) fn op(&self, number: u32) -> Edn {
        let Some(txn) = self.store.txns.get(number as usize) else { return Edn::Nil };
        let elements = |op: &super::store::MicroOp| self.store.elements(op.action).len() + 1;
        let size: usize = self.store.ops(number).iter().map(elements).sum();
        let value = match size <= ELEMENTS_MAX {
            true => Edn::Vector((0..txn.count).map(|place| self.micro_op(number, place)).collect()),
            false => Edn::Nil,
        };
        let (kind, time) = match txn.completion {
            NONE => (EntryKind::Invoke, txn.begin),
            _ => (txn.outcome, txn.end),
        };
        let mut entries = vec![
            ("index", Edn::count(txn.entry())),
            ("time", Edn::whole(i128::from(time.as_ns()))),
            ("type", Edn::keyword(kind.name())),
            ("process", Edn::whole(i128::from(txn.process))),
            ("f", Edn::keyword("txn")),
            ("value", value),
        ];
        if txn.node != NONE {
            entries.push(("node", Edn::text(node_name(txn.node, self.nodes))));
        }
        Edn::Map(entries.into_iter().map(|(key, value)| (Edn::keyword(key), value)).collect())
    }
}
