//! Elements that are ever added to a set, numbered in the order of their first invocations.

use std::collections::BTreeMap;

/// Elements with their numbers.
#[derive(Clone, Debug)]
pub(super) struct Elements {
    values: Vec<i64>,
    index: Index,
}

/// Map from an element to its number.
#[derive(Clone, Debug)]
enum Index {
    /// Elements are close together, as those of our clients are: a table from the least one on.
    Dense { least: i64, numbers: Vec<u32> },
    /// Any elements.
    Sparse(BTreeMap<i64, u32>),
}

/// Marker of a value that is no element.
const NONE: u32 = u32::MAX;

impl Elements {
    /// Numbers the elements; of equal ones the first counts.
    pub(super) fn new(added: impl Iterator<Item = i64> + Clone) -> Elements {
        let (least, greatest, count) =
            added.clone().fold((i64::MAX, i64::MIN, 0_i128), |(least, greatest, count), value| {
                (least.min(value), greatest.max(value), count + 1)
            });
        let width = i128::from(greatest) - i128::from(least) + 1;
        let index = match usize::try_from(width) {
            Ok(width) if width as i128 <= 4 * count + 1024 => {
                Index::Dense { least, numbers: vec![NONE; width] }
            }
            _ => Index::Sparse(BTreeMap::new()),
        };
        let mut elements = Elements { values: Vec::new(), index };
        added.for_each(|value| elements.add(value));
        elements
    }

    fn add(&mut self, value: i64) {
        if self.number(value).is_some() {
            return;
        }
        let number = self.values.len() as u32;
        self.values.push(value);
        match &mut self.index {
            Index::Dense { least, numbers } => numbers[(value - *least) as usize] = number,
            Index::Sparse(numbers) => {
                numbers.insert(value, number);
            }
        }
    }

    /// Returns the number of an element.
    pub(super) fn number(&self, value: i64) -> Option<usize> {
        let number = match &self.index {
            Index::Dense { least, numbers } => {
                let place = usize::try_from(value.checked_sub(*least)?).ok()?;
                numbers.get(place).copied().filter(|number| *number != NONE)
            }
            Index::Sparse(numbers) => numbers.get(&value).copied(),
        };
        number.map(|number| number as usize)
    }

    /// Returns the element with a number.
    pub(super) fn value(&self, number: usize) -> i64 {
        self.values[number]
    }

    /// Returns the number of elements.
    pub(super) fn len(&self) -> usize {
        self.values.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(added: &[i64], distinct: &[i64], absent: &[i64]) {
        let elements = Elements::new(added.iter().copied());
        assert_eq!(elements.len(), distinct.len());
        for (number, value) in distinct.iter().enumerate() {
            assert_eq!((elements.number(*value), elements.value(number)), (Some(number), *value));
        }
        assert!(absent.iter().all(|value| elements.number(*value).is_none()));
    }

    #[test]
    fn elements_are_numbered_as_they_come_near_or_far() {
        check(&[], &[], &[0, i64::MIN, i64::MAX]);
        check(&[7, 5, 7, -1], &[7, 5, -1], &[0, 6, 8, -2, i64::MIN, i64::MAX]);
        check(&[i64::MAX, 0, i64::MIN], &[i64::MAX, 0, i64::MIN], &[1, -1]);
    }
}
