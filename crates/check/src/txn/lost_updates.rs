//! Lost updates: committed transactions that read the same state of a key and then write the key.
//! All but one of them lose an update, in whichever order the writes come.

use std::collections::BTreeMap;

use super::anomaly::Anomaly;
use super::cases::{Case, Cases};
use super::store::{Action, MicroOp, NONE, Store};

/// Number of lists with the same last element with which another one is compared.
const GROUPS_TRIED: usize = 16;

/// The transactions that read and write each version.
#[derive(Debug)]
pub(super) struct LostUpdates {
    /// Of each version, and then of the initial state of each key: the first transaction that reads
    /// it and writes the key, or [`NONE`].
    first: Vec<u32>,
    /// Where there are several, all of them.
    several: BTreeMap<u32, Vec<u32>>,
    versions: u32,
    /// Of each key, the transaction that it has last seen, and what that has read first.
    states: Vec<(u32, Progress)>,
}

/// What a transaction has done to a key so far.
#[derive(Clone, Copy, Debug)]
enum Progress {
    Nothing,
    /// Its first read, by the place in [`LostUpdates::first`].
    Read(u32),
    /// It has been noted.
    Done,
}

impl LostUpdates {
    pub(super) fn new(store: &Store) -> LostUpdates {
        LostUpdates {
            first: vec![NONE; store.versions.len() + store.keys.len()],
            several: BTreeMap::new(),
            versions: store.versions.len() as u32,
            states: vec![(NONE, Progress::Nothing); store.keys.len()],
        }
    }

    /// Adds a committed transaction. `read` is the version that a read returned; `None` is the
    /// initial state.
    pub(super) fn transaction(
        &mut self,
        txn: u32,
        ops: &[MicroOp],
        read: impl Fn(Action) -> Option<u32>,
    ) {
        for op in ops {
            let (by, progress) = &mut self.states[op.key as usize];
            if *by != txn {
                (*by, *progress) = (txn, Progress::Nothing);
            }
            match (op.action, *progress) {
                (Action::Write(_), Progress::Read(place)) => {
                    *progress = Progress::Done;
                    self.note(place, txn);
                }
                (Action::Write(_), _) | (_, Progress::Read(_) | Progress::Done) => {}
                (action, Progress::Nothing) => {
                    let place = read(action).unwrap_or(self.versions + op.key);
                    *progress = Progress::Read(place);
                }
            }
        }
    }

    fn note(&mut self, place: u32, txn: u32) {
        let first = &mut self.first[place as usize];
        if *first == NONE {
            *first = txn;
            return;
        }
        self.several.entry(place).or_insert_with(|| vec![*first]).push(txn);
    }

    /// Reports the groups that have several transactions.
    pub(super) fn report(&self, store: &Store, cases: &mut Cases) {
        for (place, txns) in &self.several {
            let key = match place.checked_sub(self.versions) {
                Some(key) => key,
                None => store.versions[*place as usize].key,
            };
            let first_read = |txn: &u32| {
                let of_key =
                    |op: &&MicroOp| op.key == key && !matches!(op.action, Action::Write(_));
                store.ops(*txn).iter().find(of_key).map_or(Action::Nil, |op| op.action)
            };
            // Lists with the same last element may still differ.
            let mut groups: Vec<(Action, Vec<u32>)> = Vec::new();
            for txn in txns {
                let read = first_read(txn);
                let is_same = |group: &&mut (Action, Vec<u32>)| {
                    store.elements(group.0) == store.elements(read)
                };
                match groups.iter_mut().rev().take(GROUPS_TRIED).find(is_same) {
                    Some((_, group)) => group.push(*txn),
                    None => groups.push((read, vec![*txn])),
                }
            }
            for (read, txns) in groups.into_iter().filter(|(_, txns)| txns.len() > 1) {
                cases.add(Anomaly::LostUpdate, || Case::LostUpdate { key, read, txns });
            }
        }
    }
}
