//! Small random histories of logs, mostly right and sometimes wrong in any way: for tests.

use std::collections::BTreeMap;

use crate::engine::time::Instant;
use crate::history::{Assignment, EntryKind, F, History, LogOp, LogRead, Op, OpValue, Process};

/// How often histories are wrong.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chances {
    /// One offset of a send in this number of them is a wrong one.
    pub offset: u64,
    /// One read in this number of them is a wrong one.
    pub read: u64,
    /// One operation in this number of them does not end with ok.
    pub outcome: u64,
    /// One operation in this number of them is a transaction.
    pub txn: u64,
    /// Whether only ok operations say anything, no assignment has committed offsets, and the
    /// system chooses the logs of none.
    pub is_plain: bool,
}

/// A small generator of numbers (SplitMix64).
#[derive(Clone, Debug)]
pub(super) struct Numbers(pub u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(super) fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    fn is_one_of(&mut self, count: u64) -> bool {
        self.below(count) == 0
    }
}

/// A client, what it is at, and where it reads.
#[derive(Clone, Debug, Default)]
struct Client {
    process: u64,
    open: Option<Op>,
    places: BTreeMap<usize, i64>,
}

const KEYS: [&str; 2] = ["a", "b"];

/// A history in the making.
pub(super) struct RandomHistory {
    numbers: Numbers,
    chances: Chances,
    history: History,
    clients: Vec<Client>,
    /// Offsets and messages of each key.
    logs: [Vec<(i64, i64)>; 2],
    /// Number of messages that were sent to each key.
    sent: [i64; 2],
    committed: [Option<i64>; 2],
}

impl RandomHistory {
    /// Returns a history of this number of operations.
    pub(super) fn of(seed: u64, operations: u64, chances: Chances) -> History {
        let client = |process| Client { process, ..Client::default() };
        let mut random = RandomHistory {
            numbers: Numbers(seed),
            chances,
            history: History::new(),
            clients: (0..3).map(client).collect(),
            logs: [Vec::new(), Vec::new()],
            sent: [0; 2],
            committed: [None; 2],
        };
        let mut begun = 0;
        // Some operations may stay without an end.
        for _ in 0..2 * operations + random.numbers.below(4) {
            let place = random.numbers.below(3) as usize;
            if random.clients[place].open.is_some() {
                random.end(place);
            } else if begun < operations {
                random.begin(place);
                begun += 1;
            }
        }
        random.history
    }

    fn push(&mut self, op: Op) {
        let time = Instant::from_ns(1000 * self.history.len() as u64);
        self.history.push(Op { time, ..op });
    }

    fn begin(&mut self, place: usize) {
        let f = match self.numbers.below(20) {
            0..8 => F::Send,
            8..16 => F::Poll,
            16..19 => F::Assign,
            _ if self.numbers.is_one_of(2) && !self.chances.is_plain => F::Subscribe,
            _ => F::Crash,
        };
        let is_txn = matches!(f, F::Send | F::Poll) && self.numbers.is_one_of(self.chances.txn);
        let count = if is_txn { 1 + self.numbers.below(3) } else { 1 };
        let value = match f {
            F::Send | F::Poll => {
                OpValue::Log((0..count).map(|_| self.micro_op(f == F::Send, is_txn)).collect())
            }
            F::Assign | F::Subscribe => {
                let keys = KEYS.into_iter().filter(|_| !self.numbers.is_one_of(3));
                OpValue::from_json(keys.collect::<Vec<_>>().into())
            }
            _ => OpValue::Nil,
        };
        let f = if is_txn { F::Txn } else { f };
        let process = Process::Client(self.clients[place].process);
        let op = Op { value, ..Op::new(Instant::ZERO, process, EntryKind::Invoke, f) };
        self.clients[place].open = Some(op.clone());
        self.push(op);
    }

    fn micro_op(&mut self, sends: bool, is_txn: bool) -> LogOp {
        if sends != (is_txn && self.numbers.is_one_of(2)) {
            let key = self.numbers.below(2) as usize;
            self.sent[key] += 1;
            return LogOp::Send { key: KEYS[key].into(), message: self.sent[key], offset: None };
        }
        LogOp::Poll(None)
    }

    fn end(&mut self, place: usize) {
        let begun = self.clients[place].open.take().expect("an open operation");
        let kind = match begun.f {
            F::Crash => EntryKind::Info,
            _ if !self.numbers.is_one_of(self.chances.outcome) => EntryKind::Ok,
            _ if self.numbers.is_one_of(2) => EntryKind::Fail,
            _ => EntryKind::Info,
        };
        let error = match kind {
            EntryKind::Ok => None,
            _ if self.numbers.is_one_of(4) => Some(("abort".to_owned(), String::new())),
            _ => Some(("timeout".to_owned(), String::new())),
        };
        let value = match &begun.value {
            OpValue::Log(ops) => {
                OpValue::Log(ops.iter().map(|op| self.ended(place, op, kind)).collect())
            }
            value => value.clone(),
        };
        let assignment = match begun.f {
            F::Assign => self.assignment(kind),
            _ => None,
        };
        if begun.f == F::Assign && kind == EntryKind::Ok {
            self.assign(place, &begun, assignment.as_deref());
        }
        if kind == EntryKind::Info {
            let process = self.clients[place].process + 3;
            self.clients[place] = Client { process, ..Client::default() };
        }
        self.push(Op { kind, error, value, assignment, ..begun });
    }

    fn ended(&mut self, place: usize, op: &LogOp, kind: EntryKind) -> LogOp {
        match op {
            LogOp::Send { key, message, .. } => {
                let number = KEYS.iter().position(|of| *of == &**key).expect("a key");
                let offset = self.offset(number);
                if kind != EntryKind::Fail && !self.numbers.is_one_of(20) {
                    self.logs[number].push((offset, *message));
                    self.logs[number].sort_unstable();
                }
                let is_told = match kind {
                    EntryKind::Ok => true,
                    _ => !self.chances.is_plain && self.numbers.is_one_of(4),
                };
                LogOp::Send {
                    key: key.clone(),
                    message: *message,
                    offset: is_told.then_some(offset),
                }
            }
            LogOp::Poll(_) => {
                let returns = match kind {
                    EntryKind::Ok => true,
                    _ => !self.chances.is_plain && self.numbers.is_one_of(4),
                };
                let reads = returns.then(|| self.reads(place, kind));
                reads.map_or(LogOp::Poll(None), LogOp::polled)
            }
        }
    }

    /// Mostly the next one, sometimes after a gap.
    fn offset(&mut self, key: usize) -> i64 {
        if self.numbers.is_one_of(self.chances.offset) {
            return self.numbers.below(6) as i64;
        }
        let last = self.logs[key].last().map_or(-1, |(offset, _)| *offset);
        last + 1 + self.numbers.below(2) as i64
    }

    fn reads(&mut self, place: usize, kind: EntryKind) -> Vec<LogRead> {
        let mut reads = Vec::new();
        for (key, name) in KEYS.into_iter().enumerate() {
            let assigned = self.clients[place].places.get(&key).copied();
            if assigned.is_none() && !self.numbers.is_one_of(4) {
                continue;
            }
            let from = assigned.unwrap_or(0);
            let rest = self.logs[key].iter().filter(|(offset, _)| *offset >= from);
            let mut messages: Vec<(i64, i64)> = rest.copied().collect();
            let max = 1 + self.numbers.below(3) as usize;
            messages.truncate(max);
            if self.numbers.is_one_of(self.chances.read) {
                self.spoil(key, &mut messages);
            }
            if kind == EntryKind::Ok
                && let Some((last, _)) = messages.last()
            {
                self.clients[place].places.insert(key, last + 1);
                let highest = messages.iter().map(|(offset, _)| *offset).max();
                self.committed[key] = self.committed[key].max(highest);
            }
            reads.push(LogRead { key: name.into(), messages: messages.into() });
        }
        reads
    }

    fn spoil(&mut self, key: usize, messages: &mut Vec<(i64, i64)>) {
        let some = self.numbers.below(1 + messages.len() as u64) as usize;
        let number = self.numbers.below(5) as i64;
        match self.numbers.below(6) {
            0 => messages.clear(),
            1 => messages.insert(some, (number, 1 + self.numbers.below(4) as i64)),
            2 if some < messages.len() => drop(messages.remove(some)),
            3 if some < messages.len() => messages.insert(some, messages[some]),
            4 => messages.reverse(),
            _ => *messages = self.logs[key].clone(),
        }
    }

    fn assignment(&mut self, kind: EntryKind) -> Option<Box<Assignment>> {
        let from_beginning = self.numbers.is_one_of(4);
        let mut committed = None;
        let is_told = !self.chances.is_plain && !self.numbers.is_one_of(4);
        if kind == EntryKind::Ok && !from_beginning && is_told {
            let answer: &mut BTreeMap<String, i64> = committed.insert(BTreeMap::new());
            for (key, name) in KEYS.into_iter().enumerate() {
                let is_wrong = self.numbers.is_one_of(2 * self.chances.read);
                let wrong = self.numbers.below(6) as i64;
                let offset = if is_wrong { Some(wrong) } else { self.committed[key] };
                answer.extend(offset.map(|offset| (name.to_owned(), offset)));
            }
        }
        let assignment = Assignment { from_beginning, committed };
        (assignment != Assignment::default()).then(|| Box::new(assignment))
    }

    fn assign(&mut self, place: usize, op: &Op, assignment: Option<&Assignment>) {
        let before = std::mem::take(&mut self.clients[place].places);
        let value = op.value.to_json();
        for (number, key) in KEYS.into_iter().enumerate() {
            let is_named = value.as_array().is_some_and(|keys| keys.iter().any(|of| of == key));
            if !is_named {
                continue;
            }
            let kept = before.get(&number).filter(|_| assignment.is_none_or(|a| !a.from_beginning));
            let committed = assignment.and_then(|a| a.committed.as_ref()?.get(key));
            let from = kept.or(committed).copied().unwrap_or(0);
            self.clients[place].places.insert(number, from);
        }
    }
}
