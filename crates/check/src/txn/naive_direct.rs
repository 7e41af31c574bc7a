//! For tests: the anomalies that single reads or pairs of them show, by definitions that are
//! plainly right, and slow.

use std::collections::BTreeMap;

use super::DataType;
use super::anomaly::Anomaly;
use super::naive::{Naive, State, written};
use crate::history::EntryKind;

impl Naive {
    /// The anomalies that are no cycles, and how many there are of each.
    pub(super) fn direct(&self) -> BTreeMap<Anomaly, u64> {
        let mut found: BTreeMap<Anomaly, u64> = BTreeMap::new();
        let mut add = |anomaly: Anomaly, count: usize| {
            if count > 0 {
                *found.entry(anomaly).or_default() += count as u64;
            }
        };
        for txn in self.all() {
            let reads = self.reads(txn);
            if self.data == DataType::List {
                let has_twice = |list: &State| {
                    list.iter().enumerate().any(|(place, e)| list[..place].contains(e))
                };
                let repeated = reads.iter().filter(|(_, _, list)| has_twice(list)).count();
                add(Anomaly::DuplicateElements, repeated);
            }
            if !self.is_ok(txn) {
                continue;
            }
            for (_, key, state) in &reads {
                let outcome =
                    |value: &&i64| self.writer(*key, **value).map(|w| self.txns[w].outcome);
                let garbage = state.iter().filter(|value| outcome(value).is_none()).count();
                add(Anomaly::GarbageRead, garbage);
                let failed =
                    state.iter().filter(|value| outcome(value) == Some(EntryKind::Fail)).count();
                add(Anomaly::G1a, failed);
                let last = state.last().filter(|last| self.is_intermediate(*key, **last));
                add(
                    Anomaly::G1b,
                    usize::from(last.is_some_and(|l| self.writer(*key, *l) != Some(txn))),
                );
            }
            let (internal, own) = self.internal(txn);
            add(Anomaly::Internal, usize::from(internal));
            add(Anomaly::InternalOwnWrite, usize::from(own));
            add(Anomaly::FutureRead, self.future_reads(txn));
        }
        add(Anomaly::LostUpdate, self.lost_updates());
        match self.data {
            DataType::List => {
                let longest = self.longest_reads();
                let several = longest.values().filter(|reads| reads.len() > 1).count();
                add(Anomaly::IncompatibleOrder, several);
                add(Anomaly::DirtyUpdate, self.dirty_updates());
            }
            DataType::Register => {
                let circles = |key| self.circles(key);
                add(Anomaly::CyclicVersions, (0..10).map(circles).sum());
            }
        }
        found
    }

    /// Number of circles of versions.
    fn circles(&self, key: i64) -> usize {
        let (before, mut left) = (self.known_pairs(key), self.circular(key));
        let mut count = 0;
        while let Some(start) = left.pop_first() {
            count += 1;
            let mut at = before[&start];
            while left.remove(&at) {
                at = before[&at];
            }
        }
        count
    }

    /// Whether a transaction contradicts its earlier reads, and its own writes.
    fn internal(&self, txn: usize) -> (bool, bool) {
        let (mut internal, mut own_write) = (false, false);
        let reads = self.reads(txn);
        for (at, (place, key, state)) in reads.iter().enumerate() {
            let before = reads[..at].iter().rev().find(|(_, k, _)| k == key);
            let from = before.map_or(0, |(place, _, _)| place + 1);
            let own: Vec<i64> = self.txns[txn].ops[from..*place]
                .iter()
                .filter_map(written)
                .filter(|(k, _)| k == key)
                .map(|(_, value)| value)
                .collect();
            let base = before.map(|(_, _, state)| state);
            let (sees_own, fits) = match self.data {
                DataType::List => {
                    let sees_own = state.ends_with(&own);
                    let rest = &state[..state.len() - own.len().min(state.len())];
                    (sees_own, base.is_none_or(|base| base == rest))
                }
                DataType::Register => match own.last() {
                    Some(own) => (state == &[*own], true),
                    None => (true, base.is_none_or(|base| base == state)),
                },
            };
            own_write |= !sees_own;
            internal |= sees_own && !fits;
        }
        (internal, own_write)
    }

    /// Number of reads of what the transaction writes later: of lists it is whether there is one.
    fn future_reads(&self, txn: usize) -> usize {
        let writes_later = |place: usize, key: i64, value: i64| {
            let later = self.txns[txn].ops[place..].iter().filter_map(written);
            later.into_iter().any(|write| write == (key, value))
        };
        let reads = self.reads(txn);
        let future = |(place, key, state): &&(usize, i64, State)| {
            state.iter().any(|value| writes_later(*place, *key, *value))
        };
        let count = reads.iter().filter(future).count();
        if self.data == DataType::List { count.min(1) } else { count }
    }

    /// Number of states that several transactions read first of a key and then write the key.
    fn lost_updates(&self) -> usize {
        let mut groups: BTreeMap<(i64, State), usize> = BTreeMap::new();
        for txn in self.all().filter(|txn| self.is_ok(*txn)) {
            for key in 0..10 {
                let reads = self.reads(txn);
                let Some((place, _, state)) = reads.iter().find(|(_, k, _)| *k == key) else {
                    continue;
                };
                let mut later = self.txns[txn].ops[*place..].iter().filter_map(written);
                if later.any(|(k, _)| k == key) {
                    *groups.entry((key, state.clone())).or_default() += 1;
                }
            }
        }
        groups.values().filter(|count| **count > 1).count()
    }

    fn dirty_updates(&self) -> usize {
        let mut count = 0;
        for (key, order) in self.orders() {
            let mut is_dirty = false;
            for element in order {
                let outcome = self.writer(key, element).map(|writer| self.txns[writer].outcome);
                match outcome {
                    Some(EntryKind::Fail) => is_dirty = true,
                    Some(EntryKind::Ok) => count += usize::from(std::mem::take(&mut is_dirty)),
                    _ => {}
                }
            }
        }
        count
    }
}
