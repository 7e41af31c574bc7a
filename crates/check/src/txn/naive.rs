//! For tests: the anomalies of a history by definitions that are plainly right, and slow.
//!
//! Real time and the order of processes are all their pairs, and cycles are all simple cycles with
//! every choice of the kinds of their edges.

use std::collections::{BTreeMap, BTreeSet};

use super::DataType;
use super::anomaly::Anomalies;
use super::graph::Kind;
use super::spec::classify;
use crate::history::{EntryKind, Op, OpValue, Process, TxnOp, TxnRead};

/// A transaction with its place in real time.
#[derive(Clone, Debug)]
pub(super) struct Txn {
    process: u64,
    begin: usize,
    end: usize,
    pub(super) outcome: EntryKind,
    pub(super) ops: Vec<TxnOp>,
}

/// The value of a key: the elements of a list, or of a register one value or none.
pub(super) type State = Vec<i64>;

/// All that is known of a history.
pub(super) struct Naive {
    pub(super) data: DataType,
    pub(super) txns: Vec<Txn>,
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

    pub(super) fn is_ok(&self, txn: usize) -> bool {
        self.txns[txn].outcome == EntryKind::Ok
    }

    pub(super) fn is_possible(&self, txn: usize) -> bool {
        self.txns[txn].outcome != EntryKind::Fail
    }

    pub(super) fn all(&self) -> std::ops::Range<usize> {
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
    pub(super) fn writer(&self, key: i64, value: i64) -> Option<usize> {
        self.all()
            .find(|txn| self.txns[*txn].ops.iter().any(|op| written(op) == Some((key, value))))
    }

    /// Whether the writer of a value writes the key again.
    pub(super) fn is_intermediate(&self, key: i64, value: i64) -> bool {
        let Some(writer) = self.writer(key, value) else { return false };
        let mut of_key =
            self.txns[writer].ops.iter().filter_map(written).filter(|(k, _)| *k == key);
        of_key.next_back() != Some((key, value))
    }

    /// What the reads of a transaction return, with their places.
    pub(super) fn reads(&self, txn: usize) -> Vec<(usize, i64, State)> {
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
    pub(super) fn longest_reads(&self) -> BTreeMap<i64, Vec<State>> {
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
    pub(super) fn orders(&self) -> BTreeMap<i64, Vec<i64>> {
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
        let mut of_key = self.txns[txn].ops.iter().filter_map(written).filter(|(k, _)| *k == key);
        of_key.next_back().map(|(_, value)| value).filter(|_| self.is_possible(txn))
    }

    /// Pairs of values of which the second follows the first: those that a transaction has read
    /// and written.
    pub(super) fn known_pairs(&self, key: i64) -> BTreeMap<i64, i64> {
        let pair = |txn: usize| {
            let read = self.external_read(txn, key)?;
            let write = self.external_write(txn, key)?;
            read.first().filter(|read| **read != write).map(|read| (write, *read))
        };
        self.all().filter_map(pair).collect()
    }

    /// Values that come before themselves.
    pub(super) fn circular(&self, key: i64) -> BTreeSet<i64> {
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
}

/// The key and the value that a micro-operation writes.
pub(super) fn written(op: &TxnOp) -> Option<(i64, i64)> {
    match op {
        TxnOp::Append { key, element: value } | TxnOp::Write { key, value } => Some((*key, *value)),
        TxnOp::Read { .. } => None,
    }
}
