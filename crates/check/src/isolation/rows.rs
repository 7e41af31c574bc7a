//! Lists of all lengths in one allocation, a row for each number.

/// A list for each number from 0 up.
#[derive(Clone, Debug, Default)]
pub(super) struct Rows<T> {
    starts: Vec<u32>,
    items: Vec<T>,
}

impl<T: Copy> Rows<T> {
    /// No row yet; rows are added at the end.
    pub(super) fn new() -> Rows<T> {
        Rows { starts: vec![0], items: Vec::new() }
    }

    /// Makes rows of items that have the number of their row; the order within a row is kept.
    pub(super) fn of(rows: usize, items: impl Iterator<Item = (u32, T)> + Clone) -> Rows<T> {
        let mut starts = vec![0_u32; rows + 1];
        let mut first = None;
        for (row, item) in items.clone() {
            starts[row as usize + 1] += 1;
            first.get_or_insert(item);
        }
        for row in 0..rows {
            starts[row + 1] += starts[row];
        }
        let Some(first) = first else { return Rows { starts, items: Vec::new() } };
        let mut next = starts.clone();
        let mut all = vec![first; starts[rows] as usize];
        for (row, item) in items {
            let place = &mut next[row as usize];
            all[*place as usize] = item;
            *place += 1;
        }
        Rows { starts, items: all }
    }

    /// Adds an item to the last row, which is not ended yet.
    pub(super) fn push(&mut self, item: T) {
        self.items.push(item);
    }

    /// The items of the row that is not ended yet.
    fn open(&mut self) -> &mut [T] {
        let start = self.starts[self.starts.len() - 1] as usize;
        &mut self.items[start..]
    }

    /// Removes equal neighbours in the row that is not ended yet, which becomes ascending.
    pub(super) fn sort_open(&mut self)
    where
        T: Ord,
    {
        let open = self.open();
        open.sort_unstable();
        let mut length = 0;
        for place in 0..open.len() {
            if place == 0 || open[place] != open[length - 1] {
                open[length] = open[place];
                length += 1;
            }
        }
        let start = self.starts[self.starts.len() - 1] as usize;
        self.items.truncate(start + length);
    }

    /// Changes all items.
    pub(super) fn for_each(&mut self, change: impl FnMut(&mut T)) {
        self.items.iter_mut().for_each(change);
    }

    /// Ends a row.
    pub(super) fn end_row(&mut self) {
        self.starts.push(self.items.len() as u32);
    }

    /// The number of rows.
    pub(super) fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// The number of items in all rows.
    pub(super) fn items(&self) -> usize {
        self.items.len()
    }

    /// A row.
    #[inline]
    pub(super) fn row(&self, row: u32) -> &[T] {
        let row = row as usize;
        &self.items[self.starts[row] as usize..self.starts[row + 1] as usize]
    }

    /// Rows in which all items are in ascending order.
    pub(super) fn sort_rows<K: Ord>(&mut self, key: impl Fn(&T) -> K + Copy) {
        for row in 0..self.len() {
            let range = self.starts[row] as usize..self.starts[row + 1] as usize;
            self.items[range].sort_unstable_by_key(key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_keep_the_order_of_their_items() {
        let mut rows = Rows::of(3, [(2, 'a'), (0, 'c'), (2, 'b'), (0, 'b')].into_iter());
        assert_eq!([rows.row(0), rows.row(1), rows.row(2)], [&['c', 'b'][..], &[], &['a', 'b']]);
        rows.sort_rows(|letter| *letter);
        assert_eq!((rows.row(0), rows.len(), rows.items()), (&['b', 'c'][..], 3, 4));
    }
}
