//! Sets of open operations: a word where 64 of them are enough, and words without end.

use std::fmt::Debug;

/// A set of small numbers.
pub(super) trait Bits: Clone + Debug + PartialEq {
    /// Returns the empty set of numbers below `width`.
    fn none(width: usize) -> Self;
    fn has(&self, place: usize) -> bool;
    fn add(&mut self, place: usize);
    fn remove(&mut self, place: usize);
    /// Adds all numbers of `of` that are not in `but`.
    fn add_all(&mut self, of: &Self, but: &Self);
    /// Whether all numbers are in `a` or in `b`.
    fn is_within(&self, a: &Self, b: &Self) -> bool;
    /// Returns the least number, not below `from`, that is here and not in `but`.
    fn next(&self, but: &Self, from: usize) -> Option<usize>;
    /// Number of bytes outside of the value itself.
    fn bytes(&self) -> u64;
}

impl Bits for u64 {
    fn none(_: usize) -> u64 {
        0
    }

    fn has(&self, place: usize) -> bool {
        self >> place & 1 == 1
    }

    fn add(&mut self, place: usize) {
        *self |= 1 << place;
    }

    fn remove(&mut self, place: usize) {
        *self &= !(1 << place);
    }

    fn add_all(&mut self, of: &u64, but: &u64) {
        *self |= of & !but;
    }

    fn is_within(&self, a: &u64, b: &u64) -> bool {
        self & !(a | b) == 0
    }

    fn next(&self, but: &u64, from: usize) -> Option<usize> {
        let rest = if from < 64 { (self & !but) >> from } else { 0 };
        (rest != 0).then(|| from + rest.trailing_zeros() as usize)
    }

    fn bytes(&self) -> u64 {
        0
    }
}

/// A set of any width. All sets of a search have the same one.
pub(super) type Words = Box<[u64]>;

impl Bits for Words {
    fn none(width: usize) -> Words {
        vec![0; width.div_ceil(64)].into()
    }

    fn has(&self, place: usize) -> bool {
        self[place / 64].has(place % 64)
    }

    fn add(&mut self, place: usize) {
        self[place / 64].add(place % 64);
    }

    fn remove(&mut self, place: usize) {
        self[place / 64].remove(place % 64);
    }

    fn add_all(&mut self, of: &Words, but: &Words) {
        for (word, (of, but)) in self.iter_mut().zip(of.iter().zip(but)) {
            word.add_all(of, but);
        }
    }

    fn is_within(&self, a: &Words, b: &Words) -> bool {
        self.iter().zip(a.iter().zip(b)).all(|(word, (a, b))| word.is_within(a, b))
    }

    fn next(&self, but: &Words, from: usize) -> Option<usize> {
        let mut from = from;
        while from < 64 * self.len() {
            let word = from / 64;
            if let Some(place) = self[word].next(&but[word], from % 64) {
                return Some(64 * word + place);
            }
            from = 64 * (word + 1);
        }
        None
    }

    fn bytes(&self) -> u64 {
        8 * self.len() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same steps on sets of any kind, with the numbers that are in them in the end.
    fn steps<B: Bits>(width: usize, last: usize) -> Vec<usize> {
        let (mut set, mut other) = (B::none(width), B::none(width));
        [0, 5, last].iter().for_each(|place| set.add(*place));
        [5, last].iter().for_each(|place| other.add(*place));
        assert!(other.is_within(&set, &other) && !set.is_within(&other, &other));
        assert!(set.has(last) && !set.has(last - 1));
        let mut all = B::none(width);
        all.add_all(&set, &other);
        assert!(all.has(0) && !all.has(5) && !all.has(last));
        set.remove(5);
        let mut found = Vec::new();
        let mut from = 0;
        while let Some(place) = set.next(&B::none(width), from) {
            found.push(place);
            from = place + 1;
        }
        assert_eq!(set.next(&other, 1), None);
        found
    }

    #[test]
    fn words_and_a_word_are_the_same_sets() {
        assert_eq!(steps::<u64>(64, 63), [0, 63]);
        assert_eq!(steps::<Words>(64, 63), [0, 63]);
        assert_eq!(steps::<Words>(300, 64), [0, 64]);
        assert_eq!(steps::<Words>(300, 299), [0, 299]);
    }
}
