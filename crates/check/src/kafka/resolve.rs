//! The sends and reads of an operation with numbers in place of keys and messages.

use std::ops::Range;

use super::keys::Keys;
use super::messages::Messages;
use super::micro_ops::{self, Message, MicroOp, micro_ops};
use super::none::NONE;
use crate::history::{F, LogOp, Op, OpValue};

/// The keys and messages of a history.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    /// Keys of logs.
    pub keys: Keys,
    /// Messages of all keys.
    pub messages: Messages,
    /// The message of each operation that sends exactly one, or [`NONE`].
    pub single: Vec<u32>,
    /// The key of each message that is sent.
    pub keys_of_sent: Vec<u32>,
}

/// No offset.
pub(super) const NO_OFFSET: i64 = -1;

/// A message that is sent, and its offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ResolvedSend {
    /// Number of the key.
    pub key: u32,
    /// Number of the message.
    pub message: u32,
    /// Its offset, or [`NO_OFFSET`].
    pub offset: i64,
}

/// What an operation read, key by key. It is filled anew for each operation and keeps its room.
#[derive(Clone, Debug, Default)]
pub(super) struct ResolvedReads {
    /// Keys, and where their messages are. No key is in it twice.
    pub keys: Vec<(u32, Range<usize>)>,
    /// Numbers of messages, in the order in which they were read.
    pub messages: Vec<u32>,
    /// Their offsets, or [`NO_OFFSET`].
    pub offsets: Vec<i64>,
    /// Messages among them that are seen for the first time and were never sent.
    pub fabricated: Vec<u32>,
}

impl ResolvedReads {
    fn clear(&mut self) {
        self.keys.clear();
        self.messages.clear();
        self.offsets.clear();
        self.fabricated.clear();
    }

    /// How many steps it took to find them.
    pub(super) fn steps(&self) -> u64 {
        (self.keys.len() + self.messages.len()) as u64
    }

    /// Puts together what several polls of one transaction read of a key.
    fn merge(&mut self) {
        let mut keys = std::mem::take(&mut self.keys);
        keys.sort_by_key(|(key, _)| *key);
        let mut merged = ResolvedReads::default();
        for (key, range) in keys {
            let start = merged.messages.len();
            merged.messages.extend_from_slice(&self.messages[range.clone()]);
            merged.offsets.extend_from_slice(&self.offsets[range]);
            match merged.keys.last_mut() {
                Some((last, range)) if *last == key => range.end = merged.messages.len(),
                _ => merged.keys.push((key, start..merged.messages.len())),
            }
        }
        merged.fabricated = std::mem::take(&mut self.fabricated);
        *self = merged;
    }
}

impl Names {
    /// Finds what an entry read, and numbers keys and messages that were never sent. Only polls and
    /// transactions read.
    pub(super) fn reads(&mut self, op: &Op, found: &mut ResolvedReads) {
        let Names { keys, messages, .. } = self;
        let sent_len = messages.sent_len();
        let key = |key: &str| keys.intern(key);
        gather_reads(op, found, key, |key, message| {
            let (number, is_new) = messages.read(key, message);
            (number, is_new && number as usize >= sent_len)
        });
    }

    /// Finds what an entry read, where all of it has numbers.
    pub(super) fn known_reads(&self, op: &Op, found: &mut ResolvedReads) {
        let key = |key: &str| self.keys.number(key).unwrap_or(NONE);
        gather_reads(op, found, key, |key, message| (self.messages.known(key, message), false));
    }

    /// Finds what an entry of an operation sends. Most send one message, which is known without
    /// looking its key up.
    #[inline]
    pub(super) fn sends(
        &self,
        place: usize,
        f: &F,
        value: &OpValue,
        found: &mut Vec<ResolvedSend>,
    ) {
        let message = self.single[place];
        match value {
            OpValue::Log(ops) if message != NONE => {
                if let [LogOp::Send { offset, .. }] = &**ops {
                    let key = self.keys_of_sent[message as usize];
                    let offset = offset.unwrap_or(NO_OFFSET);
                    found.clear();
                    return found.push(ResolvedSend { key, message, offset });
                }
                self.known_sends(f, value, found);
            }
            value => self.known_sends(f, value, found),
        }
    }

    /// Finds what a value sends, in its order, where all of it has numbers. Only sends and
    /// transactions send.
    pub(super) fn known_sends(&self, f: &F, value: &OpValue, found: &mut Vec<ResolvedSend>) {
        found.clear();
        if !matches!(f, F::Send | F::Txn) {
            return;
        }
        for micro_op in micro_ops(value) {
            let MicroOp::Send { key, offset, message } = micro_op else { continue };
            let Some(key) = self.keys.number(&key) else { continue };
            let message = self.messages.known(key, message);
            if message != NONE {
                let offset = offset.unwrap_or(NO_OFFSET);
                found.push(ResolvedSend { key, message, offset });
            }
        }
    }

    /// The numbers of the keys that an assignment names, in ascending order. Those that nothing is
    /// sent to or read of have none.
    pub(super) fn assigned(&self, value: &OpValue) -> Vec<u32> {
        let mut keys = Vec::new();
        micro_ops::for_each_key(value, |key| keys.extend(self.keys.number(key)));
        keys.sort_unstable();
        keys.dedup();
        keys
    }
}

/// Calls the two functions with each key and message that an entry read.
fn gather_reads(
    op: &Op,
    found: &mut ResolvedReads,
    mut key_of: impl FnMut(&str) -> u32,
    mut message_of: impl FnMut(u32, Message<'_>) -> (u32, bool),
) {
    found.clear();
    if !matches!(op.f, F::Poll | F::Txn) {
        return;
    }
    let mut polls = 0;
    for micro_op in micro_ops(&op.value) {
        let MicroOp::Poll(reads) = micro_op else { continue };
        polls += 1;
        reads.for_each(|key, pairs| {
            let key = key_of(key);
            let start = found.messages.len();
            pairs.for_each(|offset, message| {
                let (number, is_fabricated) = message_of(key, message);
                found.messages.push(number);
                found.offsets.push(offset.unwrap_or(NO_OFFSET));
                if is_fabricated {
                    found.fabricated.push(number);
                }
            });
            found.keys.push((key, start..found.messages.len()));
        });
    }
    if polls > 1 {
        found.merge();
    }
}
