//! A node's disk: a key-value store that survives a crash.
//!
//! A change is durable after [`Disk::sync`]. Of the changes since the last sync a crash keeps a
//! prefix, drawn from the seed, as a real disk may; each change is atomic.
//!
//! ```text
//!   write a ─ sync ─ write b ─ append c ─ write d ─ crash
//!   └─ durable ────┘ └ a prefix of these survives ┘
//! ```

use std::collections::BTreeMap;

use crate::engine::rng::Rng;

/// Keys and values as the node sees them, with an undo log of the changes that are not yet durable.
#[derive(Clone, Debug, Default)]
pub struct Disk {
    values: BTreeMap<Vec<u8>, Vec<u8>>,
    unsynced: Vec<(Vec<u8>, Before)>,
    /// Changes for a host that stores them elsewhere, if it wants them.
    changes: Option<Vec<Change>>,
}

/// A change of a disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Sets the value of a key.
    Write(Vec<u8>, Vec<u8>),
    /// Appends bytes to the value of a key.
    Append(Vec<u8>, Vec<u8>),
    /// Makes all changes so far durable.
    Sync,
}

/// Value of a key before a change.
#[derive(Clone, Debug)]
enum Before {
    /// This value, or none.
    Value(Option<Vec<u8>>),
    /// The first bytes of the present value, of this length.
    Shorter(usize),
}

impl Disk {
    /// Creates a disk with these changes applied that logs further ones ([`Disk::take_changes`]).
    pub fn noting(changes: impl IntoIterator<Item = Change>) -> Disk {
        let mut disk = Disk::default();
        for change in changes {
            match change {
                Change::Write(key, value) => disk.write(key, value),
                Change::Append(key, bytes) => disk.append(key, &bytes),
                Change::Sync => disk.sync(),
            }
        }
        disk.sync();
        Disk { changes: Some(vec![]), ..disk }
    }

    /// Takes the changes since the last call, in order.
    pub fn take_changes(&mut self) -> Vec<Change> {
        self.changes.as_mut().map(std::mem::take).unwrap_or_default()
    }

    fn note(&mut self, change: impl FnOnce() -> Change) {
        if let Some(changes) = &mut self.changes {
            changes.push(change());
        }
    }

    /// Writes `value` under `key`; durable after the next [`Disk::sync`].
    pub fn write(&mut self, key: impl Into<Vec<u8>>, value: impl Into<Vec<u8>>) {
        let (key, value) = (key.into(), value.into());
        self.note(|| Change::Write(key.clone(), value.clone()));
        let before = self.values.insert(key.clone(), value);
        self.unsynced.push((key, Before::Value(before)));
    }

    /// Appends `bytes` to the value of `key`, at the cost of these bytes alone; durable after the
    /// next [`Disk::sync`].
    pub fn append(&mut self, key: impl AsRef<[u8]>, bytes: &[u8]) {
        let key = key.as_ref();
        match self.values.get_mut(key) {
            Some(value) => {
                self.unsynced.push((key.to_vec(), Before::Shorter(value.len())));
                value.extend_from_slice(bytes);
                self.note(|| Change::Append(key.to_vec(), bytes.to_vec()));
            }
            None => self.write(key, bytes),
        }
    }

    /// Returns the last written value of `key`.
    pub fn read(&self, key: impl AsRef<[u8]>) -> Option<&[u8]> {
        self.values.get(key.as_ref()).map(Vec::as_slice)
    }

    /// Returns all keys that begin with `prefix`, in rising order, with their values.
    pub fn below<'a>(&'a self, prefix: &'a [u8]) -> impl Iterator<Item = (&'a [u8], &'a [u8])> {
        let from = self.values.range(prefix.to_vec()..);
        let all = from.map(|(key, value)| (key.as_slice(), value.as_slice()));
        all.take_while(move |(key, _)| key.starts_with(prefix))
    }

    /// Makes all changes so far durable.
    pub fn sync(&mut self) {
        self.unsynced.clear();
        self.note(|| Change::Sync);
    }

    /// Crashes: keeps a prefix of the unsynced changes, its length drawn from `rng`.
    pub fn crash(&mut self, rng: &mut Rng) {
        let kept = rng.below(self.unsynced.len() as u64 + 1) as usize;
        for (key, before) in self.unsynced.drain(kept..).rev() {
            match before {
                Before::Value(Some(value)) => drop(self.values.insert(key, value)),
                Before::Value(None) => drop(self.values.remove(&key)),
                Before::Shorter(length) => {
                    self.values.entry(key).and_modify(|value| value.truncate(length));
                }
            }
        }
        self.sync();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::rng::{Purpose, Seed};

    fn rng(seed: u64) -> Rng {
        Seed::new(seed).expect("a seed").stream(Purpose::Disk, 0)
    }

    #[test]
    fn synced_writes_survive_and_unsynced_ones_may_not() {
        let mut kept = [false; 2];
        for seed in 0..20 {
            let mut disk = Disk::default();
            disk.write("a", "1");
            disk.sync();
            disk.write("a", "2");
            assert_eq!(disk.read("a"), Some(&b"2"[..]));
            disk.crash(&mut rng(seed));
            kept[usize::from(disk.read("a") == Some(b"2"))] = true;
            assert!(disk.read("a").is_some());
        }
        assert_eq!(kept, [true, true], "over 20 seeds both happen");
    }

    #[test]
    fn a_crash_leaves_what_some_prefix_of_the_changes_made() {
        let mut seen = vec![];
        for seed in 0..100 {
            let mut disk = Disk::default();
            disk.append("log", b"a");
            disk.sync();
            disk.append("log", b"bc");
            disk.write("log", "x");
            disk.append("log", b"y");
            disk.append("new", b"z");
            disk.crash(&mut rng(seed));
            let log = disk.read("log").unwrap_or_default().to_vec();
            let state = (String::from_utf8(log).expect("text"), disk.read("new").is_some());
            if !seen.contains(&state) {
                seen.push(state);
            }
        }
        seen.sort();
        let state = |log: &str, new| (log.to_owned(), new);
        let all = ["a", "abc", "x", "xy"].map(|log| state(log, false));
        assert_eq!(seen, [&all[..], &[state("xy", true)]].concat());
    }

    #[test]
    fn keys_are_found_by_their_beginning() {
        let mut disk = Disk::default();
        for key in ["b/2", "a", "b/1", "c", "b"] {
            disk.write(key, key);
        }
        let found: Vec<&[u8]> = disk.below(b"b/").map(|(key, _)| key).collect();
        assert_eq!(found, [&b"b/1"[..], b"b/2"]);
        assert_eq!(disk.below(b"d").count(), 0);
    }
}
