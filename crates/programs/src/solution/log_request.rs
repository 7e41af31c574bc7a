//! The requests to a Kafka-style log and their replies, as types.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::glomers::{Caller, Cx, ErrorCode, Peer, Reply, Request, Rpc};

/// For each key an offset.
pub(crate) type Offsets = BTreeMap<String, i64>;

/// For each key messages with their offsets, in order.
pub(crate) type Messages = BTreeMap<String, Vec<(i64, Value)>>;

/// A request to a log.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum LogRequest {
    /// Appends a message to the log of a key.
    Send(String, Value),
    /// Reads each log from an offset on.
    Poll(Offsets),
    /// Marks messages up to these offsets as processed.
    Commit(Offsets),
    /// Lists the committed offsets of keys.
    List(Vec<String>),
}

/// A request to a log, with its sender.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LogCaller {
    caller: Caller,
    rpc: &'static Rpc,
}

impl LogRequest {
    /// Decodes a request; replies with an error and returns `None` if it is none to a log.
    pub(crate) fn decode<P: Peer>(
        caller: Caller,
        request: Request,
        cx: &mut Cx<'_, P>,
    ) -> Option<(LogCaller, LogRequest)> {
        let Request::Rpc(rpc, mut fields) = request else {
            cx.refuse(caller);
            return None;
        };
        let request = match rpc.request {
            "send" => text(fields.remove("key"))
                .map(|key| LogRequest::Send(key, fields.remove("msg").unwrap_or_default())),
            "poll" => offsets(fields.remove("offsets")).map(LogRequest::Poll),
            "commit_offsets" => offsets(fields.remove("offsets")).map(LogRequest::Commit),
            "list_committed_offsets" => texts(fields.remove("keys")).map(LogRequest::List),
            _ => {
                cx.refuse(caller);
                return None;
            }
        };
        match request {
            Some(request) => Some((LogCaller { caller, rpc }, request)),
            None => {
                let text = format!("{} lacks a field", rpc.request);
                cx.fail(caller, ErrorCode::MALFORMED_REQUEST, text);
                None
            }
        }
    }
}

impl LogCaller {
    /// Replies to a send with the offset of its message.
    pub(crate) fn sent<P: Peer>(self, offset: i64, cx: &mut Cx<'_, P>) {
        self.reply("offset", offset.into(), cx);
    }

    /// Replies to a poll.
    pub(crate) fn polled<P: Peer>(self, messages: Messages, cx: &mut Cx<'_, P>) {
        let pair = |(offset, message): (i64, Value)| Value::Array(vec![offset.into(), message]);
        let log = |(key, pairs): (String, Vec<(i64, Value)>)| {
            (key, Value::Array(pairs.into_iter().map(pair).collect()))
        };
        self.reply("msgs", Value::Object(messages.into_iter().map(log).collect()), cx);
    }

    /// Replies to a commit.
    pub(crate) fn committed<P: Peer>(self, cx: &mut Cx<'_, P>) {
        cx.reply(self.caller, Reply::Rpc(self.rpc, Map::new()));
    }

    /// Replies with committed offsets.
    pub(crate) fn listed<P: Peer>(self, offsets: Offsets, cx: &mut Cx<'_, P>) {
        self.reply("offsets", json!(offsets), cx);
    }

    /// Replies with an error: the request was not carried out.
    pub(crate) fn unavailable<P: Peer>(self, text: &str, cx: &mut Cx<'_, P>) {
        cx.fail(self.caller, ErrorCode::TEMPORARILY_UNAVAILABLE, text);
    }

    fn reply<P: Peer>(self, field: &str, value: Value, cx: &mut Cx<'_, P>) {
        let fields = Map::from_iter([(field.to_owned(), value)]);
        cx.reply(self.caller, Reply::Rpc(self.rpc, fields));
    }
}

fn text(value: Option<Value>) -> Option<String> {
    match value {
        Some(Value::String(text)) => Some(text),
        _ => None,
    }
}

fn texts(value: Option<Value>) -> Option<Vec<String>> {
    match value {
        Some(Value::Array(items)) => items.into_iter().map(|item| text(Some(item))).collect(),
        _ => None,
    }
}

fn offsets(value: Option<Value>) -> Option<Offsets> {
    match value {
        Some(Value::Object(entries)) => {
            entries.into_iter().map(|(key, offset)| Some((key, offset.as_i64()?))).collect()
        }
        _ => None,
    }
}
