//! Logs in memory and on the disk: messages by key and offset, and committed offsets.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::log_request::{Messages, Offsets};
use crate::node::Disk;

/// Maximum number of messages of a key in a reply to a poll.
const POLL_MAX: usize = 100;

/// The disk key of all messages and commits, a line of JSON for each.
const LOGS: &[u8] = b"logs";

/// Messages by key and offset, and committed offsets. What is added is on the disk after its next
/// sync.
#[derive(Debug, Default)]
pub(crate) struct Logs {
    logs: BTreeMap<String, BTreeMap<i64, Value>>,
    committed: Offsets,
}

impl Logs {
    /// Restores the logs from the disk.
    pub(crate) fn restored(disk: &Disk) -> Logs {
        let mut logs = Logs::default();
        let text = String::from_utf8_lossy(disk.read(LOGS).unwrap_or_default());
        for line in text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok()) {
            let (Some(key), Some(offset)) = (line[0].as_str(), line[1].as_i64()) else { continue };
            match line.get(2) {
                Some(message) => logs.insert(key, offset, message.clone()),
                None => _ = logs.raise(key, offset),
            }
        }
        logs
    }

    /// Adds a message.
    pub(crate) fn add(&mut self, key: &str, offset: i64, message: Value, disk: &mut Disk) {
        append(disk, &json!([key, offset, message]));
        self.insert(key, offset, message);
    }

    /// Adds a message in memory alone.
    pub(crate) fn insert(&mut self, key: &str, offset: i64, message: Value) {
        match self.logs.get_mut(key) {
            Some(log) => _ = log.insert(offset, message),
            None => _ = self.logs.insert(key.to_owned(), BTreeMap::from([(offset, message)])),
        }
    }

    /// Returns the offset after the last message of a key.
    pub(crate) fn end(&self, key: &str) -> i64 {
        let last = self.logs.get(key).and_then(|log| log.last_key_value());
        last.map_or(0, |(offset, _)| offset + 1)
    }

    /// Returns all messages, in the order of keys and offsets.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&str, i64, &Value)> {
        self.logs.iter().flat_map(|(key, log)| {
            log.iter().map(move |(offset, message)| (key.as_str(), *offset, message))
        })
    }

    /// Returns the messages of each key from its offset on and below `end`, up to a maximum number.
    pub(crate) fn poll(&self, offsets: &Offsets, end: i64) -> Messages {
        let mut messages = Messages::new();
        for (key, from) in offsets {
            let Some(log) = self.logs.get(key) else { continue };
            let range = log.range(*from..end.max(*from)).take(POLL_MAX);
            let pairs: Vec<_> = range.map(|(offset, value)| (*offset, value.clone())).collect();
            if !pairs.is_empty() {
                messages.insert(key.clone(), pairs);
            }
        }
        messages
    }

    /// Commits offsets. An offset never goes back.
    pub(crate) fn commit(&mut self, offsets: &Offsets, disk: &mut Disk) {
        for (key, offset) in offsets {
            if self.raise(key, *offset) {
                append(disk, &json!([key, offset]));
            }
        }
    }

    fn raise(&mut self, key: &str, offset: i64) -> bool {
        let is_new = self.committed.get(key).is_none_or(|known| *known < offset);
        if is_new {
            self.committed.insert(key.to_owned(), offset);
        }
        is_new
    }

    /// Returns the committed offsets of these keys; those without one are left out.
    pub(crate) fn committed<'k>(&self, keys: impl IntoIterator<Item = &'k String>) -> Offsets {
        let known = |key: &'k String| Some((key.clone(), *self.committed.get(key)?));
        keys.into_iter().filter_map(known).collect()
    }

    /// Returns all committed offsets.
    pub(crate) fn all_committed(&self) -> &Offsets {
        &self.committed
    }
}

fn append(disk: &mut Disk, line: &Value) {
    disk.append(LOGS, format!("{line}\n").as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offsets(key: &str, offset: i64) -> Offsets {
        Offsets::from([(key.to_owned(), offset)])
    }

    #[test]
    fn logs_are_read_back_from_the_disk() {
        let mut disk = Disk::default();
        let mut logs = Logs::default();
        logs.add("a", 3, json!("x"), &mut disk);
        logs.add("a", 7, json!([1]), &mut disk);
        logs.commit(&offsets("a", 3), &mut disk);
        logs.commit(&offsets("a", 2), &mut disk);
        let restored = Logs::restored(&disk);
        assert_eq!(restored.end("a"), 8);
        assert_eq!(restored.committed(&["a".to_owned(), "b".to_owned()]), offsets("a", 3));
        assert_eq!(restored.all().collect::<Vec<_>>(), logs.all().collect::<Vec<_>>());
    }

    #[test]
    fn a_poll_ends_below_the_end() {
        let mut logs = Logs::default();
        (0..5).for_each(|offset| logs.insert("a", 2 * offset, json!(offset)));
        let polled = logs.poll(&offsets("a", 1), 7);
        assert_eq!(polled["a"].iter().map(|(offset, _)| *offset).collect::<Vec<_>>(), [2, 4, 6]);
        assert_eq!(logs.poll(&offsets("a", 9), 7), Messages::new());
    }
}
