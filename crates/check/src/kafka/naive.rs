//! Each error once more, as its definition says it and without regard to time: for tests.
//!
//! Histories here have whole numbers as messages and compact values. An operation is a pair of an
//! invocation and what ends it; counts are those of Jepsen's result map.

use std::collections::{BTreeMap, BTreeSet};

use crate::history::{EntryKind, F, LogOp, Op, OpValue, Process};

/// A key and a message.
pub(super) type KeyMessage = (String, i64);
/// What is read or sent of each key: offsets, where they are known, and messages.
type ByKey = BTreeMap<String, Vec<(Option<i64>, i64)>>;

/// A history, with the facts that errors are defined by.
pub(super) struct Naive<'a> {
    pub history: &'a [Op],
    /// For each entry its counterpart.
    pub pair: Vec<Option<usize>>,
    /// The entry that ends the send of each message.
    pub writers: BTreeMap<KeyMessage, usize>,
    /// Messages that ok polls have.
    pub read: BTreeSet<KeyMessage>,
    /// The messages at each offset of each key.
    pub logs: BTreeMap<String, BTreeMap<i64, BTreeSet<i64>>>,
}

/// What an entry reads.
pub(super) fn reads(op: &Op) -> ByKey {
    let mut found = ByKey::new();
    if let (F::Poll | F::Txn, OpValue::Log(ops)) = (&op.f, &op.value) {
        for op in ops.iter() {
            let LogOp::Poll(Some(reads)) = op else { continue };
            for read in reads.iter() {
                let pairs = read.messages.iter().map(|(offset, m)| (Some(*offset), *m));
                found.entry(read.key.to_string()).or_default().extend(pairs);
            }
        }
    }
    found
}

/// What an entry sends.
pub(super) fn sends(op: &Op) -> ByKey {
    let mut found = ByKey::new();
    if let (F::Send | F::Txn, OpValue::Log(ops)) = (&op.f, &op.value) {
        for op in ops.iter() {
            let LogOp::Send { key, message, offset } = op else { continue };
            found.entry(key.to_string()).or_default().push((*offset, *message));
        }
    }
    found
}

/// The messages of all keys.
fn messages(by_key: ByKey) -> Vec<KeyMessage> {
    let of_key = |(key, pairs): (String, Vec<(Option<i64>, i64)>)| {
        pairs.into_iter().map(move |(_, message)| (key.clone(), message))
    };
    by_key.into_iter().flat_map(of_key).collect()
}

/// The keys of an assignment.
pub(super) fn keys(op: &Op) -> Vec<String> {
    let value = op.value.to_json();
    let keys = value.as_array().into_iter().flatten();
    keys.filter_map(|key| Some(key.as_str()?.to_owned())).collect()
}

pub(super) fn process(op: &Op) -> u64 {
    match op.process {
        Process::Client(process) => process,
        Process::Nemesis => u64::MAX,
    }
}

pub(super) fn is_data(op: &Op) -> bool {
    matches!(op.f, F::Send | F::Poll | F::Txn)
}

impl<'a> Naive<'a> {
    pub(super) fn of(history: &'a [Op]) -> Naive<'a> {
        let mut naive = Naive {
            history,
            pair: pairs(history),
            writers: BTreeMap::new(),
            read: BTreeSet::new(),
            logs: BTreeMap::new(),
        };
        for (entry, op) in naive.ends() {
            for message in messages(sends(op)) {
                naive.writers.insert(message, entry);
            }
            if op.kind == EntryKind::Ok {
                naive.read.extend(messages(reads(op)));
            }
        }
        for (entry, op) in naive.ends() {
            let sent = if naive.has_happened(entry) { sends(op) } else { ByKey::new() };
            for (key, pairs) in sent.into_iter().chain(reads(op)) {
                for (offset, message) in pairs {
                    let Some(offset) = offset else { continue };
                    let log = naive.logs.entry(key.clone()).or_default();
                    log.entry(offset).or_default().insert(message);
                }
            }
        }
        naive
    }

    /// Entries that end an operation.
    pub(super) fn ends(&self) -> Vec<(usize, &'a Op)> {
        let entries = self.history.iter().enumerate();
        entries.filter(|(_, op)| op.kind != EntryKind::Invoke).collect()
    }

    /// Whether it is certain that an operation has happened: it is ok, or some of what it sends is
    /// read by an ok operation.
    fn has_happened(&self, end: usize) -> bool {
        let op = &self.history[end];
        let is_seen = || messages(sends(op)).iter().any(|message| self.read.contains(message));
        op.kind == EntryKind::Ok || op.kind == EntryKind::Info && is_seen()
    }

    /// The index of a message, the last one that it is taken for.
    pub(super) fn index(&self, key: &str, message: i64) -> Option<i64> {
        let log = self.logs.get(key)?;
        let taken = log.values().map(|messages| *messages.first().expect("a message"));
        let places = (0..).zip(taken).filter(|(_, taken)| *taken == message);
        places.map(|(index, _)| index).last()
    }

    /// The distance of two messages; 1 if it is not known.
    pub(super) fn distance(&self, key: &str, first: i64, second: i64) -> i64 {
        match (self.index(key, first), self.index(key, second)) {
            (Some(first), Some(second)) => second - first,
            _ => 1,
        }
    }

    /// The distances between what follows each other in one operation.
    pub(super) fn inside(&self, by_key: &ByKey) -> Vec<i64> {
        let mut all = Vec::new();
        for (key, pairs) in by_key {
            all.extend(pairs.windows(2).map(|pair| self.distance(key, pair[0].1, pair[1].1)));
        }
        all
    }

    /// The counts of errors, or nothing if a message is read that no operation sends that has
    /// ended.
    pub(super) fn errors(&self) -> Option<BTreeMap<&'static str, usize>> {
        let mut counts: BTreeMap<&'static str, usize> = BTreeMap::new();
        let mut add = |name, count: usize| {
            if count > 0 {
                *counts.entry(name).or_default() += count;
            }
        };
        for (_, op) in self.ends() {
            if messages(reads(op)).iter().any(|message| !self.writers.contains_key(message)) {
                return None;
            }
            let (read, sent) = (self.inside(&reads(op)), self.inside(&sends(op)));
            let count =
                |all: &[i64], what: fn(&i64) -> bool| all.iter().filter(|d| what(d)).count();
            add("int-poll-skip", count(&read, |delta| *delta > 1));
            add("int-nonmonotonic-poll", count(&read, |delta| *delta < 1));
            add("int-send-skip", count(&sent, |delta| *delta > 1));
            add("int-nonmonotonic-send", count(&sent, |delta| *delta < 1));
            let own = messages(sends(op));
            add("precommitted-read", messages(reads(op)).iter().any(|m| own.contains(m)).into());
        }
        add("G1a", self.aborted(|writer| writer.kind == EntryKind::Fail));
        let offsets = || self.logs.values().flat_map(BTreeMap::values);
        add("inconsistent-offsets", offsets().filter(|messages| messages.len() > 1).count());
        add("duplicate", self.duplicates());
        add("lost-write", self.lost().len());
        add("unseen", (!self.unseen().is_empty()).into());
        for (name, deltas) in [("poll", self.polls()), ("send", self.process_sends())] {
            let [skip, back] = match name {
                "poll" => ["poll-skip", "nonmonotonic-poll"],
                // A process may well skip what others send.
                _ => ["", "nonmonotonic-send"],
            };
            add(skip, deltas.iter().filter(|delta| **delta > 1).count());
            add(back, deltas.iter().filter(|delta| **delta < 1).count());
        }
        counts.remove("");
        Some(counts)
    }

    /// How often an ok operation has a message whose send ended in some way.
    pub(super) fn aborted(&self, is_aborted: impl Fn(&Op) -> bool) -> usize {
        let ok = self.ends().into_iter().filter(|(_, op)| op.kind == EntryKind::Ok);
        let read = ok.flat_map(|(_, op)| messages(reads(op)));
        let writers = read.filter_map(|message| self.writers.get(&message));
        writers.filter(|writer| is_aborted(&self.history[**writer])).count()
    }

    fn duplicates(&self) -> usize {
        let mut count = 0;
        for log in self.logs.values() {
            let all: BTreeSet<i64> = log.values().flatten().copied().collect();
            let places = |message| log.values().filter(|m| m.contains(&message)).count();
            count += all.into_iter().filter(|message| places(*message) > 1).count();
        }
        count
    }

    /// Messages that must have been read and were not.
    pub(super) fn lost(&self) -> BTreeSet<KeyMessage> {
        let mut lost = BTreeSet::new();
        for (key, log) in &self.logs {
            let places = |message: i64| {
                let has =
                    move |(_, messages): &(usize, &BTreeSet<i64>)| messages.contains(&message);
                log.values().enumerate().filter(has).map(|(index, _)| index).collect::<Vec<_>>()
            };
            let all: BTreeSet<i64> = log.values().flatten().copied().collect();
            let is_read = |message: &i64| self.read.contains(&(key.clone(), *message));
            let read = all.iter().filter(|message| is_read(message));
            let Some(bound) = read.filter_map(|m| places(*m).first().copied()).max() else {
                continue;
            };
            for message in all.iter().filter(|message| !is_read(message)) {
                let key_message = (key.clone(), *message);
                let has_happened =
                    self.writers.get(&key_message).is_some_and(|w| self.has_happened(*w));
                if has_happened && places(*message).last().is_some_and(|last| *last <= bound) {
                    lost.insert(key_message);
                }
            }
        }
        lost
    }

    /// Messages that are acknowledged and in no ok poll.
    pub(super) fn unseen(&self) -> BTreeSet<KeyMessage> {
        let ok = self.ends().into_iter().filter(|(_, op)| op.kind == EntryKind::Ok);
        let sent = ok.flat_map(|(_, op)| messages(sends(op)));
        sent.filter(|message| !self.read.contains(message)).collect()
    }

    /// The distances from the last message of each ok poll to the first of the same process's next.
    fn polls(&self) -> Vec<i64> {
        let mut deltas = Vec::new();
        let mut last: BTreeMap<(u64, String), Option<i64>> = BTreeMap::new();
        for (_, op) in self.ends() {
            let process = process(op);
            if matches!(op.f, F::Assign | F::Subscribe) && op.kind != EntryKind::Fail {
                let kept = keys(op);
                last.retain(|(of, key), _| *of != process || kept.contains(key));
            }
            for (key, pairs) in reads(op) {
                let before = last.get(&(process, key.clone())).copied().flatten();
                if let (Some(before), Some((_, first))) = (before, pairs.first()) {
                    deltas.push(self.distance(&key, before, *first));
                }
                if op.kind == EntryKind::Ok {
                    last.insert((process, key), pairs.last().map(|(_, message)| *message));
                }
            }
        }
        deltas
    }

    /// The distances from the last message that each process sends to its next one.
    pub(super) fn process_sends(&self) -> Vec<i64> {
        let mut deltas = Vec::new();
        let mut last: BTreeMap<(u64, String), i64> = BTreeMap::new();
        for (_, op) in self.ends().into_iter().filter(|(_, op)| op.kind != EntryKind::Fail) {
            let process = process(op);
            if matches!(op.f, F::Assign | F::Subscribe) {
                let kept = keys(op);
                last.retain(|(of, key), _| *of != process || kept.contains(key));
            }
            for (key, pairs) in sends(op) {
                let before = last.insert((process, key.clone()), pairs[pairs.len() - 1].1);
                deltas.extend(before.map(|before| self.distance(&key, before, pairs[0].1)));
            }
        }
        deltas
    }

    /// The greatest time for which a log had been known to go on after what a process has seen of
    /// it, when it began an ok poll; in nanoseconds.
    pub(super) fn worst_lag(&self) -> u64 {
        let highest = |op: &Op| {
            let all = sends(op).into_iter().chain(reads(op));
            let highest = all.map(|(key, pairs)| (key, pairs.iter().filter_map(|p| p.0).max()));
            highest.filter_map(|(key, offset)| Some((key, offset?))).collect::<Vec<_>>()
        };
        let known_since = |key: &str, offset: i64| {
            let happened = self.ends().into_iter().filter(|(_, op)| op.kind != EntryKind::Fail);
            let mut has_it = happened.filter(|(_, op)| {
                highest(op).iter().any(|(of, highest)| of == key && *highest > offset)
            });
            has_it.next().map(|(_, op)| op.time.as_ns())
        };
        let mut worst = 0;
        let mut seen: BTreeMap<u64, BTreeMap<String, i64>> = BTreeMap::new();
        for (entry, op) in self.ends().into_iter().filter(|(_, op)| op.kind == EntryKind::Ok) {
            let seen = seen.entry(process(op)).or_default();
            match op.f {
                F::Subscribe => seen.clear(),
                F::Assign => {
                    seen.retain(|key, _| keys(op).contains(key));
                    seen.extend(
                        keys(op)
                            .into_iter()
                            .filter(|key| !seen.contains_key(key))
                            .map(|key| (key, -1))
                            .collect::<Vec<_>>(),
                    );
                }
                F::Poll | F::Txn => {
                    for key in reads(op).into_keys().chain(sends(op).into_keys()) {
                        seen.entry(key).or_insert(-1);
                    }
                    for (key, offset) in highest(op) {
                        let seen = seen.entry(key).or_insert(-1);
                        *seen = offset.max(*seen);
                    }
                    let began = self.history[self.pair[entry].expect("it has begun")].time.as_ns();
                    let known = seen.iter().filter_map(|(key, offset)| known_since(key, *offset));
                    worst = known
                        .map(|since| began.saturating_sub(since))
                        .max()
                        .max(Some(worst))
                        .unwrap_or(0);
                }
                _ => {}
            }
        }
        worst
    }

    /// Groups of operations that precede each other, each by the weakest orders that it needs.
    pub(super) fn circles(&self) -> Vec<&'static str> {
        let ends: Vec<(usize, &Op)> =
            self.ends().into_iter().filter(|(_, op)| is_data(op)).collect();
        let precedes = |a: usize, b: usize, process_too: bool, realtime: bool| {
            let (first, second) = (&self.history[a], &self.history[b]);
            let is_read =
                || messages(reads(second)).iter().any(|m| self.writers.get(m) == Some(&a));
            let both_ok = first.kind == EntryKind::Ok && second.kind == EntryKind::Ok;
            let follows = process_too && both_ok && first.process == second.process && a < b;
            let begin = self.pair[b].expect("what ends has begun");
            a != b && (is_read() || follows || realtime && first.kind == EntryKind::Ok && a < begin)
        };
        let reach = |process_too, realtime| {
            let edge = |a: usize, b: usize| precedes(ends[a].0, ends[b].0, process_too, realtime);
            closure(ends.len(), edge)
        };
        let levels = [reach(false, false), reach(true, false), reach(true, true)];
        let names = ["G1c", "G1c-process", "G1c-realtime"];
        let mut groups = Vec::new();
        for a in 0..ends.len() {
            let group: Vec<usize> =
                (0..ends.len()).filter(|b| levels[2][a][*b] && levels[2][*b][a]).collect();
            if group.first() == Some(&a) {
                let is_in = |level: &Vec<Vec<bool>>| group.iter().any(|b| level[*b][*b]);
                let level = levels.iter().position(is_in).expect("the group is a circle");
                groups.push(names[level]);
            }
        }
        groups
    }

    /// Whether no operation precedes another one.
    pub(super) fn is_without_order(&self) -> bool {
        let ends = || self.ends().into_iter().filter(|(_, op)| is_data(op));
        let is_before = |a: usize, b: usize| {
            self.history[a].kind == EntryKind::Ok && self.pair[b].is_some_and(|begin| a < begin)
        };
        let is_read = |op: &Op, entry: usize| {
            messages(reads(op)).iter().any(|message| self.writers.get(message) != Some(&entry))
        };
        !ends().any(|(b, op)| is_read(op, b) || ends().any(|(a, _)| is_before(a, b)))
    }
}

/// For each entry its counterpart.
fn pairs(history: &[Op]) -> Vec<Option<usize>> {
    let mut pairs = vec![None; history.len()];
    for (entry, op) in history.iter().enumerate().filter(|(_, op)| op.kind != EntryKind::Invoke) {
        let begin = history[..entry].iter().rposition(|begun| begun.process == op.process);
        let begin = begin.expect("what ends has begun");
        (pairs[entry], pairs[begin]) = (Some(begin), Some(entry));
    }
    pairs
}

/// What is reached from what.
fn closure(count: usize, edge: impl Fn(usize, usize) -> bool) -> Vec<Vec<bool>> {
    let row = |a| (0..count).map(|b| edge(a, b)).collect();
    let mut reach: Vec<Vec<bool>> = (0..count).map(row).collect();
    for via in 0..count {
        for from in 0..count {
            for to in 0..count {
                reach[from][to] |= reach[from][via] && reach[via][to];
            }
        }
    }
    reach
}
