//! The sends and polls that an entry of a history holds, in whichever form it holds them.
//!
//! Clients of `sim` leave compact values. Histories of Jepsen's own tests have numbers as keys and
//! messages of any kind, and a broken node may answer anything: those are read from their JSON.

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::history::{EntryKind, F, LogOp, LogRead, Op, OpValue};

/// A message of a log.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Message<'a> {
    /// A whole number, as clients send them.
    Int(i64),
    /// Any other value.
    Other(&'a Value),
}

/// A micro-operation.
#[derive(Clone, Debug)]
pub(super) enum MicroOp<'a> {
    /// A message is appended to the log of a key, at an offset if that is known.
    Send { key: Cow<'a, str>, offset: Option<i64>, message: Message<'a> },
    /// Messages were read; nothing as long as a poll has no answer.
    Poll(Reads<'a>),
}

/// What a poll returned, by key.
#[derive(Clone, Copy, Debug)]
pub(super) enum Reads<'a> {
    Compact(&'a [LogRead]),
    Json(&'a Map<String, Value>),
    Nothing,
}

/// What a poll returned of one key.
#[derive(Clone, Copy, Debug)]
pub(super) enum Messages<'a> {
    Compact(&'a [(i64, i64)]),
    Json(&'a [Value]),
}

impl<'a> Reads<'a> {
    /// Calls a function with each key and its messages.
    pub(super) fn for_each(self, mut each: impl FnMut(&'a str, Messages<'a>)) {
        match self {
            Reads::Compact(reads) => {
                reads.iter().for_each(|read| each(&read.key, Messages::Compact(&read.messages)));
            }
            Reads::Json(reads) => reads.iter().for_each(|(key, messages)| {
                // A node may say `null` for no messages.
                each(key, Messages::Json(messages.as_array().map_or(&[], Vec::as_slice)));
            }),
            Reads::Nothing => {}
        }
    }
}

impl<'a> Messages<'a> {
    /// Calls a function with each offset, if it is known, and message.
    pub(super) fn for_each(self, mut each: impl FnMut(Option<i64>, Message<'a>)) {
        match self {
            Messages::Compact(pairs) => {
                pairs.iter().for_each(|(offset, m)| each(Some(*offset), Message::Int(*m)));
            }
            Messages::Json(pairs) => {
                for (offset, message) in pairs.iter().filter_map(pair) {
                    each(offset, message);
                }
            }
        }
    }
}

/// The micro-operations of a value. What has another form is left out: [`problem`] reports it.
pub(super) fn micro_ops(value: &OpValue) -> impl Iterator<Item = MicroOp<'_>> {
    let (compact, json): (&[LogOp], &[Value]) = match value {
        OpValue::Log(ops) => (ops, &[]),
        OpValue::Json(Value::Array(items)) => (&[], items),
        _ => (&[], &[]),
    };
    compact.iter().map(of_compact).chain(json.iter().filter_map(of_json))
}

fn of_compact(op: &LogOp) -> MicroOp<'_> {
    match op {
        LogOp::Send { key, message, offset } => MicroOp::Send {
            key: Cow::Borrowed(key),
            offset: *offset,
            message: Message::Int(*message),
        },
        LogOp::Poll(reads) => {
            MicroOp::Poll(reads.as_ref().map_or(Reads::Nothing, |reads| Reads::Compact(reads)))
        }
    }
}

fn of_json(item: &Value) -> Option<MicroOp<'_>> {
    let parts = item.as_array()?;
    match (parts.first()?.as_str()?, &parts[1..]) {
        ("send", [key, what]) => {
            let (offset, message) = match what {
                Value::Array(_) => pair(what)?,
                message => (None, self::message(message)),
            };
            Some(MicroOp::Send { key: self::key(key)?, offset, message })
        }
        ("poll", [] | [Value::Null]) => Some(MicroOp::Poll(Reads::Nothing)),
        ("poll", [Value::Object(reads)]) => Some(MicroOp::Poll(Reads::Json(reads))),
        _ => None,
    }
}

/// The text of a key: in Jepsen's own histories it is a number.
pub(super) fn key(key: &Value) -> Option<Cow<'_, str>> {
    match key {
        Value::String(text) => Some(Cow::Borrowed(text)),
        Value::Number(number) => Some(Cow::Owned(number.to_string())),
        _ => None,
    }
}

fn message(message: &Value) -> Message<'_> {
    message.as_i64().map_or(Message::Other(message), Message::Int)
}

/// An offset, which may be `null`, and a message.
fn pair(pair: &Value) -> Option<(Option<i64>, Message<'_>)> {
    let [offset, message] = pair.as_array()?.as_slice() else { return None };
    let offset = if offset.is_null() { None } else { Some(offset.as_i64()?) };
    Some((offset, self::message(message)))
}

/// What a send is expected to be.
const SENDS: &str = "sends of a message to a key, at an offset from 0 to 2^63 - 1";
/// What a poll is expected to return.
const POLLS: &str = "for each key a list of offsets, from 0 to 2^63 - 1, and messages";

/// What was expected instead of the value of an entry, if it is another one.
pub(super) fn problem(op: &Op) -> Option<&'static str> {
    let (sends, polls) = match op.f {
        F::Send => (true, false),
        F::Poll => (false, true),
        F::Txn => (true, true),
        F::Assign | F::Subscribe => return keys_problem(op),
        _ => return None,
    };
    let count = match &op.value {
        OpValue::Log(ops) => ops.len(),
        OpValue::Json(Value::Array(items)) => items.len(),
        // A client may leave the value out where it knows nothing more.
        OpValue::Nil if !matches!(op.kind, EntryKind::Invoke | EntryKind::Ok) => 0,
        OpValue::Ints(numbers) if numbers.is_empty() => 0,
        _ => return Some("a list of micro-operations"),
    };
    let mut sound = 0;
    for micro_op in micro_ops(&op.value) {
        match micro_op {
            MicroOp::Send { .. } if !sends => return Some("polls alone"),
            MicroOp::Poll(_) if !polls => return Some("sends alone"),
            MicroOp::Send { offset, .. } if offset.is_some_and(|offset| offset < 0) => {
                return Some(SENDS);
            }
            MicroOp::Poll(reads) if !are_sound(reads) => {
                return Some(POLLS);
            }
            MicroOp::Poll(Reads::Nothing) if op.kind == EntryKind::Ok => {
                return Some("what each poll returned");
            }
            MicroOp::Send { offset: None, .. } if op.kind == EntryKind::Ok && op.f == F::Send => {
                return Some("the offset of each message that was sent");
            }
            _ => sound += 1,
        }
    }
    (sound < count).then_some(if polls { "sends and polls" } else { SENDS })
}

fn keys_problem(op: &Op) -> Option<&'static str> {
    let is_list = match &op.value {
        OpValue::Ints(_) => true,
        OpValue::Json(Value::Array(keys)) => keys.iter().all(|key| self::key(key).is_some()),
        // A completion that is not ok may leave it out.
        OpValue::Nil => matches!(op.kind, EntryKind::Fail | EntryKind::Info),
        _ => false,
    };
    (!is_list).then_some("a list of keys")
}

fn are_sound(reads: Reads<'_>) -> bool {
    let mut are_sound = true;
    match reads {
        Reads::Compact(reads) => {
            let mut pairs = reads.iter().flat_map(|read| read.messages.iter());
            are_sound = pairs.all(|(offset, _)| *offset >= 0);
        }
        Reads::Json(reads) => {
            for messages in reads.values() {
                are_sound &= match messages {
                    Value::Null => true,
                    Value::Array(pairs) => pairs.iter().all(|found| {
                        pair(found).is_some_and(|(offset, _)| offset.is_none_or(|o| o >= 0))
                    }),
                    _ => false,
                };
            }
        }
        Reads::Nothing => {}
    }
    are_sound
}

/// Calls a function with each key of an assignment's value.
pub(super) fn for_each_key(value: &OpValue, mut each: impl FnMut(&str)) {
    match value {
        OpValue::Ints(numbers) => numbers.iter().for_each(|number| each(&number.to_string())),
        OpValue::Json(Value::Array(keys)) => {
            keys.iter().filter_map(key).for_each(|key| each(&key));
        }
        _ => {}
    }
}
