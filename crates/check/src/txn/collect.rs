//! The first pass: pairs the entries of a history, an entry at a time, and stores their
//! transactions in compact form.

use std::collections::BTreeMap;

use serde_json::Value;

use super::options::DataType;
use super::store::{Action, MicroOp, NONE, Store, Transaction};
use crate::edn::Edn;
use crate::engine::time::Instant;
use crate::history::{EntryKind, F, Op, OpValue, Process, TxnOp, TxnRead};
use crate::history_rule::HistoryRule;
use crate::history_verdict::Finding;
use crate::pairing::Pairing;

/// Maximum number of findings of malformed values that are kept.
const KEPT: usize = 5;
/// Maximum number of characters of a value in a message.
const SHOWN: usize = 60;

/// The transactions of a history so far.
#[derive(Debug)]
pub(super) struct Collector {
    pub(super) data: DataType,
    pub(super) store: Store,
    /// Number of entries so far.
    pub(super) entries: usize,
    /// Entries that no client of the workload leaves, those kept and their number.
    pub(super) malformed: Vec<Finding>,
    pub(super) malformed_count: u64,
    /// Whether the history cannot be checked: its entries are not paired, or values are unreadable.
    pub(super) is_sound: bool,
    /// The first entry that begins something else than a transaction, and the problem.
    pub(super) foreign: Option<(usize, String)>,
    /// A version that two transactions write, with the entries that begin them.
    pub(super) repeated: Option<(u32, [usize; 2])>,
    pairing: Pairing,
    /// Micro-operations of pending transactions, by process.
    pending: BTreeMap<u64, (u32, Vec<MicroOp>)>,
    /// Emptied lists.
    spare: Vec<Vec<MicroOp>>,
    /// The last transaction that wrote a key, and its version.
    last_write: Vec<(u32, u32)>,
}

impl Collector {
    pub(super) fn new(data: DataType) -> Collector {
        Collector {
            data,
            store: Store::default(),
            entries: 0,
            malformed: Vec::new(),
            malformed_count: 0,
            is_sound: true,
            foreign: None,
            repeated: None,
            pairing: Pairing::default(),
            pending: BTreeMap::new(),
            spare: Vec::new(),
            last_write: Vec::new(),
        }
    }

    /// Adds the next entry of the history.
    pub(super) fn entry(&mut self, op: &Op) {
        let index = self.entries;
        self.entries += 1;
        let Process::Client(process) = op.process else { return };
        if op.f != F::Txn || (!self.is_sound && self.malformed_count > KEPT as u64) {
            return;
        }
        let done = match op.kind {
            EntryKind::Invoke => self.begin(process, index, op),
            _ => self.complete(process, index, op),
        };
        if let Err(finding) = done {
            self.is_sound = false;
            let is_foreign = op.kind == EntryKind::Invoke && self.foreign.is_none();
            if is_foreign && finding.rule == HistoryRule::MalformedValue {
                self.foreign = Some((index, finding.message.clone()));
            }
            self.note(finding);
        }
    }

    fn note(&mut self, finding: Finding) {
        self.malformed_count += 1;
        if self.malformed.len() < KEPT {
            self.malformed.push(finding);
        }
    }

    fn begin(&mut self, process: u64, index: usize, op: &Op) -> Result<(), Finding> {
        let txn = self.store.txns.len() as u32;
        self.pairing.begin(process, index, &op.f, txn as usize)?;
        // It has a place even if it cannot be read: its completion follows.
        self.store.txns.push(Transaction {
            process,
            begin: op.time,
            end: Instant::MAX,
            invoke: index as u32,
            completion: NONE,
            first: 0,
            count: 0,
            node: op.node.unwrap_or(NONE),
            outcome: EntryKind::Info,
        });
        let mut ops = self.spare.pop().unwrap_or_default();
        self.parse(op, txn, &mut ops).map_err(|expected| unreadable(index, op, expected))?;
        for MicroOp { action, .. } in &ops {
            let Action::Write(version) = *action else { continue };
            let writer = &mut self.store.versions[version as usize].writer;
            if *writer == NONE {
                *writer = txn;
            } else if self.repeated.is_none() {
                let first =
                    self.store.txns.get(*writer as usize).map_or(index as u32, |t| t.invoke);
                self.repeated = Some((version, [first as usize, index]));
            }
        }
        self.pending.insert(process, (txn, ops));
        Ok(())
    }

    fn complete(&mut self, process: u64, index: usize, op: &Op) -> Result<(), Finding> {
        let txn = self.pairing.complete(process, index, &op.f, op.kind)?;
        let (_, begun) = self.pending.remove(&process).unwrap_or_default();
        let mut ended = self.spare.pop().unwrap_or_default();
        let has_value = op.kind == EntryKind::Ok || op.value != OpValue::Nil;
        if has_value {
            let parsed = self.parse(op, txn as u32, &mut ended);
            parsed.map_err(|expected| unreadable(index, op, expected))?;
        } else {
            ended.extend_from_slice(&begun);
        }
        let transaction = &mut self.store.txns[txn];
        transaction.completion = index as u32;
        transaction.end = op.time;
        transaction.outcome = op.kind;
        if transaction.node == NONE {
            transaction.node = op.node.unwrap_or(NONE);
        }
        let invoke = transaction.invoke as usize;
        self.keep(txn as u32, &ended);
        if op.kind == EntryKind::Ok && !ends_as_begun(&begun, &ended) {
            let message = format!("process {process} ends another transaction than it has begun");
            let rule = HistoryRule::MalformedHistory;
            self.note(Finding::new(rule, message, vec![invoke, index]));
        }
        self.recycle(begun);
        self.recycle(ended);
        Ok(())
    }

    fn recycle(&mut self, mut ops: Vec<MicroOp>) {
        ops.clear();
        self.spare.push(ops);
    }

    /// Stores the micro-operations of a transaction.
    fn keep(&mut self, txn: u32, ops: &[MicroOp]) {
        let Store { txns, micro_ops, versions, keys, .. } = &mut self.store;
        let transaction = &mut txns[txn as usize];
        transaction.first = micro_ops.len() as u32;
        transaction.count = ops.len() as u32;
        micro_ops.extend_from_slice(ops);
        self.last_write.resize(keys.len(), (NONE, NONE));
        for op in ops {
            let Action::Write(version) = op.action else { continue };
            if versions[version as usize].writer == NONE {
                versions[version as usize].writer = txn;
            }
            let (by, before) = &mut self.last_write[op.key as usize];
            if *by == txn {
                versions[*before as usize].is_intermediate = true;
            }
            (*by, *before) = (txn, version);
        }
    }

    /// Ends the history: transactions without a completion may have taken place.
    pub(super) fn finish(&mut self) {
        for (txn, ops) in std::mem::take(&mut self.pending).into_values() {
            self.keep(txn, &ops);
        }
    }

    /// Appends the micro-operations of an entry to a list. The error says what was expected.
    fn parse(&mut self, op: &Op, txn: u32, out: &mut Vec<MicroOp>) -> Result<(), &'static str> {
        // What a failed transaction has read is as if it had not.
        let reads = matches!(op.kind, EntryKind::Ok | EntryKind::Info);
        match &op.value {
            OpValue::Txn(ops) => {
                for op in ops {
                    out.push(self.compact(op, txn, reads)?);
                }
                Ok(())
            }
            OpValue::Json(Value::Array(items)) => {
                for item in items {
                    out.push(self.json(item, txn, reads)?);
                }
                Ok(())
            }
            OpValue::Ints(list) if list.is_empty() => Ok(()),
            _ => Err(self.data.expected()),
        }
    }

    fn compact(&mut self, op: &TxnOp, txn: u32, reads: bool) -> Result<MicroOp, &'static str> {
        let code = self.store.names.int(op.key());
        let key = self.store.key(code);
        let action = match (op, self.data) {
            (TxnOp::Append { element: value, .. }, DataType::List)
            | (TxnOp::Write { value, .. }, DataType::Register) => {
                let value = self.store.names.int(*value);
                Action::Write(self.store.version(key, value))
            }
            (TxnOp::Read { value: TxnRead::Nil, .. }, _) => Action::Nil,
            (TxnOp::Read { .. }, _) if !reads => Action::Nil,
            (TxnOp::Read { value: TxnRead::List(list), .. }, DataType::List) => {
                self.store.read_list(key, list.iter(), txn)
            }
            (TxnOp::Read { value: TxnRead::Int(value), .. }, DataType::Register) => {
                let value = self.store.names.int(*value);
                Action::Value(self.store.version(key, value))
            }
            (TxnOp::Read { value: TxnRead::List(list), .. }, DataType::Register) => {
                let value = self.store.names.value(&Value::from(list.to_vec()));
                Action::Value(self.store.version(key, value))
            }
            _ => return Err(self.data.expected()),
        };
        Ok(MicroOp { key, action })
    }

    fn json(&mut self, item: &Value, txn: u32, reads: bool) -> Result<MicroOp, &'static str> {
        let expected = self.data.expected();
        let parts = item.as_array().ok_or(expected)?;
        let (name, key, value) = match parts.as_slice() {
            [name, key, value] => (name, key, value),
            [name, key] if name == "r" => (name, key, &Value::Null),
            _ => return Err(expected),
        };
        let code = self.store.names.value(key);
        let key = self.store.key(code);
        let action = match (name.as_str(), self.data, value) {
            (Some("append"), DataType::List, value) | (Some("w"), DataType::Register, value)
                if !value.is_null() =>
            {
                let value = self.store.names.value(value);
                Action::Write(self.store.version(key, value))
            }
            (Some("r"), _, Value::Null) => Action::Nil,
            (Some("r"), _, _) if !reads => Action::Nil,
            (Some("r"), DataType::List, Value::Array(items)) => {
                let list: Vec<i64> = items.iter().map(|e| self.store.names.value(e)).collect();
                self.store.read_codes(key, &list, txn)
            }
            (Some("r"), DataType::Register, value) => {
                let value = self.store.names.value(value);
                Action::Value(self.store.version(key, value))
            }
            _ => return Err(expected),
        };
        Ok(MicroOp { key, action })
    }
}

/// Whether a transaction ends with the micro-operations with which it began.
fn ends_as_begun(begun: &[MicroOp], ended: &[MicroOp]) -> bool {
    let is_same = |(begun, ended): (&MicroOp, &MicroOp)| {
        begun.key == ended.key
            && match (begun.action, ended.action) {
                (Action::Write(begun), Action::Write(ended)) => begun == ended,
                (Action::Write(_), _) | (_, Action::Write(_)) => false,
                _ => true,
            }
    };
    begun.len() == ended.len() && begun.iter().zip(ended).all(is_same)
}

fn unreadable(index: usize, op: &Op, expected: &str) -> Finding {
    let Process::Client(process) = op.process else { unreachable!("an entry of a client") };
    let value = Edn::json(&op.value.to_edn());
    let shown = match value.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &value[..end]),
        None => value,
    };
    let (f, kind) = (op.f.name(), op.kind.name());
    let message = format!("process {process}: {kind} {f}: expected {expected}, found {shown}");
    Finding::new(HistoryRule::MalformedValue, message, vec![index])
}
