//! One entry of a history.

use serde_json::Value;

use super::{Assignment, LogOp, Numbers};
use crate::edn::number::whole;
use crate::engine::time::Instant;

/// All entries of a run, in order of time.
pub type History = Vec<Op>;

/// An entry: an operation is invoked or completed, or the nemesis does something.
#[derive(Clone, Debug, PartialEq)]
pub struct Op {
    /// When.
    pub time: Instant,
    /// By whom.
    pub process: Process,
    /// Whether it begins or how it ends.
    pub kind: EntryKind,
    /// What is done.
    pub f: F,
    /// Its argument on invocation, its result on completion.
    pub value: OpValue,
    /// Why it failed, or why its outcome is unknown: a name (`timeout`, `txn-conflict`, …) and a
    /// text.
    pub error: Option<(String, String)>,
    /// The class of the exception that the client threw, as Jepsen's clients do where they catch no
    /// error.
    pub exception: Option<Box<str>>,
    /// Why Maelstrom's client would have thrown this completion's reply away as malformed, though
    /// it makes sense: for Maelstrom the outcome is unknown.
    pub parity_error: Option<Box<str>>,
    /// Whether it belongs to the final phase, after all faults are healed.
    pub is_final: bool,
    /// The node that the client talks to, counted from 0; `None` for the nemesis, and in histories
    /// of other programs.
    pub node: Option<u32>,
    /// Of an assignment of logs: where the consumer begins.
    pub assignment: Option<Box<Assignment>>,
}

/// The class of what Jepsen's clients throw.
pub const EXCEPTION: &str = "clojure.lang.ExceptionInfo";

impl Op {
    /// An entry without a value, an error, or a node.
    pub fn new(time: Instant, process: Process, kind: EntryKind, f: F) -> Op {
        Op {
            time,
            process,
            kind,
            f,
            value: OpValue::Nil,
            error: None,
            exception: None,
            parity_error: None,
            is_final: false,
            node: None,
            assignment: None,
        }
    }
}

/// Who does something. A process does one thing at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Process {
    /// A client's process; after an unknown outcome its worker goes on under another number.
    Client(u64),
    /// Who causes faults.
    Nemesis,
}

/// Whether an operation begins or how it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EntryKind {
    /// It begins.
    Invoke,
    /// It has happened.
    Ok,
    /// It has not happened and never will.
    Fail,
    /// It may have happened, or may still happen. For the nemesis: it is done.
    Info,
}

impl EntryKind {
    /// All of them.
    pub const ALL: [EntryKind; 4] =
        [EntryKind::Invoke, EntryKind::Ok, EntryKind::Fail, EntryKind::Info];

    /// The word in histories.
    pub fn name(self) -> &'static str {
        match self {
            EntryKind::Invoke => "invoke",
            EntryKind::Ok => "ok",
            EntryKind::Fail => "fail",
            EntryKind::Info => "info",
        }
    }
}

/// What is done.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum F {
    /// A text is to come back.
    Echo,
    /// A new id is wanted.
    Generate,
    /// A value is to reach all nodes.
    Broadcast,
    /// An element is added to a set, or a number to a counter.
    Add,
    /// All values, all elements, or the counter's value are wanted.
    Read,
    /// A value is written under a key.
    Write,
    /// A value is written under a key that has an expected one.
    Cas,
    /// A message is appended to a log.
    Send,
    /// New messages of the assigned logs are wanted.
    Poll,
    /// Several sends and polls in one transaction.
    Txn,
    /// A consumer is to read these logs from now on, and no others.
    Assign,
    /// A consumer is to read those of these logs that the system gives it.
    Subscribe,
    /// A client forgets all that it knows, and its process ends.
    Crash,
    /// The state of logs is asked for, for a reader of the history.
    DebugTopicPartitions,
    /// What the nemesis does, such as `start-partition`.
    Nemesis(String),
}

impl F {
    /// All that clients do.
    const ALL_OF_CLIENTS: [F; 14] = [
        F::Echo,
        F::Generate,
        F::Broadcast,
        F::Add,
        F::Read,
        F::Write,
        F::Cas,
        F::Send,
        F::Poll,
        F::Txn,
        F::Assign,
        F::Subscribe,
        F::Crash,
        F::DebugTopicPartitions,
    ];

    /// The word in histories.
    pub fn name(&self) -> &str {
        match self {
            F::Echo => "echo",
            F::Generate => "generate",
            F::Broadcast => "broadcast",
            F::Add => "add",
            F::Read => "read",
            F::Write => "write",
            F::Cas => "cas",
            F::Send => "send",
            F::Poll => "poll",
            F::Txn => "txn",
            F::Assign => "assign",
            F::Subscribe => "subscribe",
            F::Crash => "crash",
            F::DebugTopicPartitions => "debug-topic-partitions",
            F::Nemesis(name) => name,
        }
    }

    /// What this word means for a process of this kind; `None` for a client's unknown word.
    pub fn of(name: &str, process: Process) -> Option<F> {
        if process == Process::Nemesis {
            return Some(F::Nemesis(name.to_owned()));
        }
        F::ALL_OF_CLIENTS.iter().find(|f| f.name() == name).cloned()
    }
}

impl Op {
    /// Memory that an entry takes, in bytes, in fixed sizes: what a limit of memory counts.
    pub fn bytes(&self) -> u64 {
        const ENTRY: u64 = 192;
        let error = self.error.as_ref().map_or(0, |(name, text)| name.len() + text.len());
        let value = match &self.value {
            OpValue::Nil | OpValue::Int(_) => 0,
            OpValue::Ints(numbers) => numbers.bytes(),
            OpValue::Log(ops) => ops.iter().map(LogOp::bytes).sum(),
            OpValue::Json(value) => json_bytes(value),
        };
        ENTRY + error as u64 + value
    }
}

fn json_bytes(value: &Value) -> u64 {
    const NODE: u64 = 64;
    NODE + match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
        Value::String(text) => text.len() as u64,
        Value::Array(items) => items.iter().map(json_bytes).sum(),
        Value::Object(entries) => {
            entries.iter().map(|(key, value)| NODE + key.len() as u64 + json_bytes(value)).sum()
        }
    }
}

/// An argument or a result.
#[derive(Clone, Debug, PartialEq)]
pub enum OpValue {
    /// Nothing.
    Nil,
    /// A number: an element, a counter's value, what is added to it.
    Int(i64),
    /// The elements that were read, in the order in which the node gave them.
    Ints(Numbers),
    /// Sends to logs and polls of them.
    Log(Box<[LogOp]>),
    /// Anything else: a text to echo, an id, what the nemesis chose.
    Json(Value),
}

impl OpValue {
    /// The whole number that this is by value, whichever way it is written.
    pub fn whole(&self) -> Option<i128> {
        match self {
            OpValue::Int(number) => Some(i128::from(*number)),
            OpValue::Json(Value::Number(number)) => whole(number),
            _ => None,
        }
    }
}
