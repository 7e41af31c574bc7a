//! An entry of a history: its process, type, function, value and error.

use serde_json::Value;

use super::{Assignment, LogOp, Numbers, TxnOp};
use crate::edn::number::whole;
use crate::engine::time::Instant;

/// All entries of a run, in real-time order.
pub type History = Vec<Op>;

/// An entry: the invocation or completion of an operation, or an action of the nemesis.
#[derive(Clone, Debug, PartialEq)]
pub struct Op {
    /// Instant of the entry.
    pub time: Instant,
    /// Process of the entry.
    pub process: Process,
    /// Type of the entry: invocation or one of the completions.
    pub kind: EntryKind,
    /// Function of the operation.
    pub f: F,
    /// Argument on invocation, result on completion.
    pub value: OpValue,
    /// Reason of a failure or of an unknown outcome: a name (`timeout`, `txn-conflict`, …) and a
    /// text.
    pub error: Option<(String, String)>,
    /// Class of the exception that the client threw, as Jepsen's clients do for errors that they do
    /// not catch.
    pub exception: Option<Box<str>>,
    /// Reason why Maelstrom's client would have rejected the reply of this completion as malformed,
    /// although it is meaningful: for Maelstrom the outcome is unknown.
    pub parity_error: Option<Box<str>>,
    /// Whether the operation belongs to the final phase, after all faults have healed.
    pub is_final: bool,
    /// Node that the client talks to, counted from 0; `None` for the nemesis, and in histories of
    /// other programs.
    pub node: Option<u32>,
    /// Of an assignment of logs: where the consumer begins.
    pub assignment: Option<Box<Assignment>>,
}

/// Class of the exceptions of Jepsen's clients.
pub const EXCEPTION: &str = "clojure.lang.ExceptionInfo";

impl Op {
    /// Creates an entry without a value, an error, or a node.
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

/// The process of an operation. A process has at most one pending operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Process {
    /// A client's process; after an unknown outcome its worker continues as a new process with
    /// another number.
    Client(u64),
    /// The process that injects faults.
    Nemesis,
}

impl std::fmt::Display for Process {
    /// Writes it as people name it: `process 3`, or `the nemesis`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Process::Client(number) => write!(f, "process {number}"),
            Process::Nemesis => f.write_str("the nemesis"),
        }
    }
}

/// Type of an entry: invocation or completion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EntryKind {
    /// The operation begins.
    Invoke,
    /// The operation happened.
    Ok,
    /// The operation did not happen and never will.
    Fail,
    /// The outcome is unknown: the operation may have happened, or may still happen. For the
    /// nemesis: the action is done.
    Info,
}

impl EntryKind {
    /// All types.
    pub const ALL: [EntryKind; 4] =
        [EntryKind::Invoke, EntryKind::Ok, EntryKind::Fail, EntryKind::Info];

    /// Returns the name in histories.
    pub fn name(self) -> &'static str {
        match self {
            EntryKind::Invoke => "invoke",
            EntryKind::Ok => "ok",
            EntryKind::Fail => "fail",
            EntryKind::Info => "info",
        }
    }
}

/// Function of an operation.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum F {
    /// Sends a text and expects it back.
    Echo,
    /// Requests a new unique id.
    Generate,
    /// Sends a value that must reach all nodes.
    Broadcast,
    /// Adds an element to a set, or a number to a counter.
    Add,
    /// Reads all values, all elements, or the counter.
    Read,
    /// Writes a value to a key.
    Write,
    /// Compare-and-set: writes a value to a key that has the expected value.
    Cas,
    /// Reads the text of a key.
    Get,
    /// Sets the text of a key.
    Put,
    /// Appends to the text of a key.
    Append,
    /// Appends a message to a log.
    Send,
    /// Reads messages of the assigned logs, and commits their offsets.
    Poll,
    /// A transaction: sends and polls, or reads, appends and writes.
    Txn,
    /// Assigns these logs, and no others, to a consumer.
    Assign,
    /// Subscribes a consumer to these logs: the system assigns it some of them.
    Subscribe,
    /// Crashes the client: it loses its state, and its process ends.
    Crash,
    /// Requests the state of logs, for readers of the history.
    DebugTopicPartitions,
    /// An action of the nemesis, such as `start-partition`.
    Nemesis(String),
}

impl F {
    /// All functions of clients.
    const ALL_OF_CLIENTS: [F; 17] = [
        F::Echo,
        F::Generate,
        F::Broadcast,
        F::Add,
        F::Read,
        F::Write,
        F::Cas,
        F::Get,
        F::Put,
        F::Append,
        F::Send,
        F::Poll,
        F::Txn,
        F::Assign,
        F::Subscribe,
        F::Crash,
        F::DebugTopicPartitions,
    ];

    /// Returns the name in histories.
    pub fn name(&self) -> &str {
        match self {
            F::Echo => "echo",
            F::Generate => "generate",
            F::Broadcast => "broadcast",
            F::Add => "add",
            F::Read => "read",
            F::Write => "write",
            F::Cas => "cas",
            F::Get => "get",
            F::Put => "put",
            F::Append => "append",
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

    /// Returns the function with this name for a process of this kind; `None` if a client's is
    /// unknown.
    pub fn of(name: &str, process: Process) -> Option<F> {
        if process == Process::Nemesis {
            return Some(F::Nemesis(name.to_owned()));
        }
        F::ALL_OF_CLIENTS.iter().find(|f| f.name() == name).cloned()
    }
}

impl Op {
    /// Returns the memory of an entry in bytes, in fixed sizes, as counted against the memory
    /// limit.
    pub fn bytes(&self) -> u64 {
        const ENTRY: u64 = 192;
        let error = self.error.as_ref().map_or(0, |(name, text)| name.len() + text.len());
        let value = match &self.value {
            OpValue::Nil | OpValue::Int(_) => 0,
            OpValue::Ints(numbers) => numbers.bytes(),
            OpValue::Log(ops) => ops.iter().map(LogOp::bytes).sum(),
            OpValue::Txn(ops) => ops.iter().map(TxnOp::bytes).sum(),
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
    /// No value.
    Nil,
    /// A number: an element, a counter's value, or an increment.
    Int(i64),
    /// The elements that were read, in the order of the node's reply.
    Ints(Numbers),
    /// Sends to logs and polls of them.
    Log(Box<[LogOp]>),
    /// Reads, appends and writes of a transaction.
    Txn(Box<[TxnOp]>),
    /// Any other value: a text to echo, an id, the choice of the nemesis.
    Json(Value),
}

impl OpValue {
    /// Returns the integer that this equals by value, in any notation.
    pub fn whole(&self) -> Option<i128> {
        match self {
            OpValue::Int(number) => Some(i128::from(*number)),
            OpValue::Json(Value::Number(number)) => whole(number),
            _ => None,
        }
    }
}
