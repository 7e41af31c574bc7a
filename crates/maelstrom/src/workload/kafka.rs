//! `kafka`: append-only logs, one per key: clients send messages to them and poll what is there.
//!
//! As Maelstrom's workload of that name. A consumer is assigned keys, polls them from its offsets
//! on, and commits the highest offsets that it has polled; a consumer that is new continues from
//! the committed ones. In the final phase each worker reads all logs from the beginning.

mod generator;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::{
    ClientTimeout, Errors, FinalSoFar, FinalStep, Operation, Step, WorkerCount, Workload,
    WorkloadClients,
};
use crate::check::HistoryChecker;
use crate::engine::rng::Rng;
use crate::engine::time::Duration;
use crate::history::{Assignment, EntryKind, F, LogOp, LogRead, Op, OpValue};
use crate::protocol::{Reply, Request};
use crate::rpc::{Field, FieldKind, Rpc};
use crate::workload::ClientParameters;
use generator::Generator;

const SEND: Rpc = Rpc {
    request: "send",
    fields: &[
        Field::new("key", FieldKind::Text, "the key of the log"),
        Field::new("msg", FieldKind::Any, "the message"),
    ],
    reply: "send_ok",
    reply_fields: &[Field::new("offset", FieldKind::Integer, "the offset of the message")],
    errors: &[],
    meaning: "Appends a message to the log of a key.",
};

const POLL: Rpc = Rpc {
    request: "poll",
    fields: &[Field::new("offsets", FieldKind::Offsets, "for each key the first offset to read")],
    reply: "poll_ok",
    reply_fields: &[Field::new(
        "msgs",
        FieldKind::Messages,
        "for each key messages from that offset on, without a gap; a key may be left out",
    )],
    errors: &[],
    meaning: "Reads messages of several logs. Offsets may be sparse.",
};

const COMMIT: Rpc = Rpc {
    request: "commit_offsets",
    fields: &[Field::new("offsets", FieldKind::Offsets, "for each key the last offset processed")],
    reply: "commit_offsets_ok",
    reply_fields: &[],
    errors: &[],
    meaning: "Says that messages up to these offsets, these included, have been processed.",
};

const LIST: Rpc = Rpc {
    request: "list_committed_offsets",
    fields: &[Field::new("keys", FieldKind::Texts, "the keys")],
    reply: "list_committed_offsets_ok",
    reply_fields: &[Field::new(
        "offsets",
        FieldKind::Offsets,
        "for each key the committed offset; a key without one is left out",
    )],
    errors: &[],
    meaning: "Asks for committed offsets.",
};

/// Logs of messages.
pub static KAFKA: Workload = Workload {
    name: "kafka",
    idea: "Half of the operations send a message to one of ten logs, the other half poll; now and \
           then a client\nis assigned other logs, or crashes. In the end each reads all logs.",
    rpcs: &[SEND, POLL, COMMIT, LIST],
    operations: &["send", "poll", "assign", "crash"],
    options: &["key_count", "max_writes_per_key"],
    has_topology: false,
    final_operation: Some(F::Poll),
    errors: Errors::Caught,
    reuses_clients: false,
    workers: WorkerCount::Any,
    client_timeout: ClientTimeout::FiveSeconds,
    figures: &[],
    checker: Some(HistoryChecker::Kafka),
    clients: |parameters| Box::new(Kafka::new(parameters)),
};

/// The longest final phase of a worker.
const FINAL_MAX: Duration = Duration::from_seconds(10);
/// Time between two final polls.
const FINAL_PAUSE: Duration = Duration::from_ms(200);

/// For each key an offset.
type Offsets = BTreeMap<String, i64>;

/// The clients and their generator.
#[derive(Debug)]
struct Kafka {
    generator: Generator,
    /// For each worker the offset that it polls next, of the keys that it is assigned.
    consumers: Vec<Offsets>,
    /// The highest offset of each key that a client has seen.
    highest: Offsets,
    /// What each worker has polled and is committing.
    polled: Vec<Option<OpValue>>,
    /// Where the consumer of each worker begins after its assignment.
    assignments: Vec<Option<Assignment>>,
}

impl Kafka {
    fn new(parameters: ClientParameters) -> Kafka {
        let workers = parameters.concurrency as usize;
        Kafka {
            generator: Generator::new(parameters),
            consumers: vec![Offsets::new(); workers],
            highest: Offsets::new(),
            polled: vec![None; workers],
            assignments: vec![None; workers],
        }
    }

    /// Moves a consumer behind what it has polled, and returns the highest offset of each key.
    fn advance(&mut self, worker: usize, polled: &[LogRead]) -> Offsets {
        let mut highest = Offsets::new();
        for read in polled {
            if let Some(offset) = read.messages.iter().map(|(offset, _)| *offset).max() {
                see(&mut highest, &read.key, offset);
                see(&mut self.consumers[worker], &read.key, offset.saturating_add(1));
                see(&mut self.highest, &read.key, offset);
            }
        }
        highest
    }

    /// Assigns keys to a consumer: it keeps its offsets, and continues behind what is committed
    /// where it has none.
    fn assign(&mut self, worker: usize, keys: &OpValue, committed: &Value) {
        let committed: Offsets = committed
            .as_object()
            .into_iter()
            .flatten()
            .filter_map(|(key, offset)| Some((key.clone(), offset.as_i64()?)))
            .collect();
        let start = |key: String| {
            let own = self.consumers[worker].get(&key).copied();
            let behind = committed.get(&key).map(|offset| offset.saturating_add(1));
            let next = own.or(behind).unwrap_or(0);
            (key, next)
        };
        self.consumers[worker] = texts(keys).map(start).collect();
        let committed = Some(committed);
        self.assignments[worker] = Some(Assignment { from_beginning: false, committed });
    }

    /// Whether a consumer has read all that any client has seen.
    fn has_read_all(&self, worker: usize) -> bool {
        let next = |key| self.consumers[worker].get(key).copied().unwrap_or(0);
        self.highest.iter().all(|(key, offset)| next(key) > *offset)
    }

    /// Continues after a poll: with the commit of what was read, if anything was.
    fn polled(&mut self, worker: usize, answer: Value) -> Step {
        let Some(reads) = reads(&answer) else {
            // The checker refuses what is no list of messages.
            return Step::Done(OpValue::Json(json!([["poll", answer]])));
        };
        let highest = self.advance(worker, &reads);
        let polled = OpValue::Log([LogOp::polled(reads)].into());
        if highest.is_empty() {
            return Step::Done(polled);
        }
        self.polled[worker] = Some(polled);
        ask(&COMMIT, "offsets", json!(highest))
    }
}

impl WorkloadClients for Kafka {
    fn next(&mut self, _: usize, rng: &mut Rng) -> (F, OpValue) {
        self.generator.next(rng)
    }

    fn next_final(&mut self, _: &F, so_far: FinalSoFar) -> FinalStep {
        let FinalSoFar { worker, operations, has_waited, elapsed } = so_far;
        match operations {
            0 => FinalStep::Begin(F::Crash, OpValue::Nil),
            1 => FinalStep::Begin(F::Assign, self.generator.all_keys()),
            _ if self.has_read_all(worker) || elapsed >= FINAL_MAX => FinalStep::Done,
            _ if operations > 2 && !has_waited => FinalStep::Wait(FINAL_PAUSE),
            _ => FinalStep::Begin(F::Poll, generator::poll()),
        }
    }

    fn is_idempotent(&self, f: &F) -> bool {
        *f == F::Assign
    }

    fn begin(&mut self, op: &Operation<'_>) -> Step {
        let worker = op.worker;
        match op.f {
            F::Crash => Step::Crash,
            F::Assign if op.is_final => {
                self.consumers[worker] = texts(op.value).map(|key| (key, 0)).collect();
                let start = Assignment { from_beginning: true, committed: None };
                self.assignments[worker] = Some(start);
                Step::Done(op.value.clone())
            }
            F::Assign => ask(&LIST, "keys", op.value.to_json()),
            F::Poll => ask(&POLL, "offsets", json!(self.consumers[worker])),
            _ => Step::Ask(self.request(op.f, op.value)),
        }
    }

    fn request(&self, _: &F, value: &OpValue) -> Request {
        let (key, message) = sent(value);
        let fields = [("key".to_owned(), (*key).into()), ("msg".to_owned(), message.into())];
        Request::Rpc(&SEND, fields.into_iter().collect())
    }

    fn result(&self, _: &Operation<'_>, reply: Reply) -> Option<OpValue> {
        match reply {
            Reply::Rpc(rpc, mut fields) if KAFKA.rpcs.contains(rpc) => {
                let field = rpc.reply_fields.first().and_then(|field| fields.remove(field.name));
                Some(OpValue::Json(field.unwrap_or_default()))
            }
            _ => None,
        }
    }

    fn follow_up(&mut self, op: &Operation<'_>, result: OpValue) -> Step {
        let worker = op.worker;
        let result = match result {
            OpValue::Json(value) => value,
            other => other.to_json(),
        };
        match op.f {
            F::Poll if op.requests > 0 => {
                Step::Done(self.polled[worker].take().unwrap_or(OpValue::Nil))
            }
            F::Poll => self.polled(worker, result),
            F::Assign => {
                self.assign(worker, op.value, &result);
                Step::Done(op.value.clone())
            }
            _ => {
                let (key, message) = sent(op.value);
                let Some(offset) = result.as_i64() else {
                    // The checker refuses an offset of more than 64 bits.
                    return Step::Done(OpValue::Json(json!([["send", *key, [result, message]]])));
                };
                see(&mut self.highest, &key, offset);
                let sent = LogOp::Send { key, message, offset: Some(offset) };
                Step::Done(OpValue::Log([sent].into()))
            }
        }
    }

    fn on_end(&mut self, worker: usize, entry: &mut Op) {
        self.polled[worker] = None;
        let assignment = self.assignments[worker].take();
        if entry.kind == EntryKind::Ok {
            entry.assignment = assignment.map(Box::new);
            self.generator.on_ok(&entry.value);
        }
    }

    fn on_client_closed(&mut self, worker: usize) {
        self.consumers[worker].clear();
    }
}

fn ask(rpc: &'static Rpc, field: &str, value: Value) -> Step {
    Step::Ask(Request::Rpc(rpc, Map::from_iter([(field.to_owned(), value)])))
}

/// Raises the offset of a key.
fn see(offsets: &mut Offsets, key: &str, offset: i64) {
    match offsets.get_mut(key) {
        Some(known) => *known = offset.max(*known),
        None => _ = offsets.insert(key.to_owned(), offset),
    }
}

/// Returns the key and the message of a send.
fn sent(value: &OpValue) -> (Arc<str>, i64) {
    match value {
        OpValue::Log(ops) => match &**ops {
            [LogOp::Send { key, message, .. }] => (key.clone(), *message),
            _ => ("".into(), 0),
        },
        _ => ("".into(), 0),
    }
}

/// Returns the texts of a list.
fn texts(value: &OpValue) -> impl Iterator<Item = String> {
    let items = match value {
        OpValue::Json(Value::Array(items)) => items.as_slice(),
        _ => &[],
    };
    items.iter().filter_map(|item| item.as_str().map(str::to_owned))
}

/// Returns what a poll has read of each log; `None` if it has another form, such as a message that
/// is not a number.
fn reads(answer: &Value) -> Option<Vec<LogRead>> {
    let pair = |pair: &Value| match pair.as_array()?.as_slice() {
        [offset, message] => Some((offset.as_i64()?, message.as_i64()?)),
        _ => None,
    };
    let read = |(key, pairs): (&String, &Value)| {
        let messages = pairs.as_array()?.iter().map(pair).collect::<Option<_>>()?;
        Some(LogRead { key: key.as_str().into(), messages })
    };
    answer.as_object()?.iter().map(read).collect()
}
