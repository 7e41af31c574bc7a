//! The reads of one transaction by key, from which orders of writers are inferred.

use super::transactions::Transactions;

/// The reads of one transaction by key, for writers that it sees.
pub(super) struct ReadsByKey {
    /// Key, place in the transaction, writer; in this order.
    reads: Vec<(u32, u32, u32)>,
    /// For each of the reads, the place of the next one of its key from another writer.
    next_other: Vec<u32>,
    /// The place of the first read of each key.
    firsts: Vec<u32>,
}

/// No further read.
const NONE: u32 = u32::MAX;

impl ReadsByKey {
    pub(super) fn new() -> ReadsByKey {
        ReadsByKey { reads: vec![], next_other: vec![], firsts: vec![] }
    }

    /// Fills it with the reads of a transaction.
    pub(super) fn fill(&mut self, transactions: &Transactions, reader: u32) {
        self.reads.clear();
        let reads = (0..).zip(transactions.reads.row(reader));
        self.reads.extend(reads.map(|(place, read)| (read.key, place, read.from)));
        self.reads.sort_unstable();
        self.next_other.clear();
        self.next_other.resize(self.reads.len(), NONE);
        self.firsts.clear();
        for at in (0..self.reads.len()).rev() {
            let (key, _, from) = self.reads[at];
            match self.reads.get(at + 1) {
                Some((next, _, other)) if *next == key => {
                    let is_other = *other != from;
                    self.next_other[at] =
                        if is_other { at as u32 + 1 } else { self.next_other[at + 1] };
                }
                _ => {}
            }
            if at == 0 || self.reads[at - 1].0 != key {
                self.firsts.push(at as u32);
            }
        }
        self.firsts.reverse();
    }

    /// The writer of the first read of a key behind a place that is another one than `writer`;
    /// `first` is the first read of the key.
    fn behind(&self, first: u32, key: u32, place: u32, writer: u32) -> Option<u32> {
        let of_key = &self.reads[first as usize..];
        let mut at =
            first as usize + of_key.partition_point(|read| (read.0, read.1) <= (key, place));
        let read = self.reads.get(at).filter(|read| read.0 == key)?;
        if read.2 == writer {
            at = self.next_other[at] as usize;
        }
        self.reads.get(at).map(|read| read.2)
    }

    /// The first read of a key.
    fn first(&self, key: u32) -> Option<u32> {
        let at = self.reads.partition_point(|read| read.0 < key);
        self.reads.get(at).is_some_and(|read| read.0 == key).then_some(at as u32)
    }

    /// Infers that a writer, seen at a place, comes before those from which the transaction reads
    /// the writer's keys behind that place. Goes through the keys of the reader or of the writer,
    /// whichever are fewer.
    pub(super) fn infer(
        &self,
        transactions: &Transactions,
        writer: u32,
        place: Option<u32>,
        mut found: impl FnMut(u32, u32),
    ) -> u64 {
        let writes = transactions.writes.row(writer);
        let mut at_key = |first: u32, key: u32| {
            let later = match place {
                Some(place) => self.behind(first, key, place, writer),
                None => Some(self.reads[first as usize].2).filter(|from| *from != writer).or_else(
                    || self.reads.get(self.next_other[first as usize] as usize).map(|read| read.2),
                ),
            };
            if let Some(later) = later {
                found(key, later);
            }
        };
        if writes.len() <= self.firsts.len() {
            for key in writes {
                if let Some(first) = self.first(*key) {
                    at_key(first, *key);
                }
            }
        } else {
            for first in &self.firsts {
                let key = self.reads[*first as usize].0;
                if transactions.writes_to(writer, key) {
                    at_key(*first, key);
                }
            }
        }
        1 + writes.len().min(self.firsts.len()) as u64
    }
}
