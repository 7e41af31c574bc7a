//! A compact list of integers, which stores runs of consecutive ones in constant space.
//!
//! Reads of a growing set contain almost all elements ever added, one read after the other: with
//! plain lists the size of a history would be quadratic in its length. Lists keep their order and
//! their duplicates.

/// A list of integers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Numbers(Kept);

/// Representation of a list: canonical, and the smaller of the two.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Kept {
    Plain(Box<[i64]>),
    /// Runs of consecutive numbers: the first one, and the number of those that follow it.
    Runs(Box<[(i64, u64)]>),
}

impl Numbers {
    /// Returns the numbers in their order.
    pub fn iter(&self) -> impl Iterator<Item = i64> {
        let (plain, runs): (&[i64], &[(i64, u64)]) = match &self.0 {
            Kept::Plain(plain) => (plain, &[]),
            Kept::Runs(runs) => (&[], runs),
        };
        let runs = runs.iter().flat_map(|(first, more)| {
            let last = first.wrapping_add_unsigned(*more);
            *first..=last
        });
        plain.iter().copied().chain(runs)
    }

    /// Returns the number of elements.
    pub fn len(&self) -> u64 {
        match &self.0 {
            Kept::Plain(plain) => plain.len() as u64,
            Kept::Runs(runs) => runs.iter().map(|(_, more)| more + 1).sum(),
        }
    }

    /// Returns the size in memory, in bytes.
    pub fn bytes(&self) -> u64 {
        match &self.0 {
            Kept::Plain(plain) => 8 * plain.len() as u64,
            Kept::Runs(runs) => 16 * runs.len() as u64,
        }
    }

    /// Whether the list is empty.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns all elements as a plain list.
    pub fn to_vec(&self) -> Vec<i64> {
        self.iter().collect()
    }

    /// Returns the size in words of 64 bits.
    pub fn words(&self) -> usize {
        match &self.0 {
            Kept::Plain(plain) => plain.len(),
            Kept::Runs(runs) => 2 * runs.len(),
        }
    }
}

impl From<Vec<i64>> for Numbers {
    fn from(plain: Vec<i64>) -> Numbers {
        let follows = |pair: &[i64]| pair[0].checked_add(1) == Some(pair[1]);
        let count = plain.chunk_by(|a, b| follows(&[*a, *b])).count();
        if 2 * count >= plain.len() {
            return Numbers(Kept::Plain(plain.into()));
        }
        let runs = plain.chunk_by(|a, b| follows(&[*a, *b]));
        Numbers(Kept::Runs(runs.map(|run| (run[0], run.len() as u64 - 1)).collect()))
    }
}

impl FromIterator<i64> for Numbers {
    fn from_iter<I: IntoIterator<Item = i64>>(numbers: I) -> Numbers {
        numbers.into_iter().collect::<Vec<i64>>().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(plain: &[i64], words: usize) {
        let numbers = Numbers::from(plain.to_vec());
        assert_eq!(numbers.to_vec(), plain);
        assert_eq!((numbers.len(), numbers.words()), (plain.len() as u64, words), "{plain:?}");
        assert_eq!(numbers.is_empty(), plain.is_empty());
    }

    #[test]
    fn a_list_is_kept_as_it_is_and_takes_little_room_where_numbers_follow_each_other() {
        check(&[], 0);
        check(&[3], 1);
        check(&[1, 2, 3, 4, 5], 2);
        check(&[1, 2, 3, 5, 6, 7, -1, 0, 1, 1, 2, 3], 8);
        check(&[5, 4, 3, 3, 9], 5);
        check(&[i64::MAX - 2, i64::MAX - 1, i64::MAX, i64::MIN], 4);
        check(&[i64::MAX - 3, i64::MAX - 2, i64::MAX - 1, i64::MAX, i64::MIN], 4);
        check(&(0..100_000).collect::<Vec<_>>(), 2);
    }
}
