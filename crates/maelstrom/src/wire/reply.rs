//! The decoder of replies to clients, which also validates them against the request's table.

use serde_json::{Map, Value};

use super::decoded::{Decoded, missing, no_type, shorten};
use crate::edn::number::{is_written_whole, whole};
use crate::error::{ErrorCode, RpcError};
use crate::history::OpValue;
use crate::protocol::{DecodedReply, Reply};
use crate::protocol_rule::{Maelstrom, ProtocolRule};
use crate::rpc::{FieldKind, INIT, Rpc, TOPOLOGY};

/// Decodes the body of a reply. If Maelstrom's client would discard it as malformed, though it
/// makes sense, the reply has a `parity_error`.
pub(super) fn decode_reply(
    rpc: &'static Rpc,
    client: u32,
    body: Map<String, Value>,
    decoded: &mut Decoded,
) -> Reply {
    let at = format!("to {} of c{client}", rpc.request);
    let kind = body.get("type").and_then(Value::as_str).unwrap_or_default();
    if kind == "error" {
        return Reply::Error(error(&body, &at, decoded));
    }
    if kind != rpc.reply {
        let found = match kind {
            "" => format!("{at}: {}", no_type(&body)),
            kind => format!("{at}: the reply is {kind:?}, not {:?} or \"error\"", rpc.reply),
        };
        return malformed(found, decoded);
    }
    let extra = |key: &&String| {
        !["type", "in_reply_to", "msg_id"].contains(&key.as_str())
            && !rpc.reply_fields.iter().any(|field| field.name == key.as_str())
    };
    let mut parity_error = None;
    if let Some(key) = body.keys().find(extra) {
        let found = format!("{at}: {kind} has no field {}", shorten_text(key));
        parity_error = Some(found.clone());
        decoded.deviate(ProtocolRule::ExtraField, found);
    }
    // Of `init_ok` Maelstrom checks the type only.
    if rpc.request == INIT.request {
        return Reply::InitOk;
    }
    if body.get("msg_id").is_some_and(|id| !id.as_number().is_some_and(is_written_whole)) {
        let found = format!("{at}: msg_id is {}", shorten(&body["msg_id"]));
        parity_error.get_or_insert(found);
    }
    if rpc.request == TOPOLOGY.request {
        if parity_error.is_some() {
            let last = decoded.deviations.last_mut();
            last.into_iter().for_each(|last| last.maelstrom = Maelstrom::EndsTest);
        }
        return Reply::TopologyOk;
    }
    let mut value = None;
    for field in rpc.reply_fields {
        let found = body.get(field.name);
        let Some(found) = found else {
            return malformed(format!("{at}: there is no {}", field.name), decoded);
        };
        let named = |found: &Value| format!("{at}: {} is {}", field.name, shorten(found));
        value = match (field.kind, found) {
            (FieldKind::Any, _) if rpc.request == "echo" => Some(body.clone().into()),
            (FieldKind::Any, found) => Some(found.clone()),
            (FieldKind::Integer, Value::Number(number)) if whole(number).is_some() => {
                if !is_written_whole(number) {
                    decoded.deviate(ProtocolRule::FloatForInteger, named(found));
                    parity_error.get_or_insert_with(|| named(found));
                }
                whole(number).and_then(|number| number.to_string().parse().ok()).map(Value::Number)
            }
            (FieldKind::Integers, Value::Null) => {
                decoded.deviate(ProtocolRule::NullForMissing, named(found));
                Some(Value::Null)
            }
            (FieldKind::Integers, Value::Array(items)) => {
                let is_float =
                    |item: &&Value| item.as_number().is_some_and(|n| !is_written_whole(n));
                let is_foreign = |item: &&Value| item.as_number().and_then(whole).is_none();
                if let Some(item) = items.iter().find(is_foreign) {
                    let found = format!("{at}: an item of {} is {}", field.name, shorten(item));
                    decoded.deviate(ProtocolRule::BadReply, found);
                } else if let Some(item) = items.iter().find(is_float) {
                    let found = format!("{at}: an item of {} is {}", field.name, shorten(item));
                    decoded.deviate(ProtocolRule::FloatForInteger, found);
                }
                Some(found.clone())
            }
            (FieldKind::Offsets, Value::Object(offsets)) => {
                let mut plain = Map::new();
                for (key, offset) in offsets {
                    let Some(offset) = integer(offset, &at, decoded, &mut parity_error) else {
                        return malformed(
                            format!("{}, not {}", named(found), field.kind.describe()),
                            decoded,
                        );
                    };
                    plain.insert(key.clone(), offset);
                }
                Some(Value::Object(plain))
            }
            (FieldKind::Messages, Value::Object(logs)) => {
                let mut plain = Map::new();
                for (key, pairs) in logs {
                    let Some(pairs) = messages(pairs, &at, decoded, &mut parity_error) else {
                        return malformed(
                            format!("{}, not {}", named(found), field.kind.describe()),
                            decoded,
                        );
                    };
                    plain.insert(key.clone(), pairs);
                }
                Some(Value::Object(plain))
            }
            (FieldKind::ListOps, Value::Array(items))
                if items.iter().all(|item| is_micro_op(item, "append")) =>
            {
                Some(found.clone())
            }
            (FieldKind::RegisterOps, Value::Array(items))
                if items.iter().all(|item| is_micro_op(item, "w")) =>
            {
                Some(found.clone())
            }
            (kind, found) => {
                return malformed(format!("{}, not {}", named(found), kind.describe()), decoded);
            }
        };
    }
    Reply::Decoded(DecodedReply {
        name: rpc.reply,
        value: value.map(OpValue::from_json),
        parity_error: parity_error.map(String::into_boxed_str),
    })
}

/// Whether a value is a micro-operation that reads, or that writes under this name. Lists have
/// lists of elements, or null.
fn is_micro_op(item: &Value, write: &str) -> bool {
    let Some([name, _, value]) = item.as_array().map(Vec::as_slice) else { return false };
    match name.as_str() {
        Some("r") => write != "append" || value.is_null() || value.is_array(),
        Some(name) => name == write,
        None => false,
    }
}

/// Decodes a whole number, which may be written as a float.
fn integer(
    value: &Value,
    at: &str,
    decoded: &mut Decoded,
    parity_error: &mut Option<String>,
) -> Option<Value> {
    let number = value.as_number()?;
    let plain = whole(number)?.to_string().parse().ok().map(Value::Number);
    if !is_written_whole(number) {
        let found = format!("{at}: an offset is {}", shorten(value));
        decoded.deviate(ProtocolRule::FloatForInteger, found.clone());
        parity_error.get_or_insert(found);
    }
    plain
}

/// Decodes a list of pairs of an offset and a message, or null for an empty one.
fn messages(
    value: &Value,
    at: &str,
    decoded: &mut Decoded,
    parity_error: &mut Option<String>,
) -> Option<Value> {
    if value.is_null() {
        decoded.deviate(ProtocolRule::NullForMissing, format!("{at}: a list of messages is null"));
        return Some(Value::Array(vec![]));
    }
    let pair = |pair: &Value| match pair.as_array()?.as_slice() {
        [offset, message] => {
            let offset = integer(offset, at, decoded, parity_error)?;
            Some(Value::Array(vec![offset, message.clone()]))
        }
        _ => None,
    };
    value.as_array()?.iter().map(pair).collect()
}

fn malformed(found: String, decoded: &mut Decoded) -> Reply {
    decoded.deviate(ProtocolRule::BadReply, found.clone());
    Reply::Malformed(found.into())
}

/// Decodes an error reply. An invalid code is unknown, and so indefinite.
fn error(body: &Map<String, Value>, at: &str, decoded: &mut Decoded) -> RpcError {
    let text = body.get("text").and_then(Value::as_str).unwrap_or_default();
    let number = match body.get("code") {
        Some(Value::Number(number)) if is_written_whole(number) => number.as_u64(),
        Some(found @ Value::Number(_)) => {
            let found = format!("{at}: code is {}", shorten(found));
            decoded.deviate(ProtocolRule::FloatForInteger, found);
            None
        }
        found => {
            let found = format!("{at}: an error whose {}", missing("code", found));
            decoded.deviate(ProtocolRule::BadReply, found);
            None
        }
    };
    let code = number.and_then(|number| u32::try_from(number).ok()).map(ErrorCode);
    RpcError::new(code.unwrap_or(ErrorCode::UNKNOWN), text)
}

fn shorten_text(text: &str) -> String {
    shorten(&Value::from(text))
}
