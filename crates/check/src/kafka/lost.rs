//! What is wrong with whole logs: messages that are lost or unseen, offsets and messages that are
//! there twice.
//!
//! A message is *lost* if it must be in its log, no ok poll has it, and one has a message behind
//! it. It is *unseen* if its send is acknowledged and no ok poll has it, lost or not; strictly only
//! what is not lost is called so, and only if a poll began after the acknowledgement.

use std::collections::BTreeMap;

use super::errors::{Case, ErrorType};
use super::marks::{ACKED, READ};
use super::orders::Reports;
use super::words::Words;
use crate::history_rule::HistoryRule;

/// Acknowledged messages of a key that are in no poll.
#[derive(Clone, Debug, Default)]
pub(super) struct UnseenOfKey {
    /// How many there are.
    pub count: u64,
    /// The first few of them.
    pub messages: Vec<u32>,
}

/// Maximum number of unseen messages of a key that are named.
const UNSEEN_NAMED: usize = 32;

/// Looks at the logs of all keys. Returns the unseen messages by key.
pub(super) fn check(words: Words<'_>, reports: &mut Reports<'_>) -> BTreeMap<u32, UnseenOfKey> {
    note_conflicts(words, reports);
    note_duplicates(words, reports);
    let irregular: BTreeMap<u32, Vec<u32>> = irregular_by_key(words);
    let mut lost = vec![];
    for key in 0..words.names.keys.len() as u32 {
        let irregular = irregular.get(&key).map_or(&[][..], Vec::as_slice);
        lost_of_key(words, key, irregular, &mut lost, reports);
    }
    lost.sort_unstable();
    unseen(words, &lost, reports)
}

fn note_conflicts(words: Words<'_>, reports: &mut Reports<'_>) {
    for (place, conflict) in words.logs.conflicts.iter().enumerate() {
        let measure = conflict.messages.len() as i64;
        let kind = ErrorType::InconsistentOffsets;
        reports.errors.add(kind, measure, || Case::Conflict(place));
        let entries = entries_of(words, &conflict.messages);
        reports.findings.add(HistoryRule::InconsistentOffsets, &entries, || {
            let (key, offset) = (words.key(conflict.key), conflict.offset);
            format!("offset {offset} of {key} has {}", words.messages(&conflict.messages))
        });
    }
}

fn note_duplicates(words: Words<'_>, reports: &mut Reports<'_>) {
    for (place, duplicate) in words.logs.duplicates.iter().enumerate() {
        let measure = duplicate.offsets.len() as i64;
        reports.errors.add(ErrorType::Duplicate, measure, || Case::Duplicate(place));
        let entries = entries_of(words, &[duplicate.message]);
        reports.findings.add(HistoryRule::DuplicateMessage, &entries, || {
            let key = words.key(words.names.messages.key(duplicate.message));
            let (message, offsets) = (words.message(duplicate.message), &duplicate.offsets);
            format!("{message} is at the offsets {offsets:?} of {key}")
        });
    }
}

/// The entries that end the sends of messages, or the first ones that read them.
fn entries_of(words: Words<'_>, messages: &[u32]) -> Vec<usize> {
    let reader = |message: u32| {
        let reader = words.survey.readers[message as usize] as usize;
        (reader < words.ops.history.len()).then_some(reader)
    };
    let entry = |message: &u32| words.send_of(*message).or_else(|| reader(*message));
    messages.iter().take(8).filter_map(entry).collect()
}

fn irregular_by_key(words: Words<'_>) -> BTreeMap<u32, Vec<u32>> {
    let mut by_key: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for message in words.logs.irregular() {
        by_key.entry(words.names.messages.key(message)).or_default().push(message);
    }
    by_key
}

fn lost_of_key(
    words: Words<'_>,
    key: u32,
    irregular: &[u32],
    lost: &mut Vec<u32>,
    reports: &mut Reports<'_>,
) {
    let is_read = |message: u32| words.survey.flags[message as usize] & READ != 0;
    let is_regular = |message: &u32| irregular.binary_search(message).is_err();
    let log = words.logs.chosen(key);
    let last_regular = log.iter().rposition(|m| is_read(*m) && is_regular(m));
    let last_regular = last_regular.map(|index| (index as u32, log[index]));
    let read_irregular = irregular.iter().filter(|message| is_read(**message));
    let last_irregular = read_irregular.filter_map(|m| Some((words.logs.span(*m)?.0, *m)));
    let Some((bound, witness)) = last_irregular.chain(last_regular).max() else { return };
    let max_read = words.survey.readers[witness as usize] as usize;
    let must_be_read = |message: &u32| !is_read(*message) && words.survey.is_committed(*message);
    let regular = log[..=bound as usize].iter().filter(|message| is_regular(message));
    let ends_before = |message: &&u32| words.logs.span(**message).is_some_and(|s| s.1 <= bound);
    let found = regular.chain(irregular.iter().filter(ends_before)).copied();
    for message in found.filter(must_be_read) {
        lost.push(message);
        let index = words.logs.span(message).map_or(0, |(first, _)| i64::from(first));
        let case = || Case::Lost { message, max_read_index: bound, max_read };
        reports.errors.add(ErrorType::LostWrite, index, case);
        let send = words.send_of(message).unwrap_or(max_read);
        reports.findings.add(HistoryRule::LostWrite, &[send, max_read], || {
            let (who, name) = (words.who(send), words.key(key));
            let (message, witness) = (words.message(message), words.message(witness));
            let reader = words.who(max_read);
            format!(
                "{who} sends {message} to {name} (entry {send}), and no ok poll has it, though \
                 {reader} reads {witness} behind it (entry {max_read})"
            )
        });
    }
}

/// Acknowledged messages that are in no ok poll.
fn unseen(words: Words<'_>, lost: &[u32], reports: &mut Reports<'_>) -> BTreeMap<u32, UnseenOfKey> {
    let mut all: BTreeMap<u32, UnseenOfKey> = BTreeMap::new();
    let mut strict: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for message in 0..words.names.messages.sent_len() as u32 {
        if words.survey.flags[message as usize] & (ACKED | READ) != ACKED {
            continue;
        }
        let key = words.names.messages.key(message);
        let of_key = all.entry(key).or_default();
        of_key.count += 1;
        if of_key.messages.len() < UNSEEN_NAMED {
            of_key.messages.push(message);
        }
        if lost.binary_search(&message).is_err() {
            strict.entry(key).or_default().push(message);
        }
    }
    if !all.is_empty() {
        reports.errors.add_bare(ErrorType::Unseen);
    }
    for (key, messages) in strict {
        report_unseen(words, key, &messages, reports);
    }
    all
}

fn report_unseen(words: Words<'_>, key: u32, messages: &[u32], reports: &mut Reports<'_>) {
    let sends = messages.iter().filter_map(|message| words.send_of(*message));
    let (Some(first), name) = (sends.clone().min(), words.key(key)) else { return };
    let (count, are) = match messages.len() {
        1 => ("1 acknowledged message".to_owned(), "is"),
        count => (format!("{count} acknowledged messages"), "are"),
    };
    if words.survey.last_poll.is_none_or(|poll| poll < first) {
        let why = format!("no poll begins after {count} of {name}");
        return reports.findings.leave_open(HistoryRule::Unseen, why);
    }
    reports.findings.add(HistoryRule::Unseen, &sends.take(8).collect::<Vec<_>>(), || {
        format!("{count} of {name} {are} in no ok poll: {}", words.messages(messages))
    });
}
