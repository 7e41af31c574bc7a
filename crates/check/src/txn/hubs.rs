//! Further nodes between many transactions that read a version and many that write versions after
//! it, in place of an edge for each pair.
//!
//! One chain of them goes up and one goes down, so that a writer is reached from all readers but
//! itself:
//!
//! ```text
//! readers    r0    r1    r2    r3
//!            ▼     ▼     ▼     ▼
//! up         u0 ─► u1 ─► u2 ─► u3        if r2 writes: after u1 and d3
//! down       d0 ◄─ d1 ◄─ d2 ◄─ d3
//! ```

use std::ops::Range;

use super::graph::Kind;

/// The numbers of all further nodes.
#[derive(Debug)]
pub(super) struct Hubs {
    first: u32,
    next: u32,
}

/// Further nodes for the readers of one version.
#[derive(Clone, Debug)]
pub(super) struct Hub {
    /// Number of its first node.
    first: u32,
    /// Its readers, by place; in ascending order.
    readers: Range<u32>,
}

impl Hubs {
    /// `txns` is the number of transactions, which further nodes follow.
    pub(super) fn new(txns: u32) -> Hubs {
        Hubs { first: txns, next: txns }
    }

    /// Number of further nodes.
    pub(super) fn nodes(&self) -> u32 {
        self.next - self.first
    }

    /// Makes a hub between readers and a number of writers, if it takes fewer edges than there are
    /// pairs.
    pub(super) fn between(&mut self, readers: Range<u32>, writers: u64) -> Option<Hub> {
        let count = u64::from(readers.end - readers.start);
        if writers * count <= 64 + 4 * (writers + count) {
            return None;
        }
        let first = self.next;
        self.next += 2 * (readers.end - readers.start);
        Some(Hub { first, readers })
    }
}

impl Hub {
    fn readers<'a>(&self, all: &'a [u32]) -> &'a [u32] {
        &all[self.readers.start as usize..self.readers.end as usize]
    }

    /// Emits the edges from the hub to a writer.
    pub(super) fn to(&self, all: &[u32], writer: u32, emit: &mut impl FnMut(u32, u32, Kind)) {
        let readers = self.readers(all);
        let count = readers.len() as u32;
        let below = readers.partition_point(|reader| *reader < writer) as u32;
        let up_to = readers.partition_point(|reader| *reader <= writer) as u32;
        if below > 0 {
            emit(self.first + below - 1, writer, Kind::Free);
        }
        if up_to < count {
            emit(self.first + count + up_to, writer, Kind::Free);
        }
    }

    /// Emits the edges from readers to the hub, and those within it.
    pub(super) fn from(&self, all: &[u32], emit: &mut impl FnMut(u32, u32, Kind)) {
        let readers = self.readers(all);
        let count = readers.len() as u32;
        for (place, reader) in (0..).zip(readers) {
            let (up, down) = (self.first + place, self.first + count + place);
            emit(*reader, up, Kind::Rw);
            emit(*reader, down, Kind::Rw);
            if place > 0 {
                emit(up - 1, up, Kind::Free);
                emit(down, down - 1, Kind::Free);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_writer_is_reached_from_all_readers_but_itself() {
        let readers: Vec<u32> = (0..20).collect();
        let mut hubs = Hubs::new(100);
        let hub = hubs.between(0..20, 20).expect("a hub");
        assert!(hubs.between(0..4, 20).is_none());
        assert_eq!(hubs.nodes(), 40);
        let mut edges = Vec::new();
        hub.from(&readers, &mut |from, to, kind| edges.push((from, to, kind)));
        for writer in [0, 7, 19, 50] {
            let mut edges = edges.clone();
            hub.to(&readers, writer, &mut |from, to, kind| edges.push((from, to, kind)));
            let mut reached = vec![writer];
            let mut place = 0;
            while let Some(node) = reached.get(place).copied() {
                place += 1;
                let before = edges.iter().filter(|(_, to, _)| *to == node);
                let new: Vec<u32> = before.map(|(from, _, _)| *from).collect();
                reached.extend(new.into_iter().filter(|from| *from != writer));
            }
            let mut found: Vec<u32> =
                reached.into_iter().filter(|node| *node < 20 && *node != writer).collect();
            found.sort_unstable();
            found.dedup();
            let expected: Vec<u32> = readers.iter().copied().filter(|r| *r != writer).collect();
            assert_eq!(found, expected);
        }
    }
}
