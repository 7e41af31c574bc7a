//! Speed and memory of the checker of linearizability: on registers of one key with many clients,
//! and on public histories where they are there.

#![expect(clippy::print_stdout, reason = "a benchmark reports to its terminal")]

mod measure;

use std::hint::black_box;
use std::path::Path;

use sim_check::linear::{Budget, Limits, Object, Outcome, Register, RegisterAction, check};
use sim_check::{HistoryChecker, Validity, check_history};
use sim_core::engine::time::Instant;
use sim_records::history::{
    EntryKind, F, History, Named, Op, OpValue, Process, is_log, read_edn, read_log,
};

use measure::{cpu_seconds, forget_peak, peak};

/// What a history is like.
#[derive(Clone, Copy)]
struct Shape {
    name: &'static str,
    operations: usize,
    clients: usize,
    /// Number of compare-and-sets and writes whose outcome is unknown.
    crashed: usize,
    /// Out of a hundred: how probable it is that an open operation goes on before another begins.
    /// Low numbers let more operations overlap.
    pace: usize,
}

fn main() {
    let ten =
        Shape { name: "10 clients", operations: 1_000_000, clients: 10, crashed: 0, pace: 50 };
    measure(&ten);
    measure(&Shape { name: "10 clients that are always busy", pace: 5, ..ten });
    let many = Shape { name: "25 clients", operations: 10_000, clients: 25, crashed: 0, pace: 50 };
    measure(&many);
    measure(&Shape { name: "25 clients that are always busy", pace: 5, ..many });
    crashes(&ten);
    public_logs();
}

/// What crashed operations cost.
fn crashes(ten: &Shape) {
    let few = Shape { name: "10 clients, 10,000 operations", operations: 10_000, ..*ten };
    measure(&few);
    measure(&Shape { name: "the same with 20 crashed operations", crashed: 20, ..few });
    measure(&Shape { name: "the same with 100 crashed operations", crashed: 100, ..few });
}

/// Number of operations below which a history is checked several times.
const SHORT: usize = 100_000;

fn measure(shape: &Shape) {
    let history = Run::new(*shape).history();
    let before = forget_peak();
    let rounds = (SHORT / shape.operations).max(1);
    let begin = cpu_seconds();
    let mut verdict = check_history(HistoryChecker::LinKv, &history, &[]);
    for _ in 1..rounds {
        verdict = check_history(HistoryChecker::LinKv, &history, &[]);
    }
    let whole = (cpu_seconds() - begin) / rounds as f64;
    let bytes = peak().saturating_sub(before);
    assert_eq!(
        verdict.strict,
        Validity::Valid,
        "{:?} {:?}",
        verdict.findings,
        verdict.undetermined
    );
    let object = object(&history);
    let before = forget_peak();
    let begin = cpu_seconds();
    let search = || check(&mut Register::new(0, &[]), &object, &mut Budget::new(&Limits::DEFAULT));
    let mut outcome = search();
    for _ in 1..rounds {
        outcome = search();
    }
    let search = (cpu_seconds() - begin) / rounds as f64;
    let search_bytes = peak().saturating_sub(before);
    assert_eq!(outcome, Outcome::Linearizable);
    println!(
        "{}: {} operations: {:.1} ms of CPU and {:.1} MiB; the search alone {:.1} ms, {:.1} MiB",
        shape.name,
        shape.operations,
        1e3 * whole,
        bytes as f64 / f64::from(1 << 20),
        1e3 * search,
        search_bytes as f64 / f64::from(1 << 20),
    );
}

/// The operations of the key of a history.
fn object(history: &History) -> Object<RegisterAction> {
    let mut object = Object::default();
    let mut open = std::collections::BTreeMap::new();
    for (place, op) in history.iter().enumerate() {
        let Process::Client(process) = op.process else { continue };
        if op.kind == EntryKind::Invoke {
            let end = history[place + 1..].iter().find(|end| end.process == op.process);
            let end = end.expect("an end");
            let value = end.value.to_json();
            let number = |value: &serde_json::Value| value.as_u64().map_or(0, |n| n as u32 + 1);
            let value = &value[1];
            let action = match op.f {
                F::Write => RegisterAction::Write(number(value)),
                F::Cas => {
                    let [from, to] = [number(&value[0]), number(&value[1])];
                    match end.kind {
                        EntryKind::Fail => RegisterAction::Mismatch(from),
                        _ => RegisterAction::Cas(from, to),
                    }
                }
                _ => RegisterAction::Read(number(value)),
            };
            open.insert(process, object.begin(action));
        } else if let Some(operation) = open.remove(&process).filter(|_| op.kind != EntryKind::Info)
        {
            object.end(operation);
        }
    }
    object
}

/// A register that is always right, and the clients that use it.
struct Run {
    shape: Shape,
    history: History,
    random: u64,
    value: Option<u64>,
    /// Process of each client, and its operation.
    clients: Vec<(u64, Option<Pending>)>,
    next_process: u64,
    changes: usize,
    crashed: usize,
}

/// An operation in progress: a third reads, a third writes, a third compares and sets.
#[derive(Clone, Copy)]
struct Pending {
    kind: u64,
    arguments: [u64; 2],
    /// What it has found, once it has taken effect.
    result: Option<Option<u64>>,
}

impl Run {
    fn new(shape: Shape) -> Run {
        let clients = (0..shape.clients as u64).map(|process| (process, None)).collect();
        let next_process = shape.clients as u64;
        let history = History::new();
        Run {
            shape,
            history,
            random: 1,
            value: None,
            clients,
            next_process,
            changes: 0,
            crashed: 0,
        }
    }

    fn below(&mut self, bound: usize) -> usize {
        self.random =
            self.random.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.random >> 33) as usize % bound
    }

    fn history(mut self) -> History {
        let mut begun = 0;
        while begun < self.shape.operations || self.clients.iter().any(|c| c.1.is_some()) {
            let client = self.below(self.shape.clients);
            let goes_on = self.below(100) < self.shape.pace;
            match self.clients[client].1 {
                None if begun < self.shape.operations => {
                    begun += 1;
                    self.begin(client);
                }
                Some(_) if goes_on || begun == self.shape.operations => {
                    self.go_on(client);
                }
                _ => {}
            }
        }
        self.history
    }

    fn begin(&mut self, client: usize) {
        let kind = self.below(3) as u64;
        let arguments = [self.below(5) as u64, self.below(5) as u64];
        self.clients[client].1 = Some(Pending { kind, arguments, result: None });
        self.entry(client, EntryKind::Invoke, None);
    }

    fn go_on(&mut self, client: usize) {
        let Some(pending) = &mut self.clients[client].1 else { return };
        let Some(result) = pending.result else {
            pending.result = Some(self.value);
            match pending.kind {
                0 => {}
                1 => self.value = Some(pending.arguments[0]),
                _ if self.value == Some(pending.arguments[0]) => {
                    self.value = Some(pending.arguments[1]);
                }
                _ => {}
            }
            return;
        };
        let pending = *pending;
        // Some changes that are done are never acknowledged, at even distances.
        self.changes += usize::from(pending.kind > 0);
        let distance = self.shape.operations / 2 / self.shape.crashed.max(1);
        let is_next = self.changes > distance * self.crashed;
        if is_next && self.crashed < self.shape.crashed && pending.kind > 0 {
            self.crashed += 1;
            self.entry(client, EntryKind::Info, None);
            self.clients[client] = (self.next_process, None);
            self.next_process += 1;
            return;
        }
        let fails = pending.kind == 2 && result != Some(pending.arguments[0]);
        self.entry(client, if fails { EntryKind::Fail } else { EntryKind::Ok }, result);
        self.clients[client].1 = None;
    }

    fn entry(&mut self, client: usize, kind: EntryKind, result: Option<u64>) {
        let (process, Some(Pending { kind: f, arguments: [a, b], .. })) = self.clients[client]
        else {
            return;
        };
        let (f, value) = match f {
            0 => (F::Read, serde_json::json!([0, result])),
            1 => (F::Write, serde_json::json!([0, a])),
            _ => (F::Cas, serde_json::json!([0, [a, b]])),
        };
        let time = Instant::from_ns(1000 * self.history.len() as u64);
        let op = Op::new(time, Process::Client(process), kind, f);
        let error = (kind == EntryKind::Fail).then(|| ("precondition-failed".into(), "".into()));
        self.history.push(Op { value: OpValue::from_json(value), error, ..op });
    }
}

/// Number of times that the public histories are checked.
const ROUNDS: u32 = 500;

/// Checks the public histories, and compares the verdicts with the stated ones.
fn public_logs() {
    let folder = Path::new("../../../shared/data/linearizability");
    let Ok(expected) = std::fs::read_to_string(folder.join("etcd/expected.tsv")) else {
        println!("public logs: skipped, since {} is not there", folder.display());
        return;
    };
    let mut logs: Vec<(String, Named, bool)> = Vec::new();
    for line in expected.lines().skip(1) {
        let (file, is_good) = line.split_once('\t').expect("a file and a verdict");
        let text = std::fs::read_to_string(folder.join("etcd").join(file)).expect("a log");
        assert!(is_log(&text), "{file}");
        logs.push((file.into(), read_log(text.as_bytes()).expect("a log"), is_good == "true"));
    }
    report("etcd logs", &logs);
    for name in ["c01-ok", "c01-bad", "c10-ok", "c10-bad"] {
        let text = std::fs::read(folder.join("kv").join(format!("{name}.txt"))).expect("a log");
        let named = read_edn(&text[..], &[]).expect("a log");
        report(name, &[(name.into(), named, name.ends_with("ok"))]);
    }
}

fn report(name: &str, logs: &[(String, Named, bool)]) {
    let begin = cpu_seconds();
    for _ in 0..ROUNDS {
        for (file, named, is_good) in logs {
            let verdict = check_history(HistoryChecker::LinKv, &named.history, &[]);
            assert_eq!(verdict.strict, Validity::of(*is_good), "{file}");
            black_box(verdict);
        }
    }
    let each = (cpu_seconds() - begin) / f64::from(ROUNDS);
    println!("{name}: {:.3} ms with witnesses", 1e3 * each);
}
