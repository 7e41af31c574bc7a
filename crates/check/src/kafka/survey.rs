//! What a history says of each message: who sends it, how that ends, where it lies, who reads it.
//!
//! One walk over what is sent gives messages their numbers, a second one over all entries gathers
//! the facts, a few bytes for each message. Reads themselves are not kept.

use std::collections::BTreeSet;

use super::marks::{ACKED, ENDED, READ, READ_ANYHOW, UNSURE};
use super::messages::Sent;
use super::none::NONE;
use super::resolve::{NO_OFFSET, Names, ResolvedSend};
use crate::engine::time::Instant;

/// An entry that reads a message which it may not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct WrongRead {
    /// Index of the entry.
    pub entry: usize,
    /// Number of the message.
    pub message: u32,
}

/// The facts.
#[derive(Clone, Debug, Default)]
pub(super) struct Survey {
    /// Number of the operation that sends a message, or [`NONE`].
    pub writers: Vec<u32>,
    /// How the send of a message ends, and whether the message is read.
    pub flags: Vec<u8>,
    /// The first entry that reads a message with ok, or [`NONE`].
    pub readers: Vec<u32>,
    /// The first known offset of a message, or [`NO_OFFSET`].
    pub offsets: Vec<i64>,
    /// Further offsets of messages.
    pub elsewhere: Vec<(u32, i64)>,
    /// Offsets in acknowledgements of sends whose outcome is unknown, with their operations.
    pub unsure_offsets: Vec<(u32, ResolvedSend)>,
    /// For each key, when it was first known that it has an offset at least as high as this one.
    pub highs: Vec<Vec<(i64, Instant)>>,
    /// Transactions that read what they send themselves.
    pub precommitted: Vec<WrongRead>,
    /// First reads of messages that no operation sends.
    pub fabricated: Vec<WrongRead>,
    /// A message that is read and whose send has no end, if there is one.
    pub unwritten: Option<u32>,
    /// Messages that several operations send.
    pub sent_twice: Vec<u32>,
    /// Whether a read ends before its message's send begins, or a transaction sends and reads.
    pub may_have_cycles: bool,
    /// Whether any operation precedes another one in real time or by what it reads.
    pub has_order: bool,
    /// When the last ok send, poll or transaction ends.
    pub last_ok: Option<Instant>,
    /// Where the last ok poll or transaction begins.
    pub last_poll: Option<usize>,
    /// Entries with an unknown outcome, one for each of the first few distinct errors.
    pub causes: Vec<usize>,
    /// Operations with an unknown outcome of which a message is read.
    visible: BTreeSet<u32>,
}

impl Survey {
    /// Numbers the messages that are sent, and notes their senders.
    pub(super) fn of_sent(operations: usize, names: &mut Names, mut sent: Vec<Sent>) -> Survey {
        let mut survey = Survey::default();
        names.messages.number_all(&mut sent);
        names.keys_of_sent = names.messages.keys_in_order().collect();
        names.single = vec![NONE; operations];
        survey.note_writers(names.messages.len(), sent, &mut names.single);
        survey
    }

    /// Notes who sends each message, of several operations the last, and the message of each
    /// operation that sends one.
    fn note_writers(&mut self, count: usize, sent: Vec<Sent>, single: &mut [u32]) {
        const SEVERAL: u32 = NONE - 1;
        self.grow(count);
        let mut number = NONE;
        let mut last = None;
        for Sent { family, value, operation } in sent {
            if last == Some((family, value)) {
                self.sent_twice.push(number);
            } else {
                number = number.wrapping_add(1);
                last = Some((family, value));
            }
            self.writers[number as usize] = operation;
            let single = &mut single[operation as usize];
            *single = if *single == NONE { number } else { SEVERAL };
        }
        single.iter_mut().filter(|single| **single == SEVERAL).for_each(|s| *s = NONE);
        self.sent_twice.dedup();
    }

    /// Makes room for messages that were numbered meanwhile.
    pub(super) fn grow(&mut self, count: usize) {
        self.writers.resize(count, NONE);
        self.flags.resize(count, 0);
        self.readers.resize(count, NONE);
        self.offsets.resize(count, NO_OFFSET);
    }

    /// Notes that a message lies at an offset.
    pub(super) fn note_offset(&mut self, message: u32, offset: i64) {
        let known = &mut self.offsets[message as usize];
        if *known == NO_OFFSET {
            *known = offset;
        } else if *known != offset && offset != NO_OFFSET {
            self.elsewhere.push((message, offset));
        }
    }

    /// Notes an offset that a key is known to have from some time on.
    pub(super) fn note_high(&mut self, key: u32, offset: i64, time: Instant) {
        let key = key as usize;
        if self.highs.len() <= key {
            self.highs.resize(key + 1, Vec::new());
        }
        let highs = &mut self.highs[key];
        if offset != NO_OFFSET && highs.last().is_none_or(|(known, _)| *known < offset) {
            highs.push((offset, time));
        }
    }

    /// Once all entries are known: offsets of sends whose outcome is unknown count if the messages
    /// of their transaction are visible.
    pub(super) fn finish(&mut self) {
        let visible: BTreeSet<u32> = (0..self.flags.len())
            .filter(|message| self.flags[*message] & (UNSURE | READ) == UNSURE | READ)
            .map(|message| self.writers[message])
            .collect();
        for (operation, send) in std::mem::take(&mut self.unsure_offsets) {
            if visible.contains(&operation) {
                self.note_offset(send.message, send.offset);
            }
        }
        let is_unwritten = |flags: &u8| flags & READ_ANYHOW != 0 && flags & ENDED == 0;
        self.unwritten = self.flags.iter().position(is_unwritten).map(|place| place as u32);
        self.elsewhere.sort_unstable();
        self.elsewhere.dedup();
        self.visible = visible;
    }

    /// Whether a message must be in its log: its send is acknowledged, or its outcome is unknown
    /// and some message of its transaction is read.
    pub(super) fn is_committed(&self, message: u32) -> bool {
        let flags = self.flags[message as usize];
        flags & ACKED != 0
            || flags & UNSURE != 0 && self.visible.contains(&self.writers[message as usize])
    }
}
