//! How fast histories of logs are checked: `cargo bench -p detsim-check --bench kafka`.
//!
//! A million operations of five processes on a good log, once with many short logs, as clients of
//! the workload make them, and once with ten long ones; then the same with offsets that have gaps,
//! and with values that are kept as JSON. Every process reads everything in the end. Printed are
//! the time, and the memory that the check takes besides the history, for each operation.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a benchmark reads the clock"
)]
#![expect(clippy::print_stdout, reason = "a benchmark prints")]

mod measure;

use std::sync::Arc;

use sim_check::{HistoryChecker, Validity, check_history};
use sim_core::engine::time::Instant;
use sim_records::history::{
    Assignment, EntryKind, F, History, LogOp, LogRead, Op, OpValue, Process,
};

use measure::{cpu_seconds, forget_peak, peak};

/// Number of operations before the final phase.
const OPERATIONS: usize = 1_000_000;
/// Number of processes.
const PROCESSES: usize = 5;
/// Number of keys that are sent to at a time.
const ACTIVE_KEYS: usize = 10;

/// What a history is like.
struct Shape {
    name: &'static str,
    /// Number of messages after which a key is replaced.
    messages_per_key: usize,
    /// Distance of two offsets.
    gap: i64,
    is_json: bool,
}

fn main() {
    let short = Shape { name: "short logs", messages_per_key: 16, gap: 1, is_json: false };
    check(&short);
    check(&Shape { name: "long logs", messages_per_key: usize::MAX, ..short });
    check(&Shape { name: "gaps", messages_per_key: 100_000, gap: 1 << 45, ..short });
    check(&Shape { name: "values as JSON", is_json: true, ..short });
}

fn check(shape: &Shape) {
    let (history, reads) = Run::new(shape).history();
    let operations = history.iter().filter(|op| op.kind == EntryKind::Invoke).count();
    let before = forget_peak();
    let (begin, cpu) = (std::time::Instant::now(), cpu_seconds());
    let verdict = check_history(HistoryChecker::Kafka, &history, &[]);
    let (seconds, cpu) = (begin.elapsed().as_secs_f64(), cpu_seconds() - cpu);
    let bytes = peak().saturating_sub(before);
    assert_eq!(verdict.parity, Validity::Valid, "{:?}", verdict.findings);
    assert_eq!(verdict.strict, Validity::Valid, "{:?}", verdict.findings);
    println!(
        "{}: {operations} operations, {reads} messages read: {seconds:.2} s, {cpu:.2} s of CPU, \
         {} bytes an operation",
        shape.name,
        bytes / operations as u64
    );
}

/// A log that is always right, and the clients that use it.
struct Run<'a> {
    shape: &'a Shape,
    history: History,
    random: u64,
    names: Vec<Arc<str>>,
    /// Number of messages of each key; message `n` is `n + 1`, at offset `n` times the gap.
    logs: Vec<i64>,
    active: Vec<usize>,
    /// Number of messages of each key up to the committed one.
    committed: Vec<i64>,
    /// What each client reads, and its place there.
    assigned: Vec<Vec<(usize, i64)>>,
    /// Number that is added to that of a client for that of its process.
    first_process: usize,
    reads: usize,
}

impl<'a> Run<'a> {
    fn new(shape: &'a Shape) -> Run<'a> {
        let mut run = Run {
            shape,
            history: History::new(),
            random: 1,
            names: Vec::new(),
            logs: Vec::new(),
            committed: Vec::new(),
            first_process: 0,
            active: Vec::new(),
            assigned: vec![Vec::new(); PROCESSES],
            reads: 0,
        };
        run.active = (0..ACTIVE_KEYS).map(|_| run.new_key()).collect();
        run
    }

    fn new_key(&mut self) -> usize {
        self.names.push(self.names.len().to_string().into());
        self.logs.push(0);
        self.committed.push(0);
        self.logs.len() - 1
    }

    fn below(&mut self, bound: usize) -> usize {
        self.random =
            self.random.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.random >> 33) as usize % bound
    }

    fn history(mut self) -> (History, usize) {
        for number in 0..OPERATIONS {
            let process = number % PROCESSES;
            let slot = self.below(ACTIVE_KEYS);
            match self.below(128) {
                0..2 => self.assign(process, vec![self.active[slot]], false),
                2..64 => self.poll(process),
                _ => self.send(process, slot),
            }
        }
        for process in 0..PROCESSES {
            let crash = Op { kind: EntryKind::Info, ..Run::ended(F::Crash, OpValue::Nil) };
            self.entries(process, F::Crash, OpValue::Nil, crash);
        }
        self.first_process = PROCESSES;
        for process in 0..PROCESSES {
            self.assign(process, (0..self.logs.len()).collect(), true);
            self.poll(process);
        }
        (self.history, self.reads)
    }

    fn entries(&mut self, process: usize, f: F, begun: OpValue, ended: Op) {
        let time = |entry: usize| Instant::from_ns(1000 * entry as u64);
        let client = Process::Client((self.first_process + process) as u64);
        let as_json = |value: OpValue| match self.shape.is_json {
            true if value != OpValue::Nil => OpValue::Json(value.to_json()),
            _ => value,
        };
        let begun = as_json(begun);
        let value = as_json(ended.value);
        let ended = Op { process: client, value, time: time(self.history.len() + 1), ..ended };
        let invoked = Op::new(time(self.history.len()), client, EntryKind::Invoke, f);
        self.history.push(Op { value: begun, ..invoked });
        self.history.push(ended);
    }

    fn ended(f: F, value: OpValue) -> Op {
        Op { value, ..Op::new(Instant::ZERO, Process::Nemesis, EntryKind::Ok, f) }
    }

    fn send(&mut self, process: usize, slot: usize) {
        let key = self.active[slot];
        let message = self.logs[key] + 1;
        let offset = self.logs[key] * self.shape.gap;
        self.logs[key] += 1;
        let op = |offset| {
            let key = self.names[key].clone();
            OpValue::Log([LogOp::Send { key, message, offset }].into())
        };
        let (begun, ended) = (op(None), op(Some(offset)));
        self.entries(process, F::Send, begun, Run::ended(F::Send, ended));
        if message as usize == self.shape.messages_per_key {
            self.active[slot] = self.new_key();
        }
    }

    fn poll(&mut self, process: usize) {
        let mut reads = Vec::new();
        for (key, place) in self.assigned[process].iter_mut() {
            let end = self.logs[*key];
            if *place < end {
                let pair = |n: i64| (n * self.shape.gap, n + 1);
                let messages = (*place..end).map(pair).collect();
                reads.push(LogRead { key: self.names[*key].clone(), messages });
                self.reads += (end - *place) as usize;
                *place = end;
                self.committed[*key] = self.committed[*key].max(end);
            }
        }
        let ended = OpValue::Log([LogOp::polled(reads)].into());
        let begun = OpValue::Log([LogOp::Poll(None)].into());
        self.entries(process, F::Poll, begun, Run::ended(F::Poll, ended));
    }

    fn assign(&mut self, process: usize, keys: Vec<usize>, from_beginning: bool) {
        let before = std::mem::take(&mut self.assigned[process]);
        let place = |key: usize| {
            let before = before.iter().find(|(of, _)| *of == key && !from_beginning);
            let committed = if from_beginning { 0 } else { self.committed[key] };
            (key, before.map_or(committed, |(_, place)| *place))
        };
        self.assigned[process] = keys.iter().map(|key| place(*key)).collect();
        let names = keys.iter().map(|key| self.names[*key].to_string()).collect::<Vec<_>>();
        let value = OpValue::from_json(names.into());
        let answer = keys
            .iter()
            .filter(|key| self.committed[**key] > 0)
            .map(|key| (self.names[*key].to_string(), (self.committed[*key] - 1) * self.shape.gap));
        let committed = (!from_beginning).then(|| answer.collect());
        let assignment = Some(Box::new(Assignment { from_beginning, committed }));
        let ended = Op { assignment, ..Run::ended(F::Assign, value.clone()) };
        self.entries(process, F::Assign, value, ended);
    }
}
