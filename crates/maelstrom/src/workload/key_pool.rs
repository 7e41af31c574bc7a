//! A pool of the keys in use, as Jepsen's generators have it: later keys are chosen more often, and
//! a key is replaced after a number of writes.

use crate::engine::rng::Rng;

/// The pool.
#[derive(Debug)]
pub(super) struct KeyPool {
    /// The active keys, with the number of writes generated for each.
    active: Vec<(u64, u64)>,
    /// The number of the next key.
    next_key: u64,
    /// Number of writes to a key before another takes its place.
    max_writes_per_key: u64,
}

impl KeyPool {
    /// Creates a pool of this many keys.
    pub(super) fn new(key_count: u64, max_writes_per_key: u64) -> KeyPool {
        let active = (0..key_count).map(|key| (key, 0)).collect();
        KeyPool { active, next_key: key_count, max_writes_per_key }
    }

    /// Chooses the place of an active key: each is chosen twice as often as the one before it.
    pub(super) fn choose(&self, rng: &mut Rng) -> usize {
        let number = rng.below((1 << self.active.len()) - 1) + 1;
        number.ilog2() as usize
    }

    /// Returns the key at a place.
    pub(super) fn key(&self, place: usize) -> u64 {
        self.active[place].0
    }

    /// Returns the key at a place and the number of its next write, from 1; the last of its writes
    /// gives the place to a new key.
    pub(super) fn write(&mut self, place: usize) -> (u64, u64) {
        let (key, writes) = &mut self.active[place];
        *writes += 1;
        let write = (*key, *writes);
        if write.1 == self.max_writes_per_key {
            self.active[place] = (self.next_key, 0);
            self.next_key += 1;
        }
        write
    }

    /// Returns all keys that have been in use.
    pub(super) fn all(&self) -> impl Iterator<Item = u64> + use<> {
        0..self.next_key
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_keys_are_chosen_twice_as_often_and_used_keys_are_replaced() {
        let mut pool = KeyPool::new(3, 2);
        let rng = &mut Rng::from_draw(1);
        let mut chosen = [0_u32; 3];
        (0..7_000).for_each(|_| chosen[pool.choose(rng)] += 1);
        assert!(chosen[0] > 900 && chosen[0] < 1_100, "{chosen:?}");
        assert!(chosen[2] > 3_850 && chosen[2] < 4_150, "{chosen:?}");
        assert_eq!([pool.write(1), pool.write(1), pool.write(1)], [(1, 1), (1, 2), (3, 1)]);
        assert_eq!((pool.key(0), pool.key(1)), (0, 3));
        assert!(pool.all().eq(0..4));
    }
}
