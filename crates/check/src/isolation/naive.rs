//! For tests: the levels by their definitions, by trying all commit orders.
//!
//! The axioms are those of Biswas and Enea (OOPSLA 2019), figure 2, letter by letter; the order of
//! sessions stands for any given order.

use super::history::{Access, INITIAL, RegisterHistory, Status};
use super::level::{GivenOrder, Level};

/// Transactions that have taken effect; the first one wrote the initial values.
pub(super) struct Naive {
    count: usize,
    /// Of each transaction, the key and writer of its reads from others.
    reads: Vec<Vec<(u32, usize)>>,
    writes: Vec<Vec<u32>>,
    session: Vec<u32>,
    begin: Vec<Option<u64>>,
    end: Vec<Option<u64>>,
}

/// Whether a history satisfies a level.
pub(super) fn holds(history: &RegisterHistory, level: Level) -> bool {
    let records = history.records();
    let unknown: Vec<usize> =
        (0..records.len()).filter(|t| records[*t].status == Status::Unknown).collect();
    (0..1_u32 << unknown.len()).any(|chosen| {
        let is_chosen = |t: usize| {
            unknown.iter().position(|other| *other == t).is_some_and(|at| chosen >> at & 1 == 1)
        };
        let happened: Vec<usize> = (0..records.len())
            .filter(|t| records[*t].status == Status::Committed || is_chosen(*t))
            .collect();
        Naive::of(history, &happened).is_some_and(|naive| naive.holds(level))
    })
}

impl Naive {
    /// The transactions that happened; `None` if a read is wrong at each level.
    fn of(history: &RegisterHistory, happened: &[usize]) -> Option<Naive> {
        let accesses = history.by_transaction();
        let last = |t: usize, before: usize, key: u32| {
            let all = &accesses.of(t as u32)[..before];
            all.iter().rev().find(|a| a.is_write && a.key == key).map(|access| access.value)
        };
        let length = |t: usize| accesses.of(t as u32).len();
        let source = |reader: usize, place: usize, read: &Access| -> Option<Option<usize>> {
            if let Some(own) = last(reader, place, read.key) {
                return (own == read.value).then_some(None);
            }
            if read.value == INITIAL {
                return Some(Some(0));
            }
            let is_source =
                |t: &usize| *t != reader && last(*t, length(*t), read.key) == Some(read.value);
            let writer = happened.iter().position(is_source)?;
            Some(Some(writer + 1))
        };
        let mut naive = Naive {
            count: happened.len() + 1,
            reads: vec![vec![]],
            writes: vec![(0..history.keys() as u32).collect()],
            session: vec![u32::MAX],
            begin: vec![None],
            end: vec![None],
        };
        for t in happened {
            let record = history.records()[*t];
            let (mut reads, mut writes) = (vec![], vec![]);
            for (place, access) in accesses.of(*t as u32).iter().enumerate() {
                if access.is_write {
                    writes.push(access.key);
                } else if record.status == Status::Committed
                    && let Some(writer) = source(*t, place, access)?
                {
                    reads.push((access.key, writer));
                }
            }
            naive.reads.push(reads);
            naive.writes.push(writes);
            naive.session.push(record.session);
            naive.begin.push(record.times.map(|times| times.begin));
            naive.end.push(record.times.and_then(|times| times.end));
        }
        Some(naive)
    }

    fn holds(&self, level: Level) -> bool {
        let mut order: Vec<usize> = (0..self.count).collect();
        self.some_order(level, &mut order, 1)
    }

    /// Tries all orders that begin as this one does.
    fn some_order(&self, level: Level, order: &mut Vec<usize>, fixed: usize) -> bool {
        if fixed == order.len() {
            return self.is_commit_order(level, order);
        }
        for next in fixed..order.len() {
            order.swap(fixed, next);
            if self.some_order(level, order, fixed + 1) {
                return true;
            }
            order.swap(fixed, next);
        }
        false
    }

    fn is_given(&self, order: GivenOrder, from: usize, to: usize) -> bool {
        let in_session = from < to && self.session[from] == self.session[to];
        let in_time = self.end[from].zip(self.begin[to]).is_some_and(|(end, begin)| end < begin);
        from == 0 && to != 0
            || match order {
                GivenOrder::None => false,
                GivenOrder::Session => in_session,
                GivenOrder::Realtime => in_session || in_time,
            }
    }

    fn reads_from(&self, from: usize, to: usize) -> bool {
        self.reads[to].iter().any(|(_, writer)| *writer == from)
    }

    fn is_commit_order(&self, level: Level, order: &[usize]) -> bool {
        let mut place = vec![0; self.count];
        order.iter().enumerate().for_each(|(at, t)| place[*t] = at);
        let co = |from: usize, to: usize| place[from] < place[to];
        let all = 0..self.count;
        // The given order and that of reads, and all that follows from both.
        let step = |a, b| self.is_given(level.given_order(), a, b) || self.reads_from(a, b);
        let pairs = || all.clone().flat_map(|a| all.clone().map(move |b| (a, b)));
        if pairs().any(|(a, b)| step(a, b) && !co(a, b)) {
            return false;
        }
        let mut happened = vec![vec![false; self.count]; self.count];
        pairs().for_each(|(a, b)| happened[a][b] = step(a, b));
        for middle in all.clone() {
            for (a, b) in pairs() {
                happened[a][b] |= happened[a][middle] && happened[middle][b];
            }
        }
        let writes = |t: usize, key: u32| self.writes[t].contains(&key);
        let conflict = |a: usize, b: usize| self.writes[a].iter().any(|key| writes(b, *key));
        // Whether t3 sees t2 in the read at a place, as the axiom of the level has it.
        let sees = |t2: usize, t3: usize, at: usize| match level {
            Level::ReadCommitted => self.reads[t3][..at].iter().any(|(_, from)| *from == t2),
            Level::ReadAtomic => step(t2, t3),
            Level::Causal => happened[t2][t3],
            Level::SnapshotIsolation
            | Level::StrongSessionSnapshotIsolation
            | Level::StrongSnapshotIsolation => all.clone().any(|t4| {
                let prefix = (t2 == t4 || co(t2, t4)) && step(t4, t3);
                let conflict = (t2 == t4 || co(t2, t4)) && co(t4, t3) && conflict(t4, t3);
                prefix || conflict
            }),
            _ => co(t2, t3),
        };
        all.clone().all(|t3| {
            self.reads[t3].iter().enumerate().all(|(at, (key, t1))| {
                let mut others = all.clone().filter(|t2| t2 != t1 && *t2 != t3);
                others.all(|t2| !writes(t2, *key) || !sees(t2, t3, at) || co(t2, *t1))
            })
        })
    }
}
