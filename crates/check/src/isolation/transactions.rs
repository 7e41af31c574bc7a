//! Committed transactions, each with what it reads from others and what it writes for others.

use super::history::Times;
use super::rows::Rows;

/// The transaction that wrote the initial value of each register, before all others.
pub(super) const INITIALLY: u32 = 0;

/// A read of a value that another transaction wrote.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Read {
    /// The key.
    pub key: u32,
    /// The transaction that wrote the value.
    pub from: u32,
}

/// Committed transactions, numbered from 1 on in the order of the history; 0 is [`INITIALLY`].
#[derive(Clone, Debug, Default)]
pub(super) struct Transactions {
    /// Number of the transaction in the history; 0 for the initial one.
    pub origin: Vec<u32>,
    /// Reads from others, in the order of the transaction.
    pub reads: Rows<Read>,
    /// Keys to which it writes, in ascending order.
    pub writes: Rows<u32>,
    /// The session, which is the same number for the initial one as for the first.
    pub session: Vec<u32>,
    /// Begin and end. Without: a transaction that always ran.
    pub times: Vec<Option<Times>>,
    /// Number of each key in the history.
    pub keys: Vec<u32>,
    /// The number of sessions.
    pub sessions: usize,
}

impl Transactions {
    /// The number of transactions with the initial one.
    pub(super) fn len(&self) -> usize {
        self.origin.len()
    }

    /// All but the initial one.
    pub(super) fn all(&self) -> std::ops::Range<u32> {
        1..self.len() as u32
    }

    /// Whether a transaction writes to a key; the initial one writes to all.
    pub(super) fn writes_to(&self, transaction: u32, key: u32) -> bool {
        transaction == INITIALLY || self.writes.row(transaction).binary_search(&key).is_ok()
    }

    /// The transactions of each session, in its order.
    pub(super) fn by_session(&self) -> Rows<u32> {
        Rows::of(self.sessions, self.all().map(|t| (self.session[t as usize], t)))
    }

    /// The transactions that write to each key, in ascending order, without the initial one.
    pub(super) fn writers(&self) -> Rows<u32> {
        let of = |t: u32| self.writes.row(t).iter().map(move |key| (*key, t));
        Rows::of(self.keys.len(), self.all().flat_map(of))
    }

    /// The part of it that has only some reads and writes: `keep` is asked for each, and a
    /// transaction without any is left out. A read whose write is left out is left out, too.
    pub(super) fn restrict(&self, keep: &dyn Fn(Part) -> bool) -> Transactions {
        let mut part = Transactions { reads: Rows::new(), writes: Rows::new(), ..<_>::default() };
        let (mut keys, mut sessions) = (Numbers::new(self.keys.len()), Numbers::new(self.sessions));
        let keeps_write = |t: u32, key: u32| {
            t == INITIALLY || self.writes_to(t, key) && keep(Part::Write { transaction: t, key })
        };
        let mut numbers = vec![u32::MAX; self.len()];
        for t in 0..self.len() as u32 {
            let place = |at: usize| Part::Read { transaction: t, place: at };
            let reads = self.reads.row(t).iter().enumerate();
            let reads: Vec<Read> = reads
                .filter(|(at, read)| keep(place(*at)) && keeps_write(read.from, read.key))
                .map(|(_, read)| *read)
                .collect();
            let written = self.writes.row(t).iter().copied();
            let written: Vec<u32> = written.filter(|key| keeps_write(t, *key)).collect();
            if t != INITIALLY && reads.is_empty() && written.is_empty() {
                continue;
            }
            numbers[t as usize] = part.origin.len() as u32;
            part.origin.push(self.origin[t as usize]);
            part.session.push(sessions.of(self.session[t as usize]));
            part.times.push(self.times[t as usize]);
            for read in reads {
                part.reads.push(Read { key: keys.of(read.key), from: read.from });
            }
            part.reads.end_row();
            for key in written {
                part.writes.push(keys.of(key));
            }
            part.writes.sort_open();
            part.writes.end_row();
        }
        // A transaction may read from one that comes later in the history.
        part.reads.for_each(|read| read.from = numbers[read.from as usize]);
        part.keys = keys.old.iter().map(|key| self.keys[*key as usize]).collect();
        part.sessions = sessions.old.len();
        part
    }
}

/// A part of a transaction that can be left out.
#[derive(Clone, Copy, Debug)]
pub(super) enum Part {
    /// One of its reads.
    Read { transaction: u32, place: usize },
    /// Its write to a key.
    Write { transaction: u32, key: u32 },
}

impl Part {
    /// The transaction.
    pub(super) fn transaction(self) -> u32 {
        match self {
            Part::Read { transaction, .. } | Part::Write { transaction, .. } => transaction,
        }
    }
}

/// New numbers for those that occur.
struct Numbers {
    new: Vec<u32>,
    old: Vec<u32>,
}

impl Numbers {
    fn new(count: usize) -> Numbers {
        Numbers { new: vec![u32::MAX; count], old: Vec::new() }
    }

    fn of(&mut self, old: u32) -> u32 {
        let new = &mut self.new[old as usize];
        if *new == u32::MAX {
            *new = self.old.len() as u32;
            self.old.push(old);
        }
        *new
    }
}
