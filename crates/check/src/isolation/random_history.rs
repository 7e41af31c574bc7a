//! For tests: random small histories.

use super::history::{RegisterHistory, Status, Times};

/// A sequence of random numbers.
pub(super) struct Random(u64);

impl Random {
    pub(super) fn of(seed: u64) -> Random {
        let mut random = Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0x5851_F42D_4C95_7F2D);
        (0..4).for_each(|_| _ = random.below(2));
        random
    }

    pub(super) fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 33) % bound
    }
}

/// What a random history is like.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape {
    pub transactions: u64,
    pub sessions: u64,
    pub keys: u64,
    /// Maximum number of accesses of a transaction.
    pub length: u64,
    /// Number of transactions of which one is not known to be committed.
    pub uncommitted: u64,
    /// Number of reads of which one returns any value, rather than a recent one.
    pub wild: u64,
}

/// A history whose reads mostly return what a snapshot that may be old has.
pub(super) fn random_history(seed: u64, shape: Shape) -> RegisterHistory {
    let mut random = Random::of(seed);
    let mut history = RegisterHistory::new();
    let names = ["a", "b", "c", "d", "e", "f", "g", "h"];
    let sessions: Vec<u32> =
        (0..shape.sessions).map(|s| history.session(names[s as usize])).collect();
    // The values of each key, the initial one first.
    let mut written: Vec<Vec<Option<i64>>> = vec![vec![None]; shape.keys as usize];
    let mut next = 1;
    let mut seen = vec![0; shape.sessions as usize];
    for number in 0..shape.transactions {
        let of = random.below(shape.sessions) as usize;
        let status = match random.below(shape.uncommitted) {
            0 => [Status::Aborted, Status::Unknown][random.below(2) as usize],
            _ => Status::Committed,
        };
        let begin = (10 * number).saturating_sub(random.below(25));
        let end = 10 * number + 1 + random.below(15);
        let end = (status != Status::Unknown).then_some(end);
        let id = history.begin(sessions[of], number as i64, status, Some(Times { begin, end }));
        seen[of] = random.below(3);
        let mut own: Vec<(usize, Option<i64>)> = vec![];
        for _ in 0..1 + random.below(shape.length) {
            let key = random.below(shape.keys) as usize;
            let name = ["x", "y", "z", "u", "v", "w"][key];
            if random.below(2) == 0 {
                history.write(id, name, next);
                own.push((key, Some(next)));
                next += 1;
                continue;
            }
            let before = own.iter().rev().find(|(other, _)| *other == key);
            let versions = &written[key];
            let value = match random.below(shape.wild) {
                0 => versions[random.below(versions.len() as u64) as usize],
                _ => match before {
                    Some((_, value)) => *value,
                    None => versions[versions.len().saturating_sub(1 + seen[of] as usize)],
                },
            };
            history.read(id, name, value);
        }
        let is_hidden = status == Status::Aborted && random.below(4) > 0;
        for (key, value) in own.into_iter().filter(|_| !is_hidden) {
            written[key].push(value);
        }
    }
    history
}
