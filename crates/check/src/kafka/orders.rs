//! The orders of reads and sends: inside an operation, and from one of a process to its next.
//!
//! A poll goes on where the process's last ok poll of that key has ended. For Jepsen an empty list
//! of messages makes it forget where that was, a consumer that seeks to the beginning does not
//! forget it, and the first poll of a key may begin anywhere. Strictly an empty list changes
//! nothing; a consumer that seeks begins at the beginning; one that asked for committed offsets
//! begins at or after the committed one. Where the system chooses the logs of a consumer
//! (`subscribe`), it may move them at any time, and strictly nothing is said of their order.

use std::collections::BTreeMap;

use super::errors::{Case, ErrorType, Errors, OrderCase};
use super::logs::Logs;
use super::none::NONE;
use super::resolve::{NO_OFFSET, ResolvedReads, ResolvedSend};
use super::words::Words;
use crate::history::{EntryKind, F, Op};
use crate::history_rule::HistoryRule;
use crate::history_verdict::Findings;

/// Where the consumer of a process is, and what it has sent.
#[derive(Clone, Debug, Default)]
struct Consumer {
    reads: BTreeMap<u32, Position>,
    /// The last message that was sent to each key, and the entry.
    sends: BTreeMap<u32, (usize, u32)>,
    /// Whether the system chooses its logs.
    is_subscribed: bool,
}

/// Where a consumer is in a log.
#[derive(Clone, Copy, Debug, Default)]
struct Position {
    /// For Jepsen: the entry of the last ok poll, and its last message or [`NONE`].
    parity: Option<(usize, u32)>,
    /// The entry of the last ok poll that returned messages, and its last one.
    strict: Option<(usize, u32)>,
    /// Where it began, as long as it has read nothing.
    start: Option<Start>,
}

/// Where a consumer begins to read a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Start {
    /// Nothing below this offset may be returned.
    low: i64,
    /// Everything above this offset has to be returned.
    after: i64,
}

impl Start {
    const BEGINNING: Start = Start { low: 0, after: -1 };

    /// At the committed offset or after it, as clients do the one or the other.
    fn committed(offset: i64) -> Start {
        Start { low: offset, after: offset }
    }

    /// Either this one, which the consumer may have kept, or the one that a later assignment gives.
    fn or_given(self, given: Start) -> Start {
        Start { low: self.low.min(given.low), after: self.after.max(given.after) }
    }
}

/// An order of two messages that is to be looked at: whose, and where it would be an error.
#[derive(Clone, Copy)]
struct Kinds {
    skip: ErrorType,
    nonmonotonic: ErrorType,
    strict_skip: Option<HistoryRule>,
    strict_nonmonotonic: HistoryRule,
}

const INSIDE_POLL: Kinds = Kinds {
    skip: ErrorType::IntPollSkip,
    nonmonotonic: ErrorType::IntNonmonotonicPoll,
    strict_skip: Some(HistoryRule::IntPollSkip),
    strict_nonmonotonic: HistoryRule::IntNonmonotonicPoll,
};
const INSIDE_SEND: Kinds = Kinds {
    skip: ErrorType::IntSendSkip,
    nonmonotonic: ErrorType::IntNonmonotonicSend,
    strict_skip: None,
    strict_nonmonotonic: HistoryRule::IntNonmonotonicSend,
};

/// The orders of all processes, as the entries of a history pass.
pub(super) struct Orders<'a> {
    known: Known<'a>,
    consumers: BTreeMap<u64, Consumer>,
}

/// What orders are compared with, and words are made of.
#[derive(Clone, Copy)]
struct Known<'a> {
    logs: &'a Logs,
    words: Words<'a>,
}

/// Where errors of Jepsen's and findings go.
pub(super) struct Reports<'a> {
    pub errors: &'a mut Errors,
    pub findings: &'a mut Findings,
}

/// An entry of a client: its process and its index.
#[derive(Clone, Copy)]
pub(super) struct Entry<'a> {
    pub index: usize,
    pub process: u64,
    pub op: &'a Op,
}

impl<'a> Orders<'a> {
    pub(super) fn new(logs: &'a Logs, words: Words<'a>) -> Orders<'a> {
        Orders { known: Known { logs, words }, consumers: BTreeMap::new() }
    }

    /// Looks at an entry that ends an operation on messages.
    pub(super) fn data(
        &mut self,
        entry: Entry<'_>,
        reads: &ResolvedReads,
        sends: &[ResolvedSend],
        reports: &mut Reports<'_>,
    ) {
        let known = self.known;
        let consumer = self.consumers.entry(entry.process).or_default();
        for (key, range) in &reads.keys {
            let messages = &reads.messages[range.clone()];
            let is_moved = consumer.is_subscribed;
            known.inside(entry, *key, messages, INSIDE_POLL, !is_moved, reports);
            let first_offset = reads.offsets[range.clone()].first().copied();
            known.poll(entry, consumer, *key, messages, first_offset, reports);
        }
        known.sends(entry, consumer, sends, reports);
    }

    /// Forgets a process that has ended.
    pub(super) fn retire(&mut self, process: u64) {
        self.consumers.remove(&process);
    }

    /// A process gets other logs. Keys are in ascending order.
    pub(super) fn assign(
        &mut self,
        entry: Entry<'_>,
        keys: &[u32],
        committed: impl Fn(u32) -> Option<Option<i64>>,
    ) {
        if matches!(entry.op.kind, EntryKind::Invoke | EntryKind::Fail) {
            return;
        }
        let consumer = self.consumers.entry(entry.process).or_default();
        let is_kept = |key: &u32| keys.binary_search(key).is_ok();
        consumer.reads.retain(|key, _| is_kept(key));
        consumer.sends.retain(|key, _| is_kept(key));
        consumer.is_subscribed = entry.op.f == F::Subscribe;
        let seeks = entry.op.assignment.as_ref().is_some_and(|a| a.from_beginning);
        for key in keys {
            let is_new = !consumer.reads.contains_key(key);
            let position = consumer.reads.entry(*key).or_default();
            let given =
                || committed(*key).map(|offset| offset.map_or(Start::BEGINNING, Start::committed));
            if seeks || consumer.is_subscribed {
                position.strict = None;
                position.start = seeks.then_some(Start::BEGINNING);
            } else if is_new {
                position.start = given();
            } else if position.strict.is_none() {
                position.start = position.start.and_then(|kept| Some(kept.or_given(given()?)));
            }
        }
    }
}

impl Known<'_> {
    /// The messages of one operation in their order.
    fn inside(
        &self,
        entry: Entry<'_>,
        key: u32,
        messages: &[u32],
        kinds: Kinds,
        is_strict: bool,
        reports: &mut Reports<'_>,
    ) {
        for pair in messages.windows(2) {
            let delta = self.logs.distance(Some(pair[0]), pair[1]);
            if delta == 1 {
                continue;
            }
            let entries = [entry.index; 2];
            let case = OrderCase { key, first: pair[0], second: pair[1], delta, entries };
            let kind = if delta > 1 { kinds.skip } else { kinds.nonmonotonic };
            reports.errors.add(kind, delta, || Case::Order(case));
            let rule = if delta > 1 { kinds.strict_skip } else { Some(kinds.strict_nonmonotonic) };
            if let Some(rule) = rule.filter(|_| is_strict) {
                reports.findings.add(rule, &[entry.index], || self.words.order(rule, &case));
            }
        }
    }

    /// The first message of a poll after the last one of the poll before.
    fn poll(
        &self,
        entry: Entry<'_>,
        consumer: &mut Consumer,
        key: u32,
        messages: &[u32],
        first_offset: Option<i64>,
        reports: &mut Reports<'_>,
    ) {
        let position = consumer.reads.entry(key).or_default();
        let (first, last) = (messages.first().copied(), messages.last().copied());
        if let (Some((before, from)), Some(first)) = (position.parity, first)
            && let Some((kind, case)) = self.compare(key, (before, from), (entry.index, first))
        {
            reports.errors.add(kind, case.delta, || Case::Order(case));
        }
        if let (Some(first), false) = (first, consumer.is_subscribed) {
            match (position.strict, position.start) {
                (Some(before), _) => self.strictly(key, before, (entry.index, first), reports),
                (None, Some(start)) => {
                    self.at_start(entry, key, start, (first, first_offset), reports);
                }
                (None, None) => {}
            }
        }
        if entry.op.kind == EntryKind::Ok {
            position.parity = Some((entry.index, last.unwrap_or(NONE)));
            position.strict = last.map(|last| (entry.index, last)).or(position.strict);
        }
    }

    /// The error of two polls, of which the second one begins at a message.
    fn compare(
        &self,
        key: u32,
        before: (usize, u32),
        then: (usize, u32),
    ) -> Option<(ErrorType, OrderCase)> {
        let first = Some(before.1).filter(|message| *message != NONE);
        let delta = self.logs.distance(first, then.1);
        let kind = match delta {
            1 => return None,
            2.. => ErrorType::PollSkip,
            _ => ErrorType::NonmonotonicPoll,
        };
        let entries = [before.0, then.0];
        Some((kind, OrderCase { key, first: before.1, second: then.1, delta, entries }))
    }

    fn strictly(
        &self,
        key: u32,
        before: (usize, u32),
        then: (usize, u32),
        reports: &mut Reports<'_>,
    ) {
        let Some((kind, case)) = self.compare(key, before, then) else { return };
        let rule = match kind {
            ErrorType::PollSkip => HistoryRule::PollSkip,
            _ => HistoryRule::NonmonotonicPoll,
        };
        reports.findings.add(rule, &case.entries, || self.words.order(rule, &case));
    }

    /// The first message that a consumer reads of a log, which begins where its assignment says.
    fn at_start(
        &self,
        entry: Entry<'_>,
        key: u32,
        start: Start,
        (first, offset): (u32, Option<i64>),
        reports: &mut Reports<'_>,
    ) {
        let Some(offset) = offset.filter(|offset| *offset != NO_OFFSET) else { return };
        let from = self.logs.rank(key, start.after.saturating_add(1));
        let to = self.logs.rank(key, offset);
        let rule = if to > from {
            HistoryRule::PollSkip
        } else if offset < start.low {
            HistoryRule::NonmonotonicPoll
        } else {
            return;
        };
        reports.findings.add(rule, &[entry.index], || {
            self.words.start(rule, key, (start.low, start.after), (first, offset), entry.index)
        });
    }

    /// What is sent, key by key.
    fn sends(
        &self,
        entry: Entry<'_>,
        consumer: &mut Consumer,
        sends: &[ResolvedSend],
        reports: &mut Reports<'_>,
    ) {
        let mut by_key: Vec<ResolvedSend>;
        let mut sends = sends;
        if sends.len() > 1 {
            by_key = sends.to_vec();
            by_key.sort_by_key(|send| send.key);
            sends = &by_key;
        }
        for group in sends.chunk_by(|a, b| a.key == b.key) {
            let (key, first, last) =
                (group[0].key, group[0].message, group[group.len() - 1].message);
            if group.len() > 1 {
                let messages: Vec<u32> = group.iter().map(|send| send.message).collect();
                self.inside(entry, key, &messages, INSIDE_SEND, true, reports);
            }
            if entry.op.kind == EntryKind::Fail {
                continue;
            }
            if let Some((before, from)) = consumer.sends.insert(key, (entry.index, last)) {
                self.send(key, (before, from), (entry.index, first), reports);
            }
        }
    }

    fn send(&self, key: u32, before: (usize, u32), then: (usize, u32), reports: &mut Reports<'_>) {
        let delta = self.logs.distance(Some(before.1), then.1);
        if delta >= 1 {
            return;
        }
        let entries = [before.0, then.0];
        let case = OrderCase { key, first: before.1, second: then.1, delta, entries };
        reports.errors.add(ErrorType::NonmonotonicSend, delta, || Case::Order(case));
        let rule = HistoryRule::NonmonotonicSend;
        reports.findings.add(rule, &entries, || self.words.order(rule, &case));
    }
}
