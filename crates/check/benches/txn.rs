//! How fast transactions are checked: `cargo bench -p detsim-check --bench txn`.
//!
//! Good histories of 10⁴ to 10⁶ transactions of twenty processes, as clients of the workloads make
//! them, on lists and on registers, in memory; the largest one also from its text. Then histories
//! that are wrong all over, so that all transactions are one component. Printed are the time, and
//! the memory that the check takes besides the history, for each transaction.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a benchmark reads the clock"
)]
#![expect(clippy::print_stdout, reason = "a benchmark prints")]

mod measure;

use std::io::BufReader;

use sim_check::txn::{DataType, Options, TxnCheck};
use sim_check::{HistoryChecker, HistoryVerdict, Validity, check_history};
use sim_core::engine::time::Instant;
use sim_records::history::{
    EntryKind, F, History, HistoryText, Op, OpValue, Process, TxnOp, TxnRead, each_edn, each_jsonl,
};

use measure::{cpu_seconds, forget_peak, peak};

/// Number of processes.
const PROCESSES: usize = 20;
/// Number of keys in use at a time.
const ACTIVE_KEYS: usize = 10;
/// Number of writes after which a key is replaced.
const WRITES_PER_KEY: i64 = 16;

fn main() {
    for data in [DataType::List, DataType::Register] {
        for count in [10_000, 100_000, 1_000_000] {
            let history = Run::new(data, false).history(count);
            let name = format!("{data:?}, {count} transactions");
            measure(&name, count, Validity::Valid, || check(data, &history));
        }
    }
    from_text(1_000_000);
    for count in [1_000, 10_000, 100_000] {
        let history = Run::new(DataType::List, true).history(count);
        let name = format!("dense component, {count} transactions");
        measure(&name, count, Validity::Invalid, || check(DataType::List, &history));
    }
}

fn check(data: DataType, history: &History) -> HistoryVerdict {
    let checker = match data {
        DataType::List => HistoryChecker::TxnListAppend,
        DataType::Register => HistoryChecker::TxnRwRegister,
    };
    check_history(checker, history, &[])
}

/// Checks a history while its text is read.
fn from_text(count: usize) {
    let history = Run::new(DataType::List, false).history(count);
    for (name, form) in [("jsonl", HistoryText::Jsonl), ("edn", HistoryText::Edn)] {
        let path = std::env::temp_dir().join(format!("bench-txn.{name}"));
        let mut text = String::new();
        for (index, op) in history.iter().enumerate() {
            form.write_entry(&mut text, index, op, &[]);
        }
        std::fs::write(&path, &text).expect("a temporary file");
        let megabytes = text.len() / 1_000_000;
        drop(text);
        let name = format!("from {name}, {megabytes} MB, {count} transactions");
        measure(&name, count, Validity::Valid, || {
            let file = std::fs::File::open(&path).expect("the file");
            let input = BufReader::with_capacity(1 << 16, file);
            let mut check = TxnCheck::new(Options::new(DataType::List));
            let nodes = match form {
                HistoryText::Jsonl => each_jsonl(input, &[], &mut |op| check.entry(&op)),
                HistoryText::Edn => each_edn(input, &[], &mut |op| check.entry(&op)),
            };
            check.finish(&nodes.expect("a history")).expect("one view")
        });
        let _ = std::fs::remove_file(&path);
    }
}

fn measure(name: &str, count: usize, expected: Validity, run: impl Fn() -> HistoryVerdict) {
    let before = forget_peak();
    let (begin, cpu) = (std::time::Instant::now(), cpu_seconds());
    let verdict = run();
    let (seconds, cpu) = (begin.elapsed().as_secs_f64(), cpu_seconds() - cpu);
    let bytes = peak().saturating_sub(before);
    assert_eq!(verdict.strict, expected, "{:?}", verdict.findings);
    let rate = count as f64 / seconds / 1e6;
    println!(
        "{name}: {seconds:.3} s, {cpu:.2} s of CPU, {rate:.2} million a second, {} bytes each; \
         {:?}",
        bytes / count as u64,
        verdict.counts
    );
}

/// A database whose transactions take effect at one instant, and its clients. A wrong one lets half
/// of its reads see an old state, of as many elements as there were some time ago.
struct Run {
    data: DataType,
    is_wrong: bool,
    history: History,
    random: u64,
    /// Elements of each key; of a register the last one counts.
    keys: Vec<Vec<i64>>,
    active: Vec<usize>,
    /// Number of writes to each key that were asked for.
    written: Vec<i64>,
    /// What each process has begun.
    pending: Vec<Option<Vec<TxnOp>>>,
}

impl Run {
    fn new(data: DataType, is_wrong: bool) -> Run {
        Run {
            data,
            is_wrong,
            history: History::new(),
            random: 1,
            keys: vec![Vec::new(); ACTIVE_KEYS],
            active: (0..ACTIVE_KEYS).collect(),
            written: vec![0; ACTIVE_KEYS],
            pending: vec![None; PROCESSES],
        }
    }

    fn below(&mut self, bound: usize) -> usize {
        self.random =
            self.random.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.random >> 33) as usize % bound
    }

    fn history(mut self, count: usize) -> History {
        let mut begun = 0;
        while begun < count || self.pending.iter().any(Option::is_some) {
            let process = self.below(PROCESSES);
            match self.pending[process].take() {
                Some(ops) => self.complete(process, ops),
                None if begun < count => {
                    begun += 1;
                    let ops = self.transaction();
                    self.entry(process, EntryKind::Invoke, &ops);
                    self.pending[process] = Some(ops);
                }
                None => {}
            }
        }
        self.history
    }

    fn transaction(&mut self) -> Vec<TxnOp> {
        let count = 1 + self.below(4);
        (0..count).map(|_| self.micro_op()).collect()
    }

    fn micro_op(&mut self) -> TxnOp {
        let slot = self.below(ACTIVE_KEYS);
        let key = self.active[slot];
        if self.below(2) == 0 {
            return TxnOp::Read { key: key as i64, value: TxnRead::Nil };
        }
        self.written[key] += 1;
        let value = self.written[key];
        if value == WRITES_PER_KEY {
            self.active[slot] = self.keys.len();
            self.keys.push(Vec::new());
            self.written.push(0);
        }
        match self.data {
            DataType::List => TxnOp::Append { key: key as i64, element: value },
            DataType::Register => TxnOp::Write { key: key as i64, value },
        }
    }

    fn complete(&mut self, process: usize, mut ops: Vec<TxnOp>) {
        for op in &mut ops {
            let key = op.key() as usize;
            let is_stale = self.is_wrong && self.below(2) == 0;
            let old = if is_stale { self.below(3) } else { 0 };
            let elements = &mut self.keys[key];
            match op {
                TxnOp::Append { element: value, .. } | TxnOp::Write { value, .. } => {
                    elements.push(*value);
                }
                TxnOp::Read { value, .. } => {
                    let seen = &elements[..elements.len().saturating_sub(old)];
                    *value = match (self.data, seen.last()) {
                        (DataType::List, Some(_)) => TxnRead::List(seen.to_vec().into()),
                        (DataType::Register, Some(last)) => TxnRead::Int(*last),
                        (_, None) => TxnRead::Nil,
                    };
                }
            }
        }
        self.entry(process, EntryKind::Ok, &ops);
    }

    fn entry(&mut self, process: usize, kind: EntryKind, ops: &[TxnOp]) {
        let time = Instant::from_ns(1000 * self.history.len() as u64);
        let op = Op::new(time, Process::Client(process as u64), kind, F::Txn);
        self.history.push(Op { value: OpValue::Txn(ops.into()), ..op });
    }
}
