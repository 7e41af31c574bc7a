//! A node's disk: what survives a crash.
//!
//! A write is durable after [`Disk::sync`]. Of the writes since the last sync a crash keeps some
//! prefix, drawn from the seed, as a real disk may.

use std::collections::BTreeMap;

use crate::engine::rng::Rng;

/// Keys and values, with a list of what is not yet durable.
#[derive(Clone, Debug, Default)]
pub struct Disk {
    durable: BTreeMap<Vec<u8>, Vec<u8>>,
    unsynced: Vec<(Vec<u8>, Vec<u8>)>,
}

impl Disk {
    /// Writes `value` under `key`; durable after the next [`Disk::sync`].
    pub fn write(&mut self, key: impl Into<Vec<u8>>, value: impl Into<Vec<u8>>) {
        self.unsynced.push((key.into(), value.into()));
    }

    /// What was last written under `key`.
    pub fn read(&self, key: impl AsRef<[u8]>) -> Option<&[u8]> {
        let key = key.as_ref();
        let newest = self.unsynced.iter().rev().find(|(k, _)| k == key);
        newest.map(|(_, value)| value).or_else(|| self.durable.get(key)).map(Vec::as_slice)
    }

    /// Makes all writes so far durable.
    pub fn sync(&mut self) {
        self.durable.extend(self.unsynced.drain(..));
    }

    /// A crash: keeps a prefix of the unsynced writes, its length drawn from `rng`.
    pub fn crash(&mut self, rng: &mut Rng) {
        let kept = rng.below(self.unsynced.len() as u64 + 1) as usize;
        self.unsynced.truncate(kept);
        self.sync();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::rng::{Purpose, Seed};

    #[test]
    fn synced_writes_survive_and_unsynced_ones_may_not() {
        let mut kept = [false; 2];
        for seed in 0..20 {
            let mut rng = Seed::new(seed).expect("a seed").stream(Purpose::Disk, 0);
            let mut disk = Disk::default();
            disk.write("a", "1");
            disk.sync();
            disk.write("a", "2");
            assert_eq!(disk.read("a"), Some(&b"2"[..]));
            disk.crash(&mut rng);
            kept[usize::from(disk.read("a") == Some(b"2"))] = true;
            assert!(disk.read("a").is_some());
        }
        assert_eq!(kept, [true, true], "over 20 seeds both happen");
    }
}
