//! The strict rules once more, as their definitions say them and without regard to time: for tests.

use std::collections::{BTreeMap, BTreeSet};

use super::naive::{KeyMessage, Naive, is_data, keys, process, reads, sends};
use crate::history::{EntryKind, F, Op};

impl Naive<'_> {
    /// The counts of findings.
    pub(super) fn findings(&self) -> BTreeMap<&'static str, usize> {
        let mut counts: BTreeMap<&'static str, usize> = BTreeMap::new();
        let mut add = |name, count: usize| {
            if count > 0 {
                *counts.entry(name).or_default() += count;
            }
        };
        // What is the same in both senses.
        let unsent = Naive { writers: self.all_writers(), ..Naive::of(self.history) };
        let errors = unsent.errors_of_known();
        let same = [
            "inconsistent-offsets",
            "duplicate",
            "lost-write",
            "precommitted-read",
            "int-nonmonotonic-send",
            "nonmonotonic-send",
        ];
        for name in same {
            add(name, errors.get(name).copied().unwrap_or(0));
        }
        add("fabricated", self.fabricated().len());
        add("G1a", self.aborted(is_refused));
        for name in self.circles() {
            add(name, 1);
        }
        let (inside, between) = self.strict_polls();
        add("int-poll-skip", inside.iter().filter(|delta| **delta > 1).count());
        add("int-nonmonotonic-poll", inside.iter().filter(|delta| **delta < 1).count());
        add("poll-skip", between.iter().filter(|delta| **delta > 1).count());
        add("nonmonotonic-poll", between.iter().filter(|delta| **delta < 1).count());
        add("unseen", self.strictly_unseen());
        add("committed-back", self.committed_back());
        add("committed-ahead", self.committed_ahead());
        counts
    }

    /// Errors where fabricated messages are no exception.
    fn errors_of_known(&self) -> BTreeMap<&'static str, usize> {
        self.errors().expect("all messages have writers")
    }

    /// Writers of all messages that are read or sent; of those that nothing sends, or whose send
    /// has no end, some failed operation that is not there.
    fn all_writers(&self) -> BTreeMap<KeyMessage, usize> {
        let mut writers = self.writers.clone();
        let some = self.history.iter().position(|op| op.kind == EntryKind::Invoke);
        for (_, op) in self.ends() {
            for (key, pairs) in reads(op) {
                for (_, message) in pairs {
                    writers.entry((key.clone(), message)).or_insert(some.unwrap_or(0));
                }
            }
        }
        writers
    }

    /// Messages that are read and never sent.
    fn fabricated(&self) -> BTreeSet<KeyMessage> {
        let of = |by_key: BTreeMap<String, Vec<(Option<i64>, i64)>>| {
            by_key.into_iter().flat_map(|(key, pairs)| {
                pairs.into_iter().map(move |(_, message)| (key.clone(), message))
            })
        };
        let sent: BTreeSet<KeyMessage> = self.history.iter().flat_map(|op| of(sends(op))).collect();
        let read = self.history.iter().flat_map(|op| of(reads(op)));
        read.filter(|message| !sent.contains(message)).collect()
    }

    /// The distances inside polls, and from where a consumer is to the first message of a poll.
    fn strict_polls(&self) -> (Vec<i64>, Vec<i64>) {
        let (mut inside, mut between) = (Vec::new(), Vec::new());
        for (entry, op) in self.ends().into_iter().filter(|(_, op)| is_data(op)) {
            if self.is_subscribed(entry) {
                continue;
            }
            inside.extend(self.inside(&reads(op)));
            for (key, pairs) in reads(op) {
                let Some((Some(offset), first)) = pairs.first().copied() else { continue };
                between.push(match self.place(entry, &key) {
                    Place::After(last) => self.distance(&key, last, first),
                    Place::Start { low, after } => {
                        let is_skipped = |known: &&i64| (after + 1..offset).contains(*known);
                        let skipped = self.logs[&key].keys().filter(is_skipped).count() as i64;
                        if skipped > 0 { 1 + skipped } else { i64::from(offset >= low) }
                    }
                    Place::Unknown => 1,
                });
            }
        }
        (inside, between)
    }

    /// Assignments and subscriptions of the process of an entry before it, the last one first.
    fn changes(&self, entry: usize) -> impl Iterator<Item = (usize, &Op)> {
        let process = process(&self.history[entry]);
        let ends = self.ends().into_iter().rev().filter(move |(end, _)| *end < entry);
        ends.filter(move |(_, op)| {
            let is_change = matches!(op.f, F::Assign | F::Subscribe) && op.kind == EntryKind::Ok;
            is_change && self::process(op) == process
        })
    }

    fn is_subscribed(&self, entry: usize) -> bool {
        self.changes(entry).next().is_some_and(|(_, op)| op.f == F::Subscribe)
    }

    /// Where the consumer of an entry is in a log.
    fn place(&self, entry: usize, key: &str) -> Place {
        // Since the last change after which the key was not read any more, or begun anew.
        let is_reset = |op: &Op| {
            let seeks = op.assignment.as_ref().is_some_and(|a| a.from_beginning);
            !keys(op).iter().any(|of| of == key) || seeks || op.f == F::Subscribe
        };
        let reset = self.changes(entry).find(|(_, op)| is_reset(op));
        let since = reset.map_or(0, |(reset, _)| reset);
        let own = |op: &Op| process(op) == process(&self.history[entry]);
        let ends = self.ends();
        let own_ends = || ends.iter().filter(|(end, op)| (since..entry).contains(end) && own(op));
        let ok = || own_ends().filter(|(_, op)| op.kind == EntryKind::Ok);
        let read = ok().rev().find_map(|(_, op)| Some(reads(op).get(key)?.last()?.1));
        if let Some(last) = read {
            return Place::After(last);
        }
        // A log that was read in vain before it was assigned is of an unknown place.
        let mut start = None;
        for (_, op) in own_ends() {
            let is_change = matches!(op.f, F::Assign | F::Subscribe) && op.kind == EntryKind::Ok;
            let is_named = is_change && keys(op).iter().any(|of| of == key);
            let seeks = op.assignment.as_ref().is_some_and(|a| a.from_beginning);
            let committed = op.assignment.as_ref().and_then(|a| a.committed.as_ref());
            let given = committed.map(|committed| match committed.get(key) {
                Some(offset) => (*offset, *offset),
                None => (0, -1),
            });
            start = match (is_named, seeks, start) {
                (false, ..) if reads(op).contains_key(key) && start.is_none() => Some(None),
                (false, ..) => start,
                (true, ..) if op.f == F::Subscribe => Some(None),
                (true, true, _) => Some(Some((0, -1))),
                (true, false, None) => Some(given),
                (true, false, Some(None)) => Some(None),
                (true, false, Some(Some((low, after)))) => {
                    Some(given.map(|given: (i64, i64)| (low.min(given.0), after.max(given.1))))
                }
            };
        }
        match start.flatten() {
            Some((low, after)) => Place::Start { low, after },
            None => Place::Unknown,
        }
    }

    /// The number of keys that have unseen messages which are not lost, if a poll could have them.
    fn strictly_unseen(&self) -> usize {
        let lost = self.lost();
        let mut first: BTreeMap<String, usize> = BTreeMap::new();
        for message in self.unseen().into_iter().filter(|message| !lost.contains(message)) {
            let end = self.writers[&message];
            let first = first.entry(message.0).or_insert(end);
            *first = end.min(*first);
        }
        let ok_poll = |op: &Op| op.kind == EntryKind::Ok && matches!(op.f, F::Poll | F::Txn);
        let polls = self.ends().into_iter().filter(|(_, op)| ok_poll(op));
        let begins: Vec<usize> = polls.filter_map(|(end, _)| self.pair[end]).collect();
        first.values().filter(|first| begins.iter().any(|begin| begin >= first)).count()
    }

    /// Answers that are about to be looked at: begin, end, keys and what is said.
    fn answers(&self) -> Vec<(usize, usize, BTreeMap<String, i64>)> {
        let answer = |(end, op): (usize, &Op)| {
            let committed = op.assignment.as_ref()?.committed.clone()?;
            Some((self.pair[end]?, end, committed))
        };
        let ok = self.ends().into_iter().filter(|(_, op)| op.kind == EntryKind::Ok);
        ok.filter_map(answer).collect()
    }

    /// The highest offset of a key in an ok poll, if any.
    fn highest(op: &Op, key: &str) -> Option<i64> {
        let is_ok = op.kind == EntryKind::Ok;
        reads(op).get(key)?.iter().filter_map(|(offset, _)| *offset).max().filter(|_| is_ok)
    }

    fn committed_back(&self) -> usize {
        let mut count = 0;
        for (begin, end, answer) in self.answers() {
            for key in keys(&self.history[begin]) {
                let before = self.ends().into_iter().filter(|(entry, _)| *entry < begin);
                let polled = before.filter_map(|(_, op)| Naive::highest(op, &key)).max();
                let given = self.answers().into_iter().filter(|(_, end, _)| *end < begin);
                let given = given.filter_map(|(_, _, answer)| answer.get(&key).copied()).max();
                let is_known = self.is_known(&key) && end > 0;
                count += usize::from(is_known && answer.get(&key).copied() < polled.max(given));
            }
        }
        count
    }

    /// Whether anything is sent to a key or read of it.
    fn is_known(&self, key: &str) -> bool {
        self.history.iter().any(|op| sends(op).contains_key(key) || reads(op).contains_key(key))
    }

    fn committed_ahead(&self) -> usize {
        let mut count = 0;
        for (_, end, answer) in self.answers() {
            for (key, offset) in answer.iter().filter(|(_, offset)| **offset > 0) {
                count += usize::from(self.bound(end, key).is_some_and(|bound| *offset > bound));
            }
        }
        count
    }

    /// The highest offset that may be committed of a key before an entry; -1 if none.
    fn bound(&self, entry: usize, key: &str) -> Option<i64> {
        let begun = self.history[..entry].iter().enumerate();
        let begun: Vec<(usize, &Op)> =
            begun.filter(|(_, op)| op.kind == EntryKind::Invoke && is_data(op)).collect();
        let end = |begin: usize| self.pair[begin].map(|end| &self.history[end]);
        let ends = || begun.iter().map(|(begin, op)| (*op, end(*begin)));
        let committed = ends().filter_map(|(_, end)| Naive::highest(end?, key)).max();
        let is_unsure = |(op, end): (&Op, Option<&Op>)| {
            op.f != F::Send && end.is_none_or(|end| end.kind == EntryKind::Info)
        };
        if !ends().any(is_unsure) {
            return Some(committed.unwrap_or(-1));
        }
        let mut highest = committed;
        for (op, end) in ends() {
            for (_, message) in sends(op).get(key).into_iter().flatten() {
                let log = self.logs.get(key).into_iter().flatten();
                let known = log.filter(|(_, m)| m.contains(message)).map(|(o, _)| *o).max();
                if known.is_none() && !end.is_some_and(is_refused) {
                    return None;
                }
                highest = highest.max(known);
            }
        }
        Some(highest.unwrap_or(-1))
    }
}

/// Where a consumer is in a log.
enum Place {
    /// Behind a message.
    After(i64),
    /// Where it is to begin.
    Start {
        low: i64,
        after: i64,
    },
    Unknown,
}

/// Whether a send has certainly not happened.
fn is_refused(end: &Op) -> bool {
    let is_definite = end.error.as_ref().is_some_and(|(name, _)| name == "abort");
    end.kind == EntryKind::Fail || end.kind == EntryKind::Info && is_definite
}
