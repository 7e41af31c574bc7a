//! The checker against definitions that are plainly right: all histories of two and three small
//! transactions, and many random ones.

use std::collections::BTreeMap;

use super::naive::Naive;
use super::*;
use crate::engine::time::Instant;
use crate::history::{EntryKind, F, History, Op, OpValue, Process, TxnOp, TxnRead};

/// Number of random histories, if it was set when this was compiled: `TXN_RUNS=100000 cargo test
/// -p detsim-check txn`. Then all histories of the forms below are tried, too, and not a part.
const RUNS: Option<&str> = option_env!("TXN_RUNS");

fn runs() -> u64 {
    RUNS.and_then(|runs| runs.parse().ok()).unwrap_or(2_000)
}

/// Compares the checker with the definitions. Of cycles it need not name all kinds, but those that
/// it names are there, and they break the same models.
#[track_caller]
fn compare(data: DataType, history: &History, what: impl Fn() -> String) {
    let options = Options { complete: None, ..Options::new(data) };
    let verdict = check_with(history, &[], &options);
    let naive = Naive::new(data, history);
    let shown = || {
        let text = crate::history::write_edn(history, &[]);
        format!("{}\n{text}{:#?}\n{}", what(), verdict.findings, verdict.result)
    };
    let strict = verdict.result.get("strict").unwrap_or_else(|| panic!("{}", shown()));
    let found = names(strict.get("anomaly-types"));
    let direct = naive.direct();
    let is_cycle = |anomaly: &Anomaly| anomaly.name().starts_with('G') && !is_read(*anomaly);
    let found_direct: Vec<Anomaly> = found.iter().filter(|a| !is_cycle(a)).collect();
    assert_eq!(found_direct, direct.keys().copied().collect::<Vec<_>>(), "{}", shown());
    let cycles = naive.cycles();
    let found_cycles: Anomalies = found.iter().filter(is_cycle).collect();
    for anomaly in found_cycles.iter() {
        assert!(cycles.contains(anomaly), "no {}: {}", anomaly.name(), shown());
    }
    let all = cycles.union(direct.keys().copied().collect());
    let [expected, found] = [Boundary::strict(all), Boundary::strict(found)];
    assert_eq!(found, expected, "all cycles: {cycles:?}: {}", shown());
    let counts: BTreeMap<&str, u64> = verdict
        .counts
        .iter()
        .map(|(rule, count)| (rule.name(), *count))
        .filter(|(name, _)| direct.keys().any(|anomaly| anomaly.name() == *name))
        .collect();
    let prohibited = Model::StrictSerializable.prohibited_strictly();
    let expected = direct.iter().filter(|(anomaly, _)| prohibited.contains(**anomaly));
    let expected: BTreeMap<&str, u64> = expected.map(|(a, count)| (a.name(), *count)).collect();
    assert_eq!(counts, expected, "{}", shown());
    let is_broken = |model: &Model| model.prohibited_strictly().meets(all);
    let is_valid = !is_broken(&Model::StrictSerializable);
    let has_ok = history.iter().any(|op| op.kind == EntryKind::Ok);
    let open = if has_ok { Validity::Valid } else { Validity::Unknown };
    assert_eq!(verdict.strict, open.and(Validity::of(is_valid)), "{}", shown());
    let unfinished = verdict.undetermined.iter().any(|(rule, _)| *rule == HistoryRule::CheckLimit);
    assert!(!unfinished, "{}", shown());
}

/// Whether an anomaly is one of single reads.
fn is_read(anomaly: Anomaly) -> bool {
    matches!(anomaly, Anomaly::G1a | Anomaly::G1b)
}

fn names(list: Option<&crate::edn::Edn>) -> Anomalies {
    let Some(crate::edn::Edn::List(names)) = list else { return Anomalies::default() };
    let of = |name: &crate::edn::Edn| match name {
        crate::edn::Edn::Keyword(name) => Anomaly::of(name),
        _ => None,
    };
    names.iter().filter_map(of).collect()
}

/// Numbers that are chosen one after the other.
trait Choices {
    /// A number below another one.
    fn below(&mut self, bound: usize) -> usize;
}

/// The digits of a number whose places have several bases: each history once.
#[derive(Default)]
struct Digits {
    digits: Vec<usize>,
    bounds: Vec<usize>,
    place: usize,
}

impl Choices for Digits {
    fn below(&mut self, bound: usize) -> usize {
        if self.place == self.digits.len() {
            self.digits.push(0);
            self.bounds.push(bound);
        }
        self.bounds[self.place] = bound;
        self.place += 1;
        self.digits[self.place - 1]
    }
}

impl Digits {
    /// Goes on to the next choices; returns whether there are any.
    fn next(&mut self) -> bool {
        self.digits.truncate(self.place);
        self.place = 0;
        while let Some(last) = self.digits.pop() {
            if last + 1 < self.bounds[self.digits.len()] {
                self.digits.push(last + 1);
                return true;
            }
        }
        false
    }
}

struct Random(u64);

impl Choices for Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 33) as usize % bound
    }
}

/// What histories are like.
#[derive(Clone, Copy)]
struct Shape {
    data: DataType,
    txns: usize,
    ops_max: usize,
    keys: usize,
    /// Maximum number of elements of a read.
    read_max: usize,
    outcomes: usize,
    processes: usize,
}

/// Chooses a history: first what transactions do, then when they do it.
fn choose(shape: Shape, choices: &mut impl Choices) -> History {
    let mut written = vec![0; shape.keys];
    let mut txns: Vec<Vec<TxnOp>> = Vec::new();
    for _ in 0..shape.txns {
        let count = 1 + choices.below(shape.ops_max);
        let mut ops = Vec::new();
        for _ in 0..count {
            let key = choices.below(shape.keys);
            let is_write = choices.below(2) == 1;
            written[key] += i64::from(is_write);
            let (value, key_code) = (written[key], key as i64);
            ops.push(match (is_write, shape.data) {
                (true, DataType::List) => TxnOp::Append { key: key_code, element: value },
                (true, DataType::Register) => TxnOp::Write { key: key_code, value },
                _ => TxnOp::Read { key: key_code, value: TxnRead::Nil },
            });
        }
        txns.push(ops);
    }
    for op in txns.iter_mut().flatten() {
        let TxnOp::Read { key, value } = op else { continue };
        let values = written[*key as usize] as usize;
        *value = read(shape, values, choices);
    }
    let outcomes = [EntryKind::Ok, EntryKind::Fail, EntryKind::Info];
    let outcomes: Vec<EntryKind> =
        txns.iter().map(|_| outcomes[choices.below(shape.outcomes)]).collect();
    interleave(shape, txns, &outcomes, choices)
}

/// Chooses what a read returns: nothing, or any values of the key.
fn read(shape: Shape, values: usize, choices: &mut impl Choices) -> TxnRead {
    if shape.data == DataType::Register {
        return match choices.below(values + 1) {
            0 => TxnRead::Nil,
            value => TxnRead::Int(value as i64),
        };
    }
    let length = choices.below(shape.read_max.min(values) + 1);
    let element = |choices: &mut dyn FnMut(usize) -> usize| 1 + choices(values) as i64;
    let list: Vec<i64> = (0..length).map(|_| element(&mut |bound| choices.below(bound))).collect();
    if list.is_empty() { TxnRead::Nil } else { TxnRead::List(list.into()) }
}

/// Chooses the order of entries: each process does one transaction after the other.
fn interleave(
    shape: Shape,
    txns: Vec<Vec<TxnOp>>,
    outcomes: &[EntryKind],
    choices: &mut impl Choices,
) -> History {
    let mut history = History::new();
    let mut pending: Vec<Option<usize>> = vec![None; shape.processes];
    let mut names: Vec<u64> = (0..shape.processes as u64).collect();
    let mut next = 0;
    while next < txns.len() || pending.iter().any(Option::is_some) {
        let can = |process: &usize| pending[*process].is_some() || next < txns.len();
        let able: Vec<usize> = (0..shape.processes).filter(can).collect();
        let process = able[choices.below(able.len())];
        let (txn, kind) = match pending[process].take() {
            Some(txn) => (txn, outcomes[txn]),
            None => {
                pending[process] = Some(next);
                next += 1;
                (next - 1, EntryKind::Invoke)
            }
        };
        let time = Instant::from_ns(history.len() as u64);
        let op = Op::new(time, Process::Client(names[process]), kind, F::Txn);
        let ops = txns[txn].iter().map(|op| match op {
            TxnOp::Read { key, .. } if kind != EntryKind::Ok => {
                TxnOp::Read { key: *key, value: TxnRead::Nil }
            }
            op => op.clone(),
        });
        history.push(Op { value: OpValue::Txn(ops.collect()), ..op });
        if kind == EntryKind::Info {
            names[process] += shape.processes as u64;
        }
    }
    history
}

/// Compares all histories of a shape.
fn compare_all(shape: Shape) {
    let mut digits = Digits::default();
    let mut count = 0_u64;
    loop {
        let history = choose(shape, &mut digits);
        compare(shape.data, &history, || format!("history {count}"));
        count += 1;
        if !digits.next() {
            return;
        }
    }
}

/// Compares all histories of a shape if there is much time, and else a number of them.
fn compare_many(shape: Shape, samples: u64) {
    if RUNS.is_some() {
        return compare_all(shape);
    }
    for seed in 0..samples {
        let history = choose(shape, &mut Random(seed));
        compare(shape.data, &history, || format!("seed {seed}"));
    }
}

const TWO: Shape = Shape {
    data: DataType::List,
    txns: 2,
    ops_max: 2,
    keys: 2,
    read_max: 2,
    outcomes: 3,
    processes: 2,
};

#[test]
fn all_histories_of_two_transactions_on_lists_have_the_anomalies_of_the_definitions() {
    compare_all(Shape { ops_max: 1, ..TWO });
    compare_all(Shape { keys: 1, outcomes: 1, read_max: 1, ..TWO });
    compare_many(TWO, 2_000);
}

#[test]
fn all_histories_of_two_transactions_on_registers_have_the_anomalies_of_the_definitions() {
    compare_all(Shape { data: DataType::Register, ops_max: 1, ..TWO });
    compare_all(Shape { data: DataType::Register, keys: 1, outcomes: 1, ..TWO });
    compare_many(Shape { data: DataType::Register, ..TWO }, 2_000);
}

const THREE: Shape =
    Shape { txns: 3, ops_max: 2, keys: 2, read_max: 1, outcomes: 1, processes: 2, ..TWO };

#[test]
fn all_histories_of_three_transactions_on_lists_have_the_anomalies_of_the_definitions() {
    compare_all(Shape { ops_max: 1, keys: 1, ..THREE });
    compare_many(Shape { ops_max: 1, read_max: 2, outcomes: 3, processes: 3, ..THREE }, 2_000);
    compare_many(THREE, 2_000);
}

#[test]
fn all_histories_of_three_transactions_on_registers_have_the_anomalies_of_the_definitions() {
    let registers = Shape { data: DataType::Register, ..THREE };
    compare_all(Shape { ops_max: 1, keys: 1, ..registers });
    compare_many(Shape { ops_max: 1, outcomes: 3, processes: 3, ..registers }, 2_000);
    compare_many(registers, 2_000);
}

#[test]
fn random_histories_have_the_anomalies_of_the_definitions() {
    for seed in 0..runs() {
        let mut random = Random(seed);
        let shape = Shape {
            data: [DataType::List, DataType::Register][random.below(2)],
            txns: 3 + random.below(3),
            ops_max: 1 + random.below(4),
            keys: 1 + random.below(3),
            read_max: 1 + random.below(4),
            outcomes: 1 + random.below(3),
            processes: 1 + random.below(4),
        };
        let history = choose(shape, &mut random);
        compare(shape.data, &history, || format!("seed {seed}"));
    }
}
