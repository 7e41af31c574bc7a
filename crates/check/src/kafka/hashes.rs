//! A second verdict on logs, by other means: hashes of what consumers read against hashes of logs.
//!
//! A consumer that reads a log in its order, without a gap and each message once, has read a piece
//! of it from one index to another. So it is enough to keep of each consumer and key a few numbers
//! ([`Session`]): how many messages it has read, the lowest and the highest offset, sums of hashes,
//! and a hash that depends on the order. The log has the same of each of its beginnings, and the
//! difference of two of them is what the piece between must have. Only where these differ the
//! consumer's reads are gone through once more, to see what is wrong:
//!
//! - *changed*: an offset has two messages, or a message two offsets;
//! - *repeated*: a consumer reads a message twice;
//! - *reordered*: it reads a message after one that is behind it;
//! - *skipped*: it reads none between two others, or none before its first one though it begins at
//!   the beginning;
//! - *lost*: no consumer reads an acknowledged message, and one reads a message behind it.
//!
//! Only ok operations count. Nothing here is shared with the first verdict but how values are read.
//! Of a key that is changed nothing else is said, since its log has no order.

use std::collections::{BTreeMap, BTreeSet};

use super::hashed_logs::{HashedLog, Hashes, hash_of};
use super::keys::Keys;
use super::micro_ops::{MicroOp, for_each_key, micro_ops};
use crate::history::{EntryKind, F, Op};
use crate::operations::{Operation, Operations};

/// What is wrong with the log of a key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LogDifferences {
    /// An acknowledged message is in no poll, and one behind it is.
    pub lost: bool,
    /// A consumer leaves out messages.
    pub skipped: bool,
    /// A consumer reads messages in another order than that of the log.
    pub reordered: bool,
    /// A consumer reads a message twice.
    pub repeated: bool,
    /// An offset has two messages, or a message two offsets.
    pub changed: bool,
}

/// What a consumer has read of a key since it began.
#[derive(Clone, Copy, Debug)]
struct Session {
    /// The first entry that belongs to it.
    since: usize,
    /// Whether it began at the beginning of the log.
    is_from_beginning: bool,
    /// Lowest and highest offset.
    lowest: i64,
    highest: i64,
    hashes: Hashes,
}

/// A session that does not fit its log.
#[derive(Clone, Copy, Debug)]
struct Misfit {
    process: u64,
    key: u32,
    /// Its first entry, and the one after its last.
    entries: (usize, usize),
    is_from_beginning: bool,
}

/// Compares what consumers read with the logs, key by key. Keys that are fine are not in it.
pub fn hash_verdict(ops: &Operations<'_>) -> BTreeMap<String, LogDifferences> {
    let mut keys = Keys::default();
    let logs = HashedLog::all(ops, &mut keys);
    let mut sessions = Sessions {
        keys: &keys,
        logs: &logs,
        open: BTreeMap::new(),
        covered: vec![Vec::new(); keys.len()],
        misfits: Vec::new(),
    };
    for (index, op) in ops.history.iter().enumerate() {
        if let (Some(operation), true) = (ops.at(index), op.kind != EntryKind::Invoke) {
            sessions.end(index, op, operation);
        }
    }
    sessions.close_all(ops.history.len());
    let Sessions { mut covered, misfits, .. } = sessions;
    let mut verdict = vec![LogDifferences::default(); keys.len()];
    let indices = indices(ops, &keys, &logs, &misfits);
    for (misfit, indices) in misfits.iter().zip(indices) {
        let of_key = &mut verdict[misfit.key as usize];
        of_key.note(&indices, misfit.is_from_beginning);
        covered[misfit.key as usize].extend(indices.iter().map(|index| (*index, index + 1)));
    }
    for ((log, of_key), covered) in logs.iter().zip(&mut verdict).zip(covered) {
        of_key.lost = log.is_lost(covered);
        if log.is_changed {
            *of_key = LogDifferences { changed: true, ..LogDifferences::default() };
        }
    }
    let named = (0..).zip(verdict).map(|(key, of_key)| (keys.name(key).to_owned(), of_key));
    named.filter(|(_, of_key)| *of_key != LogDifferences::default()).collect()
}

impl LogDifferences {
    /// Notes what is wrong with the indices that a consumer reads.
    fn note(&mut self, indices: &[usize], is_from_beginning: bool) {
        let mut seen = BTreeSet::new();
        for index in indices {
            let is_behind = seen.last().is_some_and(|last| last > index);
            if !seen.insert(*index) {
                self.repeated = true;
            } else if is_behind {
                self.reordered = true;
            }
        }
        let (Some(first), Some(last)) = (seen.first(), seen.last()) else { return };
        let starts_late = is_from_beginning && indices.first().is_some_and(|index| *index > 0);
        self.skipped |= last - first + 1 > seen.len() || starts_late;
    }
}

/// The sessions of all consumers, as the entries of a history pass.
struct Sessions<'a> {
    keys: &'a Keys,
    logs: &'a [HashedLog],
    open: BTreeMap<u64, BTreeMap<u32, Session>>,
    /// Pieces of each log that some consumer has read in order: first index, and after the last.
    covered: Vec<Vec<(usize, usize)>>,
    misfits: Vec<Misfit>,
}

impl Sessions<'_> {
    fn end(&mut self, index: usize, op: &Op, operation: &Operation) {
        let process = operation.process;
        match (&op.f, op.kind) {
            (F::Poll | F::Txn, EntryKind::Ok) => self.poll(index, process, op),
            (F::Assign | F::Subscribe, EntryKind::Ok) => self.assign(index, process, op),
            _ => {}
        }
        if op.kind == EntryKind::Info {
            for (key, session) in self.open.remove(&process).unwrap_or_default() {
                self.close(process, key, session, index);
            }
        }
    }

    fn poll(&mut self, index: usize, process: u64, op: &Op) {
        let open = self.open.entry(process).or_default();
        for micro_op in micro_ops(&op.value) {
            let MicroOp::Poll(reads) = micro_op else { continue };
            reads.for_each(|key, messages| {
                let Some(key) = self.keys.number(key) else { return };
                let session = open.entry(key).or_insert_with(|| Session::new(index, false));
                messages.for_each(|offset, message| {
                    let Some(offset) = offset else { return };
                    session.lowest = session.lowest.min(offset);
                    session.highest = session.highest.max(offset);
                    session.hashes.add(offset, hash_of(message));
                });
            });
        }
    }

    fn assign(&mut self, index: usize, process: u64, op: &Op) {
        let seeks = op.assignment.as_ref().is_some_and(|a| a.from_beginning);
        let mut before = self.open.remove(&process).unwrap_or_default();
        let mut after = BTreeMap::new();
        for_each_key(&op.value, |key| {
            let Some(key) = self.keys.number(key) else { return };
            let kept = if seeks || op.f == F::Subscribe { None } else { before.remove(&key) };
            let kept = kept.filter(|session| session.hashes.count > 0);
            after.entry(key).or_insert(kept.unwrap_or(Session::new(index, seeks)));
        });
        for (key, session) in before {
            self.close(process, key, session, index);
        }
        self.open.insert(process, after);
    }

    fn close_all(&mut self, end: usize) {
        for (process, sessions) in std::mem::take(&mut self.open) {
            for (key, session) in sessions {
                self.close(process, key, session, end);
            }
        }
    }

    /// Compares a session that has ended before an entry.
    fn close(&mut self, process: u64, key: u32, session: Session, end: usize) {
        if session.hashes.count == 0 {
            return;
        }
        let log = &self.logs[key as usize];
        let (from, to) = (log.rank(session.lowest), log.rank(session.highest) + 1);
        let starts_late = session.is_from_beginning && from > 0;
        if log.piece(from, to) == session.hashes && !starts_late {
            return self.covered[key as usize].push((from, to));
        }
        let (entries, is_from_beginning) = ((session.since, end), session.is_from_beginning);
        self.misfits.push(Misfit { process, key, entries, is_from_beginning });
    }
}

impl Session {
    fn new(since: usize, is_from_beginning: bool) -> Session {
        let (lowest, highest) = (i64::MAX, i64::MIN);
        Session { since, is_from_beginning, lowest, highest, hashes: Hashes::default() }
    }
}

/// The indices that each session reads, in its order.
fn indices(
    ops: &Operations<'_>,
    keys: &Keys,
    logs: &[HashedLog],
    misfits: &[Misfit],
) -> Vec<Vec<usize>> {
    let mut of: BTreeMap<(u64, u32), Vec<usize>> = BTreeMap::new();
    for (place, misfit) in misfits.iter().enumerate() {
        of.entry((misfit.process, misfit.key)).or_default().push(place);
    }
    let mut all = vec![Vec::new(); misfits.len()];
    for (index, op) in ops.history.iter().enumerate() {
        let Some(operation) = ops.at(index).filter(|_| !of.is_empty()) else { continue };
        if op.kind != EntryKind::Ok || !matches!(op.f, F::Poll | F::Txn) {
            continue;
        }
        for micro_op in micro_ops(&op.value) {
            let MicroOp::Poll(reads) = micro_op else { continue };
            reads.for_each(|key, messages| {
                let Some(key) = keys.number(key) else { return };
                // Sessions of one consumer follow each other.
                let Some(places) = of.get(&(operation.process, key)) else { return };
                let next = places.partition_point(|place| misfits[*place].entries.0 <= index);
                let Some(place) = next.checked_sub(1).map(|before| places[before]) else { return };
                if index < misfits[place].entries.1 {
                    let log = &logs[key as usize];
                    messages.for_each(|offset, _| all[place].extend(offset.map(|o| log.rank(o))));
                }
            });
        }
    }
    all
}
