//! The log of each key: its messages in the order of their offsets, which may have gaps.
//!
//! A log is what acknowledged sends and all polls say together. An index counts the offsets that
//! are known of a key from 0 on, so that a gap costs nothing, however large it is. Where several
//! messages are said to have one offset, the smallest one is taken for its index;
//! where a message is said to have several offsets, the last of its indices is.

use std::collections::BTreeMap;
use std::ops::Range;

use super::messages::Messages;
use super::resolve::{NO_OFFSET, NONE};
use super::survey::Survey;

/// The logs of all keys.
#[derive(Clone, Debug, Default)]
pub(super) struct Logs {
    /// Where the log of each key begins in the two lists below; one more than there are keys.
    starts: Vec<u32>,
    /// Known offsets, ascending for each key.
    offsets: Vec<i64>,
    /// The message at each of them.
    chosen: Vec<u32>,
    /// The index of each message in its log, or [`NONE`].
    indices: Vec<u32>,
    /// Offsets that have several messages.
    pub conflicts: Vec<Conflict>,
    /// Messages that have several offsets, in the order of their numbers.
    pub duplicates: Vec<Duplicate>,
    /// First and last index of each message that has several offsets, or shares one.
    spans: BTreeMap<u32, (u32, u32)>,
}

/// Several messages at one offset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Conflict {
    /// Number of the key.
    pub key: u32,
    /// The offset.
    pub offset: i64,
    /// Its index.
    pub index: u32,
    /// Numbers of the messages, the smallest message first.
    pub messages: Vec<u32>,
}

/// One message at several offsets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Duplicate {
    /// Number of the message.
    pub message: u32,
    /// The offsets, ascending.
    pub offsets: Vec<i64>,
}

/// A message at an offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    key: u32,
    message: u32,
    offset: i64,
}

impl Logs {
    /// Puts together the logs of this number of keys.
    pub(super) fn of(key_count: usize, messages: &Messages, survey: &Survey) -> Logs {
        let mut logs = Logs { indices: vec![NONE; survey.offsets.len()], ..Logs::default() };
        let mut places = places(messages, survey);
        places.sort_unstable_by_key(|place| (place.key, place.offset, place.message));
        logs.offsets.reserve_exact(places.len());
        logs.chosen.reserve_exact(places.len());
        for place in places.chunk_by(|a, b| (a.key, a.offset) == (b.key, b.offset)) {
            logs.add(place, messages);
        }
        logs.starts.resize(key_count + 1, logs.offsets.len() as u32);
        logs.note_duplicates(messages, survey);
        logs
    }

    /// Adds the next offset with its messages.
    fn add(&mut self, places: &[Place], messages: &Messages) {
        let smallest = match places {
            [place] => place,
            several => {
                let smallest = several.iter().min_by_key(|place| messages.rank(place.message));
                smallest.expect("an offset has a message")
            }
        };
        let Place { key, message, offset } = *smallest;
        let position = self.offsets.len() as u32;
        self.starts.resize(self.starts.len().max(key as usize + 1), position);
        let index = position - self.starts[key as usize];
        self.offsets.push(offset);
        self.chosen.push(message);
        self.indices[message as usize] = index;
        if places.len() > 1 {
            let mut sharing: Vec<u32> = places.iter().map(|place| place.message).collect();
            sharing.sort_by_key(|message| messages.rank(*message));
            self.conflicts.push(Conflict { key, offset, index, messages: sharing });
            for place in places {
                self.extend_span(place.message, index);
            }
        }
    }

    fn extend_span(&mut self, message: u32, index: u32) {
        let span = self.spans.entry(message).or_insert((index, index));
        *span = (span.0.min(index), span.1.max(index));
    }

    fn note_duplicates(&mut self, messages: &Messages, survey: &Survey) {
        for group in survey.elsewhere.chunk_by(|a, b| a.0 == b.0) {
            let message = group[0].0;
            let mut offsets: Vec<i64> = group.iter().map(|(_, offset)| *offset).collect();
            offsets.push(survey.offsets[message as usize]);
            offsets.sort_unstable();
            for offset in &offsets {
                let index = self.rank(messages.key(message), *offset);
                self.extend_span(message, index);
            }
            self.duplicates.push(Duplicate { message, offsets });
        }
    }

    fn range(&self, key: u32) -> Range<usize> {
        let key = key as usize;
        match self.starts.get(key..key + 2) {
            Some([start, end]) => *start as usize..*end as usize,
            _ => 0..0,
        }
    }

    /// The known offsets of a key, ascending.
    pub(super) fn offsets(&self, key: u32) -> &[i64] {
        &self.offsets[self.range(key)]
    }

    /// The messages of a key in the order of their offsets, one for each.
    pub(super) fn chosen(&self, key: u32) -> &[u32] {
        &self.chosen[self.range(key)]
    }

    /// How many known offsets of a key are below this one.
    pub(super) fn rank(&self, key: u32, offset: i64) -> u32 {
        self.offsets(key).partition_point(|known| *known < offset) as u32
    }

    /// The index of a message, if its log has one for it.
    pub(super) fn index(&self, message: u32) -> Option<u32> {
        Some(self.indices[message as usize]).filter(|index| *index != NONE)
    }

    /// First and last index at which a message lies, whether it is taken for that index or not.
    pub(super) fn span(&self, message: u32) -> Option<(u32, u32)> {
        let span = self.spans.get(&message).copied();
        span.or_else(|| self.index(message).map(|index| (index, index)))
    }

    /// Messages that have several offsets, or share one.
    pub(super) fn irregular(&self) -> impl Iterator<Item = u32> {
        self.spans.keys().copied()
    }

    /// How far a second message lies behind a first one; 1 where that is not known.
    pub(super) fn distance(&self, first: Option<u32>, second: u32) -> i64 {
        match (first.and_then(|first| self.index(first)), self.index(second)) {
            (Some(first), Some(second)) => i64::from(second) - i64::from(first),
            _ => 1,
        }
    }
}

/// All messages with known offsets.
fn places(messages: &Messages, survey: &Survey) -> Vec<Place> {
    let mut places = Vec::with_capacity(survey.offsets.len() + survey.elsewhere.len());
    let key_of = messages.keys_in_order();
    for (message, (offset, key)) in (0..).zip(survey.offsets.iter().zip(key_of)) {
        if *offset != NO_OFFSET {
            places.push(Place { key, message, offset: *offset });
        }
    }
    let elsewhere = survey.elsewhere.iter();
    places.extend(elsewhere.map(|(message, offset)| Place {
        key: messages.key(*message),
        message: *message,
        offset: *offset,
    }));
    places
}
