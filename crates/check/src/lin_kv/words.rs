//! How messages call keys and operations.

use serde_json::Value;

use crate::history::F;
use crate::linear::{Label, Model, RegisterAction, Text, TextAction};
use crate::operations::{Operation, Operations};

/// What the value of an entry should be.
pub(super) fn shape(f: &F, are_named: bool, ended: bool) -> &'static str {
    match (f, are_named, ended) {
        (F::Read | F::Get, true, false) => "a list of a key and nothing, such as [0 nil]",
        (F::Read, true, true) => "a list of its key and the value, such as [0 3]",
        (F::Read | F::Get, false, false) => "nothing",
        (F::Read, false, true) | (F::Write, false, _) => "a value, such as 3",
        (F::Write, true, _) => "a list of a key and a value, such as [0 3]",
        (F::Cas, true, _) => "a list of a key and two values, such as [0 [3 4]]",
        (F::Cas, false, _) => "a list of two values, such as [3 4]",
        (F::Get, true, true) => "a list of its key and the text, such as [\"a\" \"x\"]",
        (F::Get, false, true) | (F::Put | F::Append, false, _) => "a text",
        (F::Put | F::Append, true, _) => "a list of a key and a text, such as [\"a\" \"x\"]",
        _ => "an operation of lin-kv: read, write and cas, or get, put and append",
    }
}

/// An entry whose value is another one than expected.
pub(super) fn malformed(ops: &Operations<'_>, entry: usize, expected: &str) -> String {
    const SHOWN: usize = 60;
    let op = &ops.history[entry];
    let who = ops.at(entry).map(|operation| ops.who(operation)).unwrap_or_default();
    let mut found = op.value.to_json().to_string();
    if let Some((end, _)) = found.char_indices().nth(SHOWN) {
        found.truncate(end);
        found.push('…');
    }
    let (kind, f) = (op.kind.name(), op.f.name());
    format!("{who}: {kind} {f}: expected {expected}, found {found}")
}

/// The names of the keys, by number.
#[derive(Debug)]
pub(super) struct Keys {
    pub(super) values: Vec<Value>,
    /// Whether operations name their keys.
    pub(super) are_named: bool,
}

impl Keys {
    /// How messages call a key.
    pub(super) fn name(&self, key: usize) -> String {
        match self.are_named {
            true => format!("key {}", self.values[key]),
            false => "the register".to_owned(),
        }
    }
}

/// What an operation on a register did.
pub(super) fn register_action(action: RegisterAction, values: &[String]) -> String {
    let name = |value: u32| &values[value as usize];
    match action {
        RegisterAction::Read(value) => format!("read {}", name(value)),
        RegisterAction::Write(value) => format!("write {}", name(value)),
        RegisterAction::Cas(from, to) => format!("cas {} to {}", name(from), name(to)),
        RegisterAction::Mismatch(from) => format!("cas, found no {}", name(from)),
    }
}

/// What an operation on a text did.
pub(super) fn text_action(action: TextAction, texts: &Text) -> String {
    match action {
        TextAction::Get(text) => format!("get {}", texts.describe(text)),
        TextAction::Put(text) => format!("put {}", texts.describe(text)),
        TextAction::Append(text) => format!("append {}", texts.describe(text)),
    }
}

/// How a drawing calls an operation.
pub(super) fn label(ops: &Operations<'_>, operation: &Operation, what: String) -> Label {
    Label { who: ops.who(operation), what }
}
