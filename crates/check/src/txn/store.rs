//! Transactions in compact form: keys and values as dense numbers, and reads of lists as prefixes
//! of a few *chains*, so that what the same elements were read a thousand times takes no more room.

use std::collections::BTreeSet;

use super::names::{CodeMap, Names, is_plain};
use crate::engine::time::Instant;
use crate::history::EntryKind;

/// No transaction, entry, node or chain.
pub(super) const NONE: u32 = u32::MAX;
/// Number of chains of a key that a read is compared with. Where a key has more, a read may repeat
/// one of them.
const CHAINS_TRIED: usize = 4;

/// All transactions of a history.
#[derive(Debug, Default)]
pub(super) struct Store {
    pub(super) names: Names,
    pub(super) keys: Vec<Key>,
    /// What is written to keys, or read of them.
    pub(super) versions: Vec<Version>,
    pub(super) chains: Vec<Chain>,
    /// In the order of their invocations.
    pub(super) txns: Vec<Transaction>,
    pub(super) micro_ops: Vec<MicroOp>,
    key_numbers: CodeMap,
    scratch: Vec<i64>,
}

/// A key.
#[derive(Debug)]
pub(super) struct Key {
    pub(super) code: i64,
    /// Its versions by the codes of their values.
    versions: CodeMap,
    /// Its chains, in the order of their first reads.
    pub(super) chains: Vec<u32>,
}

/// A value of a key.
#[derive(Clone, Copy, Debug)]
pub(super) struct Version {
    pub(super) key: u32,
    /// Whether its writer writes the key again.
    pub(super) is_intermediate: bool,
    pub(super) value: i64,
    /// The transaction that writes it, or [`NONE`].
    pub(super) writer: u32,
}

/// A list that was read of a key; others are its prefixes.
#[derive(Debug)]
pub(super) struct Chain {
    /// Codes of its elements.
    pub(super) elements: Vec<i64>,
    /// The transaction that read all of it.
    pub(super) reader: u32,
}

/// A transaction.
#[derive(Clone, Copy, Debug)]
pub(super) struct Transaction {
    pub(super) process: u64,
    pub(super) begin: Instant,
    pub(super) end: Instant,
    /// Entries of the history that begin and end it; [`NONE`] if it has no end.
    pub(super) invoke: u32,
    pub(super) completion: u32,
    /// Its micro-operations.
    pub(super) first: u32,
    pub(super) count: u32,
    /// The node that its client talks to, or [`NONE`].
    pub(super) node: u32,
    pub(super) outcome: EntryKind,
}

/// A micro-operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct MicroOp {
    pub(super) key: u32,
    pub(super) action: Action,
}

/// What a micro-operation does to its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    /// Appends an element, or writes a value: makes a version.
    Write(u32),
    /// Reads nothing: no answer, or the initial state.
    Nil,
    /// Reads the first elements of a chain; of the empty list no chain is meant.
    List { chain: u32, len: u32 },
    /// Reads the value of a register.
    Value(u32),
}

impl Transaction {
    /// Whether it may have taken place.
    pub(super) fn is_possible(&self) -> bool {
        self.outcome != EntryKind::Fail
    }

    /// Whether it is known to have taken place.
    pub(super) fn is_ok(&self) -> bool {
        self.outcome == EntryKind::Ok
    }

    /// The entry that ends it, or begins it if it has no end.
    pub(super) fn entry(&self) -> usize {
        if self.completion == NONE { self.invoke as usize } else { self.completion as usize }
    }
}

impl Store {
    /// Returns the number of the key with a code, which is new if there was none.
    #[inline]
    pub(super) fn key(&mut self, code: i64) -> u32 {
        if let Some(key) = self.key_numbers.get(code) {
            return key;
        }
        let key = self.keys.len() as u32;
        self.key_numbers.insert(code, key);
        self.keys.push(Key { code, versions: CodeMap::default(), chains: Vec::new() });
        key
    }

    /// Returns the version of a key with a value, which is new if there was none.
    #[inline]
    pub(super) fn version(&mut self, key: u32, value: i64) -> u32 {
        let versions = &mut self.keys[key as usize].versions;
        if let Some(version) = versions.get(value) {
            return version;
        }
        let version = self.versions.len() as u32;
        versions.insert(value, version);
        self.versions.push(Version { key, is_intermediate: false, value, writer: NONE });
        version
    }

    /// Returns the read of a list by a transaction.
    pub(super) fn read_list(
        &mut self,
        key: u32,
        elements: impl Iterator<Item = i64>,
        reader: u32,
    ) -> Action {
        let mut list = std::mem::take(&mut self.scratch);
        list.clear();
        list.extend(elements);
        if !list.iter().all(|element| is_plain(*element)) {
            list.iter_mut().for_each(|element| *element = self.names.int(*element));
        }
        let action = self.read_codes(key, &list, reader);
        self.scratch = list;
        action
    }

    /// Returns the read of a list whose elements have these codes.
    pub(super) fn read_codes(&mut self, key: u32, list: &[i64], reader: u32) -> Action {
        let len = list.len() as u32;
        if list.is_empty() {
            return Action::List { chain: NONE, len };
        }
        let of_key = &mut self.keys[key as usize].chains;
        for number in of_key.iter().rev().take(CHAINS_TRIED) {
            let chain = &mut self.chains[*number as usize];
            let common = chain.elements.len().min(list.len());
            if chain.elements[..common] != list[..common] {
                continue;
            }
            if list.len() > common {
                chain.elements.extend_from_slice(&list[common..]);
                chain.reader = reader;
            }
            return Action::List { chain: *number, len };
        }
        let number = self.chains.len() as u32;
        of_key.push(number);
        self.chains.push(Chain { elements: list.to_vec(), reader });
        Action::List { chain: number, len }
    }

    /// Returns the micro-operations of a transaction.
    pub(super) fn ops(&self, txn: u32) -> &[MicroOp] {
        let Transaction { first, count, .. } = self.txns[txn as usize];
        &self.micro_ops[first as usize..(first + count) as usize]
    }

    /// Returns the codes of the elements that a read returned; none for anything else.
    pub(super) fn elements(&self, action: Action) -> &[i64] {
        match action {
            Action::List { chain, len } if chain != NONE => {
                &self.chains[chain as usize].elements[..len as usize]
            }
            _ => &[],
        }
    }

    /// Whether any process has done more than one transaction.
    pub(super) fn has_process_order(&self) -> bool {
        let mut processes = BTreeSet::new();
        self.txns.iter().filter(|txn| txn.is_ok()).any(|txn| !processes.insert(txn.process))
    }

    /// Returns the outcome of the transaction that writes a version.
    pub(super) fn outcome(&self, version: u32) -> Option<EntryKind> {
        let writer = self.versions[version as usize].writer;
        self.txns.get(writer as usize).map(|txn| txn.outcome)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_are_prefixes_of_few_chains() {
        let mut store = Store::default();
        let key = store.key(7);
        let mut read = |list: &[i64]| store.read_list(key, list.iter().copied(), 0);
        let first = read(&[1, 2]);
        assert_eq!(read(&[1]), Action::List { chain: 0, len: 1 });
        assert_eq!(read(&[1, 2, 3]), Action::List { chain: 0, len: 3 });
        assert_eq!(first, Action::List { chain: 0, len: 2 });
        assert_eq!(read(&[1, 3]), Action::List { chain: 1, len: 2 });
        assert_eq!(read(&[]), Action::List { chain: NONE, len: 0 });
        assert_eq!(read(&[1, 2, 3, i64::MAX]), Action::List { chain: 0, len: 4 });
        assert_eq!(store.elements(first), [1, 2]);
        let last = *store.chains[0].elements.last().expect("an element");
        assert_eq!(store.names.text(last), i64::MAX.to_string());
    }
}
