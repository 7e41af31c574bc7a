//! For tests: the anomalies of a history by definitions that are plainly right, and slow.
//!
//! Real time and the order of processes are all their pairs, and cycles are all simple cycles with
//! every choice of the kinds of their edges.

use std::collections::{BTreeMap, BTreeSet};

use super::DataType;
use super::anomaly::{Anomalies, Anomaly};
use super::graph::Kind;
use super::spec::classify;
use crate::history::{EntryKind, Op, OpValue, Process, TxnOp, TxnRead};

/// A transaction with its place in real time.
#[derive(Clone, Debug)]
struct Txn {
    process: u64,
    begin: usize,
    end: usize,
    outcome: EntryKind,
    ops: Vec<TxnOp>,
}

/// The value of a key: the elements of a list, or of a register one value or none.
type State = Vec<i64>;

/// All that is known of a history.
pub(super) struct Naive {
    data: DataType,
    txns: Vec<Txn>,
    /// Edges: from, to, kind.
    edges: BTreeSet<(usize, usize, Kind)>,
}

impl Naive {
    pub(super) fn new(data: DataType, history: &[Op]) -> Naive {
        let mut txns: Vec<Txn> = Vec::new();
        for (index, op) in history.iter().enumerate() {
            let Process::Client(process) = op.process else { continue };
            let ops = match &op.value {
                OpValue::Txn(ops) => ops.to_vec(),
                _ => Vec::new(),
            };
            if op.kind == EntryKind::Invoke {
                let (begin, end, outcome) = (index, usize::MAX, EntryKind::Info);
                txns.push(Txn { process, begin, end, outcome, ops });
                continue;
            }
            let is_pending = |txn: &&mut Txn| txn.process == process && txn.end == usize::MAX;
            let txn = txns.iter_mut().find(is_pending).expect("a pending one");
            (txn.end, txn.outcome) = (index, op.kind);
            txn.ops = ops;
        }
        let mut naive = Naive { data, txns, edges: BTreeSet::new() };
        naive.add_orders();
        match data {
            DataType::List => naive.add_list_edges(),
            DataType::Register => naive.add_register_edges(),
        }
        naive
    }

    fn is_ok(&self, txn: usize) -> bool {
        self.txns[txn].outcome == EntryKind::Ok
    }

    fn is_possible(&self, txn: usize) -> bool {
        self.txns[txn].outcome != EntryKind::Fail
    }

    fn all(&self) -> std::ops::Range<usize> {
        0..self.txns.len()
    }

    fn add_orders(&mut self) {
        for a in self.all() {
            for b in self.all() {
                let [first, second] = [&self.txns[a], &self.txns[b]];
                if !self.is_ok(a) || !self.is_possible(b) || first.end >= second.begin {
                    continue;
                }
                if first.process == second.process {
                    self.edges.insert((a, b, Kind::Process));
                }
                self.edges.insert((a, b, Kind::Realtime));
            }
        }
    }

    fn edge(&mut self, from: Option<usize>, to: usize, kind: Kind) {
        if let Some(from) = from.filter(|from| *from != to && self.is_possible(*from)) {
            self.edges.insert((from, to, kind));
        }
    }

    /// The transaction that writes a value.
    fn writer(&self, key: i64, value: i64) -> Option<usize> {
        self.all()
            .find(|txn| self.txns[*txn].ops.iter().any(|op| written(op) == Some((key, value))))
    }

    /// Whether the writer of a value writes the key again.
    fn is_intermediate(&self, key: i64, value: i64) -> bool {
        let Some(writer) = self.writer(key, value) else { return false };
        let of_key = self.txns[writer].ops.iter().filter_map(written).filter(|(k, _)| *k == key);
        of_key.last() != Some((key, value))
    }

    /// What the reads of a transaction return, with their places.
    fn reads(&self, txn: usize) -> Vec<(usize, i64, State)> {
        let is_ok = self.is_ok(txn);
        let read = |(place, op): (usize, &TxnOp)| match op {
            TxnOp::Read { key, value: TxnRead::Nil } if is_ok => Some((place, *key, vec![])),
            TxnOp::Read { key, value: TxnRead::Int(value) } => Some((place, *key, vec![*value])),
            TxnOp::Read { key, value: TxnRead::List(list) } => Some((place, *key, list.to_vec())),
            _ => None,
        };
        let ops = self.txns[txn].ops.iter().enumerate();
        if self.is_possible(txn) { ops.filter_map(read).collect() } else { Vec::new() }
    }

    /// All reads in the order of completions.
    fn all_reads(&self) -> Vec<(usize, i64, State)> {
        let mut txns: Vec<usize> = self.all().collect();
        txns.sort_by_key(|txn| self.txns[*txn].end);
        let of =
            |txn: usize| self.reads(txn).into_iter().map(move |(_, key, list)| (txn, key, list));
        txns.into_iter().flat_map(of).collect()
    }

    /// The reads of each key of which no other one is a continuation; of equal ones the first.
    fn longest_reads(&self) -> BTreeMap<i64, Vec<State>> {
        let mut all: BTreeMap<i64, Vec<State>> = BTreeMap::new();
        for (_, key, list) in self.all_reads() {
            let of_key = all.entry(key).or_default();
            let fits = |known: &&mut State| known.starts_with(&list) || list.starts_with(known);
            match of_key.iter_mut().rev().find(fits) {
                _ if list.is_empty() => {}
                Some(known) if known.len() < list.len() => *known = list,
                Some(_) => {}
                None => of_key.push(list),
            }
        }
        all
    }

    /// The order of the elements of each key.
    fn orders(&self) -> BTreeMap<i64, Vec<i64>> {
        let longest = self.longest_reads();
        let mut orders: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
        for key in 0..10 {
            let reads = longest.get(&key).map_or(&[][..], Vec::as_slice);
            let appends = self.all().filter(|txn| self.is_possible(*txn));
            let appends = appends.flat_map(|txn| self.txns[txn].ops.iter().filter_map(written));
            let appends: Vec<i64> =
                appends.filter(|(k, _)| *k == key).map(|(_, value)| value).collect();
            let mut order = match reads.iter().rev().max_by_key(|read| read.len()) {
                Some(longest) => longest.clone(),
                None if appends.len() == 1 => appends,
                None => Vec::new(),
            };
            let mut seen = BTreeSet::new();
            order.retain(|element| seen.insert(*element));
            orders.insert(key, order);
        }
        orders
    }

    fn add_list_edges(&mut self) {
        let orders = self.orders();
        let possible: Vec<usize> = self.all().filter(|txn| self.is_possible(*txn)).collect();
        for b in possible {
            for (_, key, list) in self.reads(b) {
                let writer = list.last().and_then(|last| self.writer(key, *last));
                self.edge(writer, b, Kind::Wr);
            }
            let appends: Vec<_> = self.txns[b].ops.iter().filter_map(written).collect();
            for (key, value) in appends {
                let order = &orders[&key];
                let place = order.iter().position(|known| *known == value).unwrap_or(order.len());
                let before = place.checked_sub(1).map(|place| order[place]);
                let writer = before.and_then(|before| self.writer(key, before));
                self.edge(writer, b, Kind::Ww);
                for a in self.all() {
                    let is_read = self
                        .reads(a)
                        .iter()
                        .any(|(_, k, list)| *k == key && list.last().copied() == before);
                    self.edge(Some(a).filter(|_| is_read), b, Kind::Rw);
                }
            }
        }
    }

    /// The first read of a key, if the transaction does nothing to the key before.
    fn external_read(&self, txn: usize, key: i64) -> Option<State> {
        let first = self.txns[txn].ops.iter().position(|op| op.key() == key)?;
        let read = self.reads(txn).into_iter().find(|(place, _, _)| *place == first);
        read.filter(|_| self.is_ok(txn)).map(|(_, _, state)| state)
    }

    /// The last value that a transaction writes to a key.
    fn external_write(&self, txn: usize, key: i64) -> Option<i64> {
        let of_key = self.txns[txn].ops.iter().filter_map(written).filter(|(k, _)| *k == key);
        of_key.last().map(|(_, value)| value).filter(|_| self.is_possible(txn))
    }

    /// Pairs of values of which the second follows the first: those that a transaction has read
    /// and written.
    fn known_pairs(&self, key: i64) -> BTreeMap<i64, i64> {
        let pair = |txn: usize| {
            let read = self.external_read(txn, key)?;
            let write = self.external_write(txn, key)?;
            read.first().filter(|read| **read != write).map(|read| (write, *read))
        };
        self.all().filter_map(pair).collect()
    }

    /// Values that come before themselves.
    fn circular(&self, key: i64) -> BTreeSet<i64> {
        let before = self.known_pairs(key);
        let is_circular = |value: &&i64| {
            let mut at = before.get(value);
            for _ in 0..before.len() {
                if at == Some(value) {
                    return true;
                }
                at = at.and_then(|at| before.get(at));
            }
            false
        };
        before.keys().filter(is_circular).copied().collect()
    }

    fn add_register_edges(&mut self) {
        for key in 0..10 {
            let (pairs, circular) = (self.known_pairs(key), self.circular(key));
            for b in self.all() {
                if let Some(value) =
                    self.external_read(b, key).and_then(|state| state.first().copied())
                {
                    let writer = self.writer(key, value);
                    let writer = writer.filter(|_| !self.is_intermediate(key, value));
                    self.edge(writer, b, Kind::Wr);
                }
                let Some(value) = self.external_write(b, key) else { continue };
                let before = pairs.get(&value).filter(|_| !circular.contains(&value)).copied();
                for a in self.all() {
                    let read = self.external_read(a, key);
                    let reads_before = read.is_some_and(|state| {
                        state.is_empty() || before.is_some() && state.first().copied() == before
                    });
                    self.edge(Some(a).filter(|_| reads_before), b, Kind::Rw);
                    let writes_before = before.is_some() && self.external_write(a, key) == before;
                    self.edge(Some(a).filter(|_| writes_before), b, Kind::Ww);
                }
            }
        }
    }

    /// The kinds of all cycles.
    pub(super) fn cycles(&self) -> Anomalies {
        let mut found = Anomalies::default();
        for start in self.all() {
            self.extend(start, &mut vec![start], &mut Vec::new(), &mut found);
        }
        found
    }

    fn extend(
        &self,
        start: usize,
        way: &mut Vec<usize>,
        kinds: &mut Vec<Kind>,
        found: &mut Anomalies,
    ) {
        let last = *way.last().expect("a transaction");
        for (_, to, kind) in self.edges.range((last, 0, Kind::Ww)..(last + 1, 0, Kind::Ww)) {
            kinds.push(*kind);
            if *to == start {
                found.insert(classify(kinds));
            } else if *to > start && !way.contains(to) {
                way.push(*to);
                self.extend(start, way, kinds, found);
                way.pop();
            }
            kinds.pop();
        }
    }

    /// The anomalies that are no cycles, and how many there are of each.
    pub(super) fn direct(&self) -> BTreeMap<Anomaly, u64> {
        let mut found: BTreeMap<Anomaly, u64> = BTreeMap::new();
        let mut add = |anomaly: Anomaly, count: usize| {
            if count > 0 {
                *found.entry(anomaly).or_default() += count as u64;
            }
        };
        for txn in self.all() {
            let reads = self.reads(txn);
            if self.data == DataType::List {
                let has_twice = |list: &State| {
                    list.iter().enumerate().any(|(place, e)| list[..place].contains(e))
                };
                let repeated = reads.iter().filter(|(_, _, list)| has_twice(list)).count();
                add(Anomaly::DuplicateElements, repeated);
            }
            if !self.is_ok(txn) {
                continue;
            }
            for (_, key, state) in &reads {
                let outcome =
                    |value: &&i64| self.writer(*key, **value).map(|w| self.txns[w].outcome);
                let garbage = state.iter().filter(|value| outcome(value).is_none()).count();
                add(Anomaly::GarbageRead, garbage);
                let failed =
                    state.iter().filter(|value| outcome(value) == Some(EntryKind::Fail)).count();
                add(Anomaly::G1a, failed);
                let last = state.last().filter(|last| self.is_intermediate(*key, **last));
                add(
                    Anomaly::G1b,
                    usize::from(last.is_some_and(|l| self.writer(*key, *l) != Some(txn))),
                );
            }
            let (internal, own) = self.internal(txn);
            add(Anomaly::Internal, usize::from(internal));
            add(Anomaly::InternalOwnWrite, usize::from(own));
            add(Anomaly::FutureRead, self.future_reads(txn));
        }
        add(Anomaly::LostUpdate, self.lost_updates());
        match self.data {
            DataType::List => {
                let longest = self.longest_reads();
                let several = longest.values().filter(|reads| reads.len() > 1).count();
                add(Anomaly::IncompatibleOrder, several);
                add(Anomaly::DirtyUpdate, self.dirty_updates());
            }
            DataType::Register => {
                let circles = |key| self.circles(key);
                add(Anomaly::CyclicVersions, (0..10).map(circles).sum());
            }
        }
        found
    }

    /// Number of circles of versions.
    fn circles(&self, key: i64) -> usize {
        let (before, mut left) = (self.known_pairs(key), self.circular(key));
        let mut count = 0;
        while let Some(start) = left.pop_first() {
            count += 1;
            let mut at = before[&start];
            while left.remove(&at) {
                at = before[&at];
            }
        }
        count
    }

    /// Whether a transaction contradicts its earlier reads, and its own writes.
    fn internal(&self, txn: usize) -> (bool, bool) {
        let (mut internal, mut own_write) = (false, false);
        let reads = self.reads(txn);
        for (at, (place, key, state)) in reads.iter().enumerate() {
            let before = reads[..at].iter().rev().find(|(_, k, _)| k == key);
            let from = before.map_or(0, |(place, _, _)| place + 1);
            let own: Vec<i64> = self.txns[txn].ops[from..*place]
                .iter()
                .filter_map(written)
                .filter(|(k, _)| k == key)
                .map(|(_, value)| value)
                .collect();
            let base = before.map(|(_, _, state)| state);
            let (sees_own, fits) = match self.data {
                DataType::List => {
                    let sees_own = state.ends_with(&own);
                    let rest = &state[..state.len() - own.len().min(state.len())];
                    (sees_own, base.is_none_or(|base| base == rest))
                }
                DataType::Register => match own.last() {
                    Some(own) => (state == &[*own], true),
                    None => (true, base.is_none_or(|base| base == state)),
                },
            };
            own_write |= !sees_own;
            internal |= sees_own && !fits;
        }
        (internal, own_write)
    }

    /// Number of reads of what the transaction writes later: of lists it is whether there is one.
    fn future_reads(&self, txn: usize) -> usize {
        let writes_later = |place: usize, key: i64, value: i64| {
            let later = self.txns[txn].ops[place..].iter().filter_map(written);
            later.into_iter().any(|write| write == (key, value))
        };
        let reads = self.reads(txn);
        let future = |(place, key, state): &&(usize, i64, State)| {
            state.iter().any(|value| writes_later(*place, *key, *value))
        };
        let count = reads.iter().filter(future).count();
        if self.data == DataType::List { count.min(1) } else { count }
    }

    /// Number of states that several transactions read first of a key and then write the key.
    fn lost_updates(&self) -> usize {
        let mut groups: BTreeMap<(i64, State), usize> = BTreeMap::new();
        for txn in self.all().filter(|txn| self.is_ok(*txn)) {
            for key in 0..10 {
                let reads = self.reads(txn);
                let Some((place, _, state)) = reads.iter().find(|(_, k, _)| *k == key) else {
                    continue;
                };
                let mut later = self.txns[txn].ops[*place..].iter().filter_map(written);
                if later.any(|(k, _)| k == key) {
                    *groups.entry((key, state.clone())).or_default() += 1;
                }
            }
        }
        groups.values().filter(|count| **count > 1).count()
    }

    fn dirty_updates(&self) -> usize {
        let mut count = 0;
        for (key, order) in self.orders() {
            let mut is_dirty = false;
            for element in order {
                let outcome = self.writer(key, element).map(|writer| self.txns[writer].outcome);
                match outcome {
                    Some(EntryKind::Fail) => is_dirty = true,
                    Some(EntryKind::Ok) => count += usize::from(std::mem::take(&mut is_dirty)),
                    _ => {}
                }
            }
        }
        count
    }
}

/// The key and the value that a micro-operation writes.
fn written(op: &TxnOp) -> Option<(i64, i64)> {
    match op {
        TxnOp::Append { key, element: value } | TxnOp::Write { key, value } => Some((*key, *value)),
        TxnOp::Read { .. } => None,
    }
}
