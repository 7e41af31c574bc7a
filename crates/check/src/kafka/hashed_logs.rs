//! Logs as hashes of all their beginnings, for the second verdict.

use super::keys::Keys;
use super::micro_ops::{Message, MicroOp, micro_ops};
use crate::history::{EntryKind, F};
use crate::operations::Operations;

/// Numbers that tell a sequence of offsets and messages from any other one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Hashes {
    /// How many there are.
    pub count: u64,
    /// Sum of the hashes of offsets.
    offsets: u64,
    /// Sum of the hashes of offsets with their messages.
    pairs: u64,
    /// Those as the digits of a number: it depends on their order.
    order: u64,
}

/// Base of the number whose digits are hashes; odd, so that no digit is lost.
const BASE: u64 = 0x9e37_79b9_7f4a_7c15;

impl Hashes {
    /// Adds an offset with the hash of its message.
    pub(super) fn add(&mut self, offset: i64, message: u64) {
        let offset = mixed(offset as u64);
        // Not symmetric: message 1 at offset 2 is not message 2 at offset 1.
        let pair = mixed(offset.wrapping_mul(3) ^ message);
        self.count += 1;
        self.offsets = self.offsets.wrapping_add(offset);
        self.pairs = self.pairs.wrapping_add(pair);
        self.order = self.order.wrapping_mul(BASE).wrapping_add(pair);
    }

    /// What is left of a sequence without its beginning.
    fn without(self, beginning: Hashes) -> Hashes {
        let count = self.count - beginning.count;
        let shifted = beginning.order.wrapping_mul(power(count));
        Hashes {
            count,
            offsets: self.offsets.wrapping_sub(beginning.offsets),
            pairs: self.pairs.wrapping_sub(beginning.pairs),
            order: self.order.wrapping_sub(shifted),
        }
    }
}

/// A power of [`BASE`].
fn power(mut exponent: u64) -> u64 {
    let (mut power, mut square) = (1_u64, BASE);
    while exponent > 0 {
        if exponent % 2 == 1 {
            power = power.wrapping_mul(square);
        }
        square = square.wrapping_mul(square);
        exponent /= 2;
    }
    power
}

/// A number in which all bits of another one have gone into all bits (SplitMix64).
fn mixed(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(BASE);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// The hash of a message.
pub(super) fn hash_of(message: Message<'_>) -> u64 {
    match message {
        Message::Int(number) => mixed(number as u64),
        Message::Other(value) => {
            let text = value.to_string();
            text.bytes().fold(mixed(1), |hash, byte| mixed(hash ^ u64::from(byte)))
        }
    }
}

/// The log of a key.
#[derive(Clone, Debug, Default)]
pub(super) struct HashedLog {
    /// Known offsets, ascending.
    offsets: Vec<i64>,
    /// The hashes of the messages before each of them, and of all.
    beginnings: Vec<Hashes>,
    /// Whether the message at each offset is acknowledged.
    acknowledged: Vec<bool>,
    /// Whether an offset has two messages, or a message two offsets.
    pub is_changed: bool,
}

/// An offset, the hash of its message, and whether that is acknowledged.
type Known = (i64, u64, bool);

/// What is known of a log: first in order, then what was read besides.
#[derive(Clone, Debug, Default)]
struct Places {
    all: Vec<Known>,
    /// Number of those that are in order.
    sorted: usize,
}

impl Places {
    fn sort(&mut self) {
        self.all.sort_unstable();
        self.all.dedup();
        self.sorted = self.all.len();
    }

    /// Adds what is read, unless it is known. What is read again and again takes no more room.
    fn read(&mut self, offset: i64, message: u64) {
        let sorted = &self.all[..self.sorted];
        let next = sorted.partition_point(|known| (known.0, known.1) < (offset, message));
        if sorted.get(next).is_some_and(|known| (known.0, known.1) == (offset, message)) {
            return;
        }
        self.all.push((offset, message, false));
        if self.all.len() > 2 * self.sorted + 16 {
            self.sort();
        }
    }
}

/// Calls a function with each micro-operation of operations that end with ok.
fn for_each_ok<'a>(ops: &Operations<'a>, mut each: impl FnMut(MicroOp<'a>)) {
    for (op, place) in ops.history.iter().zip(&ops.of) {
        let is_data = matches!(op.f, F::Send | F::Poll | F::Txn);
        if is_data && op.kind == EntryKind::Ok && place.is_some() {
            micro_ops(&op.value).for_each(&mut each);
        }
    }
}

impl HashedLog {
    /// The logs of all keys, as ok sends and polls know them. Keys get their numbers.
    pub(super) fn all(ops: &Operations<'_>, keys: &mut Keys) -> Vec<HashedLog> {
        let mut known: Vec<Places> = Vec::new();
        for_each_ok(ops, |micro_op| {
            if let MicroOp::Send { key, offset: Some(offset), message } = micro_op {
                let key = keys.intern(&key) as usize;
                known.resize(known.len().max(key + 1), Places::default());
                known[key].all.push((offset, hash_of(message), true));
            }
        });
        known.iter_mut().for_each(Places::sort);
        for_each_ok(ops, |micro_op| {
            let MicroOp::Poll(reads) = micro_op else { return };
            reads.for_each(|key, messages| {
                let key = keys.intern(key) as usize;
                known.resize(known.len().max(key + 1), Places::default());
                messages.for_each(|offset, message| {
                    let Some(offset) = offset else { return };
                    known[key].read(offset, hash_of(message));
                });
            });
        });
        known.resize(keys.len(), Places::default());
        known.into_iter().map(|places| HashedLog::of(places.all)).collect()
    }

    fn of(mut known: Vec<Known>) -> HashedLog {
        known.sort_unstable();
        let mut log = HashedLog::default();
        let mut beginning = Hashes::default();
        let mut messages = Vec::new();
        for places in known.chunk_by(|a, b| a.0 == b.0) {
            let (offset, message, _) = places[0];
            log.is_changed |= places.iter().any(|place| place.1 != message);
            log.offsets.push(offset);
            log.acknowledged.push(places.iter().any(|place| place.2));
            log.beginnings.push(beginning);
            beginning.add(offset, message);
            messages.extend(places.iter().map(|place| (place.1, offset)));
        }
        log.beginnings.push(beginning);
        messages.sort_unstable();
        messages.dedup();
        log.is_changed |= messages.windows(2).any(|pair| pair[0].0 == pair[1].0);
        log
    }

    /// How many known offsets are below one.
    pub(super) fn rank(&self, offset: i64) -> usize {
        self.offsets.partition_point(|known| *known < offset)
    }

    /// The hashes of a piece.
    pub(super) fn piece(&self, from: usize, to: usize) -> Hashes {
        self.beginnings[to].without(self.beginnings[from])
    }

    /// Whether an acknowledged message lies in none of these pieces, and one of them behind it.
    pub(super) fn is_lost(&self, mut pieces: Vec<(usize, usize)>) -> bool {
        pieces.sort_unstable();
        let mut next = 0;
        for (from, to) in pieces {
            if from > next && self.acknowledged[next..from].contains(&true) {
                return true;
            }
            next = next.max(to);
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piece_has_the_hashes_of_what_is_in_it() {
        let known: Vec<Known> = (0..50).map(|n| (3 * n, mixed(n as u64), true)).collect();
        let log = HashedLog::of(known.clone());
        for from in 0..50 {
            for to in from..=50 {
                let mut hashes = Hashes::default();
                known[from..to]
                    .iter()
                    .for_each(|(offset, message, _)| hashes.add(*offset, *message));
                assert_eq!(log.piece(from, to), hashes);
            }
        }
        let mut swapped = Hashes::default();
        [1, 0].iter().for_each(|n: &usize| swapped.add(known[*n].0, known[*n].1));
        assert_ne!(log.piece(0, 2), swapped);
    }
}
