//! Writer of histories as text: `history.jsonl` and `history.edn`, an entry per line, with Jepsen's
//! keys.
//!
//! Both texts have the same keys and the same values. An entry is an [`Edn`] map, except that the
//! elements of a read are written directly from their list, since they are most of the text.

use std::fmt::Write;

use serde_json::Value;

use super::log::{ListForm, write_ops};
use super::txn::write_txn;
use super::{F, LogOp, Numbers, Op, OpValue, Process, TxnOp};
use crate::edn::Edn;

impl OpValue {
    /// Returns the value as a tree; a list of elements is a vector.
    pub fn to_edn(&self) -> Edn {
        match self {
            OpValue::Nil => Edn::Nil,
            OpValue::Int(number) => Edn::Int(*number),
            OpValue::Ints(numbers) => Edn::Vector(numbers.iter().map(Edn::Int).collect()),
            OpValue::Log(ops) => Edn::Vector(ops.iter().map(LogOp::edn).collect()),
            OpValue::Txn(ops) => Edn::Vector(ops.iter().map(TxnOp::edn).collect()),
            OpValue::Json(value) => Edn::from_json(value),
        }
    }

    /// Returns the value as JSON.
    pub fn to_json(&self) -> Value {
        match self {
            OpValue::Nil => Value::Null,
            OpValue::Int(number) => Value::from(*number),
            OpValue::Ints(numbers) => Value::from(numbers.to_vec()),
            OpValue::Log(ops) => Value::Array(ops.iter().map(LogOp::json).collect()),
            OpValue::Txn(ops) => Value::Array(ops.iter().map(TxnOp::json).collect()),
            OpValue::Json(value) => value.clone(),
        }
    }

    /// Creates the simplest value that represents a JSON value.
    pub fn from_json(value: Value) -> OpValue {
        match value {
            Value::Null => OpValue::Nil,
            Value::Number(ref number) => number.as_i64().map_or(OpValue::Json(value), OpValue::Int),
            Value::Array(ref items) => match items.iter().map(Value::as_i64).collect() {
                Some(numbers) => OpValue::Ints(numbers),
                None => {
                    let log = || LogOp::list(items).map(OpValue::Log);
                    let txn = TxnOp::list(items).map(OpValue::Txn);
                    txn.or_else(log).unwrap_or(OpValue::Json(value))
                }
            },
            _ => OpValue::Json(value),
        }
    }
}

/// Returns the display name of a node: its name, or `n7` if it has none.
pub fn node_name(node: u32, nodes: &[String]) -> String {
    nodes.get(node as usize).cloned().unwrap_or_else(|| format!("n{node}"))
}

/// Returns an entry as a map with Jepsen's keys.
pub fn op_edn(index: usize, op: &Op, nodes: &[String]) -> Edn {
    let [before, value, after] = entries(index, op, nodes, value_edn(op));
    let entries = before.into_iter().chain(value).chain(after);
    Edn::Map(entries.map(|(key, value)| (Edn::keyword(key), value)).collect())
}

/// Returns the value of an entry; an action of the nemesis in Jepsen's form:
/// `[:isolated {"n1" #{"n2"}}]`; names of micro-operations on logs as keywords.
fn value_edn(op: &Op) -> Edn {
    match &op.value {
        OpValue::Json(Value::String(word)) if op.process == Process::Nemesis => Edn::keyword(word),
        OpValue::Json(Value::Array(items)) if op.process == Process::Nemesis => {
            let [Value::String(word), Value::Object(map)] = items.as_slice() else {
                return op.value.to_edn();
            };
            let set = |(name, list): (&String, &Value)| {
                let names = list.as_array().into_iter().flatten().map(Edn::from_json).collect();
                (Edn::text(name), Edn::Set(names))
            };
            Edn::Vector(vec![Edn::keyword(word), Edn::Map(map.iter().map(set).collect())])
        }
        OpValue::Json(Value::Array(items)) if matches!(op.f, F::Send | F::Poll | F::Txn) => {
            Edn::Vector(items.iter().map(micro_op).collect())
        }
        value => value.to_edn(),
    }
}

fn micro_op(item: &Value) -> Edn {
    match Edn::from_json(item) {
        Edn::Vector(mut parts) => {
            let name = match parts.first() {
                Some(Edn::Text(name)) => {
                    ["send", "poll", "append", "r", "w"].into_iter().find(|known| known == name)
                }
                _ => None,
            };
            if let Some(name) = name {
                parts[0] = Edn::keyword(name);
            }
            Edn::Vector(parts)
        }
        other => other,
    }
}

type Entries = Vec<(&'static str, Edn)>;

/// Returns the keys and values of the map in three parts: those before the value, the value, those
/// after it.
fn entries(index: usize, op: &Op, nodes: &[String], value: Edn) -> [Entries; 3] {
    let process = match op.process {
        Process::Client(process) => Edn::whole(i128::from(process)),
        Process::Nemesis => Edn::keyword("nemesis"),
    };
    let before = vec![
        ("index", Edn::count(index)),
        ("time", Edn::whole(i128::from(op.time.as_ns()))),
        ("type", Edn::keyword(op.kind.name())),
        ("process", process),
        ("f", Edn::keyword(op.f.name())),
    ];
    let mut after = Vec::new();
    if op.is_final {
        after.push(("final?", Edn::Bool(true)));
    }
    if let Some(assignment) = &op.assignment {
        if assignment.from_beginning {
            after.push(("seek-to-beginning?", Edn::Bool(true)));
        }
        if let Some(committed) = &assignment.committed {
            let entry = |(key, offset): (&String, &i64)| (Edn::text(key), Edn::Int(*offset));
            after.push(("committed", Edn::Map(committed.iter().map(entry).collect())));
        }
    }
    if let Some(node) = op.node {
        after.push(("node", Edn::text(node_name(node, nodes))));
    }
    if let Some((name, text)) = &op.error {
        after.push(("error", Edn::Vector(vec![Edn::keyword(name), Edn::text(text)])));
    }
    if let Some(class) = &op.exception {
        let thrown = Edn::map([("type", Edn::text(class.as_ref()))]);
        after.push(("exception", Edn::map([("via", Edn::Vector(vec![thrown]))])));
    }
    if let Some(why) = &op.parity_error {
        after.push(("parity-error", Edn::text(why.as_ref())));
    }
    [before, vec![("value", value)], after]
}

/// Text format of a history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HistoryText {
    /// `history.jsonl`.
    Jsonl,
    /// `history.edn`.
    Edn,
}

impl HistoryText {
    /// Appends the line of the entry with this `index`, from 0. `nodes` are the names of
    /// the nodes.
    pub fn write_entry(self, out: &mut String, index: usize, op: &Op, nodes: &[String]) {
        let form = match self {
            HistoryText::Jsonl => Form { key: ["\"", "\":"], comma: ",", json: true },
            HistoryText::Edn => Form { key: [":", " "], comma: ", ", json: false },
        };
        write_line(out, index, op, nodes, &form);
    }

    fn write(self, history: &[Op], nodes: &[String]) -> String {
        let mut out = String::new();
        let all = history.iter().enumerate();
        all.for_each(|(index, op)| self.write_entry(&mut out, index, op, nodes));
        out
    }
}

/// Returns the text of `history.jsonl`. `nodes` are the names of the nodes.
pub fn write_jsonl(history: &[Op], nodes: &[String]) -> String {
    HistoryText::Jsonl.write(history, nodes)
}

/// Returns the text of `history.edn`. `nodes` are the names of the nodes.
pub fn write_edn(history: &[Op], nodes: &[String]) -> String {
    HistoryText::Edn.write(history, nodes)
}

/// Notation of keys, entries and values in one of the two texts.
struct Form {
    key: [&'static str; 2],
    comma: &'static str,
    json: bool,
}

impl Form {
    fn list(&self) -> ListForm {
        let (between, after_key) = if self.json { (",", ":") } else { (" ", " ") };
        ListForm { between, after_key, keywords: !self.json }
    }
}

fn write_line(out: &mut String, index: usize, op: &Op, nodes: &[String], form: &Form) {
    let [before, _, after] = entries(index, op, nodes, Edn::Nil);
    out.push('{');
    for (key, value) in &before {
        write_key(out, key, form);
        write_value(out, value, form);
        out.push_str(form.comma);
    }
    write_key(out, "value", form);
    match &op.value {
        OpValue::Ints(numbers) => write_numbers(out, numbers, form),
        OpValue::Log(ops) => write_ops(out, ops, form.list()),
        OpValue::Txn(ops) => write_txn(out, ops, form.list()),
        _ => write_value(out, &value_edn(op), form),
    }
    for (key, value) in &after {
        out.push_str(form.comma);
        write_key(out, key, form);
        write_value(out, value, form);
    }
    out.push_str("}\n");
}

fn write_key(out: &mut String, key: &str, form: &Form) {
    out.extend([form.key[0], key, form.key[1]]);
}

fn write_value(out: &mut String, value: &Edn, form: &Form) {
    out.push_str(&if form.json { value.json() } else { value.to_string() });
}

fn write_numbers(out: &mut String, numbers: &Numbers, form: &Form) {
    let between = if form.json { "," } else { " " };
    out.push('[');
    for (place, number) in numbers.iter().enumerate() {
        out.push_str(if place == 0 { "" } else { between });
        // Writing to a string does not fail.
        let _ = write!(out, "{number}");
    }
    out.push(']');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::time::Instant;
    use crate::history::{EntryKind, F};

    fn read() -> Op {
        Op {
            value: OpValue::Ints(vec![1, -2, 3].into()),
            is_final: true,
            node: Some(0),
            ..Op::new(Instant::from_ns(123_456), Process::Client(0), EntryKind::Ok, F::Read)
        }
    }

    #[test]
    fn an_entry_is_a_line_with_the_keys_of_jepsen() {
        let failed = Op {
            kind: EntryKind::Info,
            value: OpValue::Nil,
            error: Some(("timeout".to_owned(), "no reply".to_owned())),
            is_final: false,
            node: None,
            ..read()
        };
        let cut = Op {
            process: Process::Nemesis,
            kind: EntryKind::Info,
            f: F::Nemesis("start-partition".to_owned()),
            value: OpValue::Json(serde_json::json!(["isolated", {"n0": ["n1"]}])),
            ..failed.clone()
        };
        let history = [read(), failed, Op { error: None, ..cut }];
        let names = ["a".to_owned()];
        let edn = "{:index 0, :time 123456, :type :ok, :process 0, :f :read, :value [1 -2 3], \
                   :final? true, :node \"a\"}\n\
                   {:index 1, :time 123456, :type :info, :process 0, :f :read, :value nil, \
                   :error [:timeout \"no reply\"]}\n\
                   {:index 2, :time 123456, :type :info, :process :nemesis, :f :start-partition, \
                   :value [:isolated {\"n0\" #{\"n1\"}}]}\n";
        assert_eq!(write_edn(&history, &names), edn);
        let first = r#"{"index":0,"time":123456,"type":"ok","process":0,"f":"read","#;
        let first = format!("{first}\"value\":[1,-2,3],\"final?\":true,\"node\":\"a\"}}\n");
        let jsonl = write_jsonl(&history, &names);
        assert!(jsonl.starts_with(&first), "{jsonl}");
        assert!(edn.starts_with(&op_edn(0, &history[0], &names).to_string()));
    }
}
