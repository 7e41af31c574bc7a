//! Operations on logs, as the Kafka-style workload has them: sends and polls.
//!
//! A transaction is a list of micro-operations. In histories they have Jepsen's form: a send
//! begins as `["send" key message]` and ends as `["send" key [offset message]]`; a poll begins as
//! `["poll"]` and ends as `["poll" {key [[offset message] …]}]`. Here are those with texts as
//! keys, and with integers of 64 bits as offsets and messages, as all clients of ours send them.
//! Anything else stays the JSON value that it is.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;

use serde_json::{Map, Value};

use crate::edn::Edn;

/// A micro-operation on logs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LogOp {
    /// A message is appended to a log.
    Send {
        /// Key of the log.
        key: Arc<str>,
        /// The message.
        message: i64,
        /// Where the log has it, if that is known.
        offset: Option<i64>,
    },
    /// Messages are asked for; the answer, once there is one.
    Poll(Option<Box<[LogRead]>>),
}

/// What a poll returned of one log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogRead {
    /// Key of the log.
    pub key: Arc<str>,
    /// Offsets and messages, in the order in which the node gave them.
    pub messages: Box<[(i64, i64)]>,
}

/// What an assignment of logs to a consumer says besides their keys, which are its value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Assignment {
    /// Whether the consumer begins at the beginning of all logs: `:seek-to-beginning? true`.
    pub from_beginning: bool,
    /// Answer of `list_committed_offsets`, from keys to offsets, where it was asked: `:committed`.
    pub committed: Option<BTreeMap<String, i64>>,
}

impl LogOp {
    /// The answer to a poll. Each key may occur once.
    pub fn polled(mut reads: Vec<LogRead>) -> LogOp {
        reads.sort_by(|a, b| a.key.cmp(&b.key));
        LogOp::Poll(Some(reads.into()))
    }

    /// The micro-operations that an array of JSON values holds; `None` if there is none, or any of
    /// them has another form.
    pub(super) fn list(items: &[Value]) -> Option<Box<[LogOp]>> {
        if items.is_empty() {
            return None;
        }
        items.iter().map(|item| LogOp::of(item.as_array()?)).collect()
    }

    fn of(parts: &[Value]) -> Option<LogOp> {
        match (parts.first()?.as_str()?, &parts[1..]) {
            ("send", [Value::String(key), what]) => {
                let (offset, message) = match what {
                    Value::Array(pair) => pair_of(pair).map(|(offset, m)| (Some(offset), m))?,
                    message => (None, message.as_i64()?),
                };
                Some(LogOp::Send { key: key.as_str().into(), message, offset })
            }
            ("poll", []) => Some(LogOp::Poll(None)),
            ("poll", [Value::Object(reads)]) => {
                let reads: Option<Vec<LogRead>> = reads.iter().map(LogRead::of).collect();
                Some(LogOp::polled(reads?))
            }
            _ => None,
        }
    }

    /// The micro-operation as a tree.
    pub(super) fn edn(&self) -> Edn {
        let int = |number: &i64| Edn::Int(*number);
        let pair = |(a, b): &(i64, i64)| Edn::Vector(vec![int(a), int(b)]);
        Edn::Vector(match self {
            LogOp::Send { key, message, offset } => {
                let what = match offset {
                    Some(offset) => pair(&(*offset, *message)),
                    None => int(message),
                };
                vec![Edn::keyword("send"), Edn::text(key.as_ref()), what]
            }
            LogOp::Poll(None) => vec![Edn::keyword("poll")],
            LogOp::Poll(Some(reads)) => {
                let read = |read: &LogRead| {
                    let messages = Edn::Vector(read.messages.iter().map(pair).collect());
                    (Edn::text(read.key.as_ref()), messages)
                };
                vec![Edn::keyword("poll"), Edn::Map(reads.iter().map(read).collect())]
            }
        })
    }

    /// The micro-operation as JSON.
    pub(super) fn json(&self) -> Value {
        let pair = |(a, b): &(i64, i64)| Value::from(vec![*a, *b]);
        Value::Array(match self {
            LogOp::Send { key, message, offset } => {
                let what = offset.map_or(Value::from(*message), |offset| pair(&(offset, *message)));
                vec![Value::from("send"), Value::from(key.as_ref()), what]
            }
            LogOp::Poll(None) => vec![Value::from("poll")],
            LogOp::Poll(Some(reads)) => {
                let read = |read: &LogRead| {
                    let messages: Vec<Value> = read.messages.iter().map(pair).collect();
                    (read.key.to_string(), Value::from(messages))
                };
                let reads: Map<String, Value> = reads.iter().map(read).collect();
                vec![Value::from("poll"), Value::Object(reads)]
            }
        })
    }

    /// Memory that the micro-operation takes, in bytes.
    pub(super) fn bytes(&self) -> u64 {
        const OP: u64 = 40;
        const READ: u64 = 32;
        const PAIR: u64 = 16;
        let reads = match self {
            LogOp::Send { .. } | LogOp::Poll(None) => &[][..],
            LogOp::Poll(Some(reads)) => reads,
        };
        OP + reads.iter().map(|read| READ + PAIR * read.messages.len() as u64).sum::<u64>()
    }
}

impl LogRead {
    fn of((key, messages): (&String, &Value)) -> Option<LogRead> {
        let messages = messages.as_array()?.iter().map(|pair| pair_of(pair.as_array()?));
        Some(LogRead { key: key.as_str().into(), messages: messages.collect::<Option<_>>()? })
    }
}

fn pair_of(pair: &[Value]) -> Option<(i64, i64)> {
    let [offset, message] = pair else { return None };
    Some((offset.as_i64()?, message.as_i64()?))
}

/// How the text of a list is written.
#[derive(Clone, Copy, Debug)]
pub(super) struct ListForm {
    /// What stands between two items.
    pub between: &'static str,
    /// What stands between a key of a map and its value.
    pub after_key: &'static str,
    /// Whether the names of micro-operations are keywords.
    pub keywords: bool,
}

/// Writes micro-operations without making a tree of them: a poll may return all there is.
pub(super) fn write_ops(out: &mut String, ops: &[LogOp], form: ListForm) {
    // Writing to a text does not fail.
    let pair = |out: &mut String, (offset, message): (i64, i64)| {
        let _ = write!(out, "[{offset}{}{message}]", form.between);
    };
    let list = |out: &mut String, read: &LogRead| {
        let _ = write!(out, "{}{}", Edn::text(read.key.as_ref()).json(), form.after_key);
        write_list(out, &read.messages, ["[", "]"], form, |out, read| pair(out, *read));
    };
    let [send, poll] = if form.keywords { [":send", ":poll"] } else { ["\"send\"", "\"poll\""] };
    write_list(out, ops, ["[", "]"], form, |out, op| {
        out.push('[');
        match op {
            LogOp::Send { key, message, offset } => {
                let (key, between) = (Edn::text(key.as_ref()).json(), form.between);
                let _ = write!(out, "{send}{between}{key}{between}");
                match offset {
                    Some(offset) => pair(out, (*offset, *message)),
                    None => {
                        let _ = write!(out, "{message}");
                    }
                }
            }
            LogOp::Poll(None) => out.push_str(poll),
            LogOp::Poll(Some(reads)) => {
                out.extend([poll, form.between]);
                let comma = if form.keywords { ", " } else { "," };
                write_list(out, reads, ["{", "}"], ListForm { between: comma, ..form }, list);
            }
        }
        out.push(']');
    });
}

fn write_list<T>(
    out: &mut String,
    items: &[T],
    [open, close]: [&str; 2],
    form: ListForm,
    write: impl Fn(&mut String, &T),
) {
    out.push_str(open);
    for (place, item) in items.iter().enumerate() {
        out.push_str(if place == 0 { "" } else { form.between });
        write(out, item);
    }
    out.push_str(close);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::OpValue;

    #[track_caller]
    fn check(json: &str, edn: &str, is_log: bool) {
        let value: Value = serde_json::from_str(json).expect("JSON");
        let op = OpValue::from_json(value.clone());
        assert_eq!(matches!(op, OpValue::Log(_)), is_log, "{json}");
        assert_eq!((op.to_json(), op.to_edn().to_string().as_str()), (value, edn));
    }

    #[test]
    fn micro_operations_are_kept_as_such_and_anything_else_as_it_is() {
        check(r#"[["send","a b",-5]]"#, r#"[[:send "a b" -5]]"#, true);
        let sends = r#"[["send","a",[9223372036854775807,5]],["poll"]]"#;
        check(sends, r#"[[:send "a" [9223372036854775807 5]] [:poll]]"#, true);
        let poll = r#"[["poll",{"10":[],"9":[[0,1],[2,3]]}]]"#;
        check(poll, r#"[[:poll {"10" [], "9" [[0 1] [2 3]]}]]"#, true);
        check(r#"[["poll",null]]"#, r#"[["poll" nil]]"#, false);
        check(r#"[["send",9,5]]"#, r#"[["send" 9 5]]"#, false);
        check(r#"[["send","a",[null,5]]]"#, r#"[["send" "a" [nil 5]]]"#, false);
        check(r#"[["send","a",[1.0,5]]]"#, r#"[["send" "a" [1.0 5]]]"#, false);
        check(r#"[["send","a","b"]]"#, r#"[["send" "a" "b"]]"#, false);
        check("[]", "[]", false);
    }
}
