//! Which pair a search decides on next, and how long it goes on before it begins anew.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// How much each pair was part of conflicts lately; of equal ones the first comes first.
#[derive(Debug)]
pub(super) struct Activity {
    of: Vec<u64>,
    /// What a conflict adds now: later ones add more.
    increment: u64,
    heap: BinaryHeap<(u64, Reverse<u32>)>,
    /// For each pair, its activity in the heap, and 0 if it is not there.
    queued: Vec<u64>,
}

/// The first increment.
const FIRST: u64 = 1 << 16;
/// Activities stay below this one.
const MAX: u64 = 1 << 60;

impl Activity {
    pub(super) fn new(pairs: usize) -> Activity {
        let mut activity = Activity {
            of: vec![1; pairs],
            increment: FIRST,
            heap: BinaryHeap::new(),
            queued: vec![],
        };
        activity.fill();
        activity
    }

    fn fill(&mut self) {
        self.heap = (0..).zip(&self.of).map(|(pair, of)| (*of, Reverse(pair))).collect();
        self.queued.clone_from(&self.of);
    }

    /// Puts a pair back, unless it is there.
    pub(super) fn queue(&mut self, pair: u32) {
        let activity = self.of[pair as usize];
        if std::mem::replace(&mut self.queued[pair as usize], activity) != activity {
            self.heap.push((activity, Reverse(pair)));
        }
    }

    /// Takes out the most active pair.
    pub(super) fn pop(&mut self) -> Option<u32> {
        while let Some((activity, Reverse(pair))) = self.heap.pop() {
            if self.queued[pair as usize] == activity {
                self.queued[pair as usize] = 0;
                return Some(pair);
            }
        }
        None
    }

    /// Notes that a pair is part of a conflict. It moves up once it is put back.
    pub(super) fn bump(&mut self, pair: u32) {
        self.of[pair as usize] += self.increment;
        if self.of[pair as usize] > MAX {
            self.of.iter_mut().for_each(|activity| *activity = (*activity >> 40).max(1));
            self.increment = (self.increment >> 40).max(FIRST);
            self.fill();
        }
    }

    /// Ends a conflict.
    pub(super) fn age(&mut self) {
        self.increment += self.increment / 16;
    }
}

/// The sequence 1, 1, 2, 1, 1, 2, 4 and so on, by its number from 1 on.
pub(super) fn luby(number: u64) -> u64 {
    let mut number = number;
    loop {
        let power = (number + 1).next_power_of_two();
        if power == number + 1 {
            return power / 2;
        }
        number -= power / 2 - 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_active_pair_comes_first() {
        let mut activity = Activity::new(3);
        assert_eq!(activity.pop(), Some(0));
        activity.bump(2);
        activity.age();
        activity.bump(0);
        activity.queue(2);
        activity.queue(0);
        let rest: Vec<u32> = std::iter::from_fn(|| activity.pop()).collect();
        assert_eq!(rest, [0, 2, 1]);
        (0..3000).for_each(|_| {
            activity.bump(1);
            activity.age();
        });
        assert_eq!(activity.pop(), Some(1));
    }

    #[test]
    fn restarts_follow_the_sequence() {
        let all: Vec<u64> = (1..=15).map(luby).collect();
        assert_eq!(all, [1, 1, 2, 1, 1, 2, 4, 1, 1, 2, 1, 1, 2, 4, 8]);
    }
}
