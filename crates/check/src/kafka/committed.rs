//! Committed offsets: they never go back, and never pass what was committed or sent.
//!
//! An ok poll or transaction has committed the highest offset that it read of each key, as the
//! clients of the workload do before they end it. What `list_committed_offsets` says is in the
//! entry that ends an assignment, under `:committed`; a key that is not in it has none. An answer
//! is at least what was committed, or answered, before it was asked for. It is at most what any
//! client has committed until it comes; where a poll's outcome is unknown, at most what was sent
//! until then; where such a poll may have read a message of unknown offset, there is no bound.
//! Offset 0 where nothing was committed is let pass: nothing is below it that could be skipped.

use std::collections::BTreeMap;

use super::marks::REFUSED;
use super::orders::Entry;
use super::resolve::{NO_OFFSET, ResolvedReads, ResolvedSend};
use super::words::Words;
use crate::history::{EntryKind, F, Op};
use crate::history_rule::HistoryRule;
use crate::history_verdict::Findings;
use crate::operations::Operation;

/// What is known of the committed offset of a key.
#[derive(Clone, Copy, Debug, Default)]
struct KeyState {
    /// The highest offset that is committed or was answered, and the entry that says so.
    floor: Option<(i64, usize)>,
    /// The highest offset that a client has committed.
    committed: Option<i64>,
    /// The highest offset of a message that was sent.
    sent: Option<i64>,
    /// Whether the offset of a message is not known that may have been sent.
    has_unknown_offsets: bool,
}

/// Floors of keys, as they are when an assignment begins.
type Floors = Vec<(u32, Option<(i64, usize)>)>;

/// The committed offsets of all keys, as the entries of a history pass.
pub(super) struct Committed<'a> {
    words: Words<'a>,
    keys: Vec<KeyState>,
    /// Operations that have begun and not ended, by process.
    open: BTreeMap<u64, usize>,
    floors: BTreeMap<u64, Floors>,
    /// Whether the outcome of a poll is unknown, and so what it has committed.
    has_unknown_polls: bool,
}

impl<'a> Committed<'a> {
    pub(super) fn new(words: Words<'a>) -> Committed<'a> {
        Committed {
            words,
            keys: vec![KeyState::default(); words.names.keys.len()],
            open: BTreeMap::new(),
            floors: BTreeMap::new(),
            has_unknown_polls: false,
        }
    }

    /// Looks at the beginning of an operation.
    pub(super) fn begin(&mut self, entry: Entry<'_>, place: usize) {
        self.open.insert(entry.process, place);
        if entry.op.f == F::Assign {
            let keys = self.words.names.assigned(&entry.op.value);
            let floors = keys.into_iter().map(|key| (key, self.keys[key as usize].floor));
            self.floors.insert(entry.process, floors.collect());
        }
    }

    /// Looks at the end of any operation, before what is special to it.
    pub(super) fn end(&mut self, entry: Entry<'_>) {
        self.open.remove(&entry.process);
    }

    /// Looks at the end of an operation on messages.
    pub(super) fn data(&mut self, entry: Entry<'_>, reads: &ResolvedReads, sends: &[ResolvedSend]) {
        for send in sends {
            self.note_send(send);
        }
        match entry.op.kind {
            EntryKind::Ok => {
                for (key, range) in &reads.keys {
                    let highest = reads.offsets[range.clone()].iter().max();
                    let Some(highest) = highest.filter(|offset| **offset != NO_OFFSET) else {
                        continue;
                    };
                    let state = &mut self.keys[*key as usize];
                    state.committed = state.committed.max(Some(*highest));
                    state.raise(*highest, entry.index);
                }
            }
            EntryKind::Info if entry.op.f != F::Send => self.has_unknown_polls = true,
            _ => {}
        }
    }

    fn note_send(&mut self, send: &ResolvedSend) {
        let survey = self.words.survey;
        let state = &mut self.keys[send.key as usize];
        match self.words.logs.span(send.message) {
            Some((_, last)) => {
                let offset = self.words.logs.offsets(send.key)[last as usize];
                state.sent = state.sent.max(Some(offset));
            }
            None if survey.flags[send.message as usize] & REFUSED != 0 => {}
            None => state.has_unknown_offsets = true,
        }
    }

    /// Looks at the end of an assignment.
    pub(super) fn answer(&mut self, entry: Entry<'_>, findings: &mut Findings) {
        let floors = self.floors.remove(&entry.process).unwrap_or_default();
        let assignment = entry.op.assignment.as_ref().filter(|_| entry.op.kind == EntryKind::Ok);
        let Some(committed) = assignment.and_then(|a| a.committed.as_ref()) else { return };
        let name = |key: u32| self.words.names.keys.name(key);
        for (key, floor) in floors {
            let answered = committed.get(name(key)).copied();
            if let Some((floor, since)) = floor.filter(|(floor, _)| answered < Some(*floor)) {
                findings.add(HistoryRule::CommittedBack, &[since, entry.index], || {
                    self.gone_back(key, answered, (floor, since), entry.index)
                });
            }
        }
        for (name, offset) in committed {
            match self.words.names.keys.number(name) {
                Some(key) => {
                    self.check_bound(entry, key, *offset, findings);
                    self.keys[key as usize].raise(*offset, entry.index);
                }
                None if *offset > 0 => {
                    findings.add(HistoryRule::CommittedAhead, &[entry.index], || {
                        let who = self.words.who(entry.index);
                        format!(
                            "{who} receives {offset} as the committed offset of {name:?}, to \
                             which nothing is sent"
                        )
                    });
                }
                None => {}
            }
        }
    }

    fn check_bound(&self, entry: Entry<'_>, key: u32, offset: i64, findings: &mut Findings) {
        let state = self.keys[key as usize];
        if offset <= 0 || state.committed.is_some_and(|committed| offset <= committed) {
            return;
        }
        let Some((bound, what)) = self.bound(key, state) else { return };
        if offset <= bound {
            return;
        }
        findings.add(HistoryRule::CommittedAhead, &[entry.index], || {
            let (who, key) = (self.words.who(entry.index), self.words.key(key));
            let most = match bound {
                NO_OFFSET => format!("no offset was {what} before"),
                bound => format!("the highest one that was {what} before is {bound}"),
            };
            format!("{who} receives {offset} as the committed offset of {key}; {most}")
        });
    }

    /// The highest offset that may be committed of a key by now, with what has not ended yet.
    fn bound(&self, key: u32, mut state: KeyState) -> Option<(i64, &'static str)> {
        let mut has_unknown_polls = self.has_unknown_polls;
        for place in self.open.values() {
            let operation = &self.words.ops.all[*place];
            has_unknown_polls |= self.add_open(key, operation, &mut state);
        }
        match (has_unknown_polls, state.has_unknown_offsets) {
            (false, _) => Some((state.committed.unwrap_or(NO_OFFSET), "committed")),
            (true, false) => Some((state.sent.max(state.committed).unwrap_or(NO_OFFSET), "sent")),
            (true, true) => None,
        }
    }

    /// Adds what an operation may have done that has not ended yet, and returns whether that is
    /// a poll with an unknown outcome.
    fn add_open(&self, key: u32, operation: &Operation, state: &mut KeyState) -> bool {
        let Words { ops, names, logs, survey } = self.words;
        let f = ops.f(operation);
        let mut sends = Vec::new();
        names.known_sends(f, ops.argument(operation), &mut sends);
        for send in sends.iter().filter(|send| send.key == key) {
            match logs.span(send.message) {
                Some((_, last)) => {
                    let offset = logs.offsets(key)[last as usize];
                    state.sent = state.sent.max(Some(offset));
                }
                None => {
                    let is_refused = survey.flags[send.message as usize] & REFUSED != 0;
                    state.has_unknown_offsets |= !is_refused;
                }
            }
        }
        let Some((end, _)) = ops.result(operation) else {
            return matches!(f, F::Poll | F::Txn) && operation.outcome != EntryKind::Fail;
        };
        let mut reads = ResolvedReads::default();
        names.known_reads(&ops.history[end], &mut reads);
        for (_, range) in reads.keys.iter().filter(|(of, _)| *of == key) {
            let highest = reads.offsets[range.clone()].iter().max().copied();
            state.committed = state.committed.max(highest.filter(|offset| *offset != NO_OFFSET));
        }
        false
    }

    fn gone_back(
        &self,
        key: u32,
        answered: Option<i64>,
        (floor, since): (i64, usize),
        entry: usize,
    ) -> String {
        let (who, key) = (self.words.who(entry), self.words.key(key));
        let found = answered.map_or("no offset".to_owned(), |offset| offset.to_string());
        format!(
            "{who} receives {found} as the committed offset of {key}; {floor} was committed before \
             (entry {since})"
        )
    }
}

impl KeyState {
    fn raise(&mut self, offset: i64, entry: usize) {
        if self.floor.is_none_or(|(floor, _)| floor < offset) {
            self.floor = Some((offset, entry));
        }
    }
}

/// What an assignment says of the committed offset of a key: `None` if it does not say.
pub(super) fn answered<'a>(op: &'a Op, name: &str) -> Option<Option<i64>> {
    let committed: &'a _ = op.assignment.as_ref()?.committed.as_ref()?;
    Some(committed.get(name).copied())
}
